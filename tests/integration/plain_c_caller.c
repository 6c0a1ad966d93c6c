/* A caller without a line of C++: plain_c_caller URL sends one request and buffers a thousand. */
#include <sqlbus.h>

/* That one header is all that a caller needs; the following is for the program's own use. */
#include <stdio.h>
#include <string.h>

static int fail(sqlbus_handle* bus, const char* what, int code) {
  fprintf(stderr, "%s: %d %s\n", what, code, sqlbus_error_text(bus));
  sqlbus_close(bus);
  return 1;
}

int main(int argc, char** argv) {
  const sqlbus_options options = {.struct_size = sizeof options, .app = "plain-c"};
  sqlbus_request request = {.struct_size = sizeof request,
                            .statement = "insert into t values ($1, $2)"};
  sqlbus_handle* bus = NULL;
  char uuid[SQLBUS_UUID_SIZE] = "";
  char text[32];
  sqlbus_param params[2];
  size_t accepted = 0;
  int i;
  int code = sqlbus_open(argc > 1 ? argv[1] : NULL, &options, &bus);
  if (code != SQLBUS_E_OK) return fail(bus, "open", code);

  params[0] = sqlbus_param_int(0);
  params[1] = sqlbus_param_null();
  request.params = params;
  request.param_count = 2;
  code = sqlbus_send(bus, &request, uuid);
  if (code != SQLBUS_E_OK || strlen(uuid) != 36) return fail(bus, "send", code);

  for (i = 1; i <= 1000; ++i) {
    snprintf(text, sizeof text, "row %d", i);
    params[0] = sqlbus_param_int(i);
    params[1] = sqlbus_param_text(text);
    code = sqlbus_buffer_add(bus, &request, uuid);
    if (code != SQLBUS_E_OK) return fail(bus, "add", code);
  }
  code = sqlbus_buffer_flush(bus, &accepted);
  if (code != SQLBUS_E_OK || accepted != 1000) return fail(bus, "flush", code);

  request.statement = "";
  code = sqlbus_send(bus, &request, NULL);
  if (code != SQLBUS_E_ARGUMENT || strcmp(sqlbus_error_text(bus), "STATEMENT is empty") != 0) {
    return fail(bus, "a wrong request", code);
  }
  sqlbus_close(bus);
  return 0;
}
