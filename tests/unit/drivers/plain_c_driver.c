/* A driver without a line of C++: it answers every statement with its own text and parameters, and
 * ends the process at the statement "die". */
#include <stdlib.h>
#include <string.h>

#include "drivers/sqlbus_driver.h"

#ifndef ABI_VERSION
#define ABI_VERSION SQLBUS_DRIVER_ABI_VERSION
#endif
#ifndef STRUCT_SIZE
#define STRUCT_SIZE sizeof(sqlbus_driver)
#endif
#ifndef ENTRY
#define ENTRY sqlbus_driver_entry
#endif

struct sqlbus_session {
  int state; /* a sqlbus_transaction */
};

static int fail(sqlbus_error* error, int cls, const char* sqlstate, const char* message) {
  error->native_code = 7;
  strcpy(error->sqlstate, sqlstate);
  strcpy(error->message, message);
  return cls;
}

static int plain_connect(const sqlbus_option* options, size_t count, sqlbus_session** session,
                         sqlbus_error* error) {
  size_t i;
  for (i = 0; i < count; ++i) {
    if (strcmp(options[i].name, "refuse") == 0) {
      return fail(error, SQLBUS_CONNECTION, "08001", options[i].value);
    }
  }
  *session = calloc(1, sizeof **session);
  return *session == NULL ? fail(error, SQLBUS_PERMANENT, "53200", "out of memory") : SQLBUS_OK;
}

static void plain_close(sqlbus_session* session) { free(session); }

static const char* plain_dbtype(sqlbus_session* session) {
  (void)session;
  return "PLAIN";
}

/* One column for the text and one for each parameter; a row, and then the same once more. */
static int plain_execute(sqlbus_session* session, sqlbus_item* item, sqlbus_error* error) {
  static const char name[] = "c";
  const sqlbus_statement* statement = &item->statement;
  const size_t count = statement->param_count + 1;
  sqlbus_column columns[8];
  sqlbus_value cells[8];
  size_t i;
  (void)session;
  if (statement->sql.size == 4 && memcmp(statement->sql.data, "fail", 4) == 0) {
    return fail(error, SQLBUS_TRANSIENT, "40001", "try again");
  }
  if (statement->sql.size == 3 && memcmp(statement->sql.data, "die", 3) == 0) abort();
  item->affected = item->access == SQLBUS_READS_ONLY ? 0 : 42;
  if (item->sink == NULL || count > 8) return SQLBUS_OK;
  cells[0].kind = SQLBUS_VALUE_TEXT;
  cells[0].integer = 0;
  cells[0].text = statement->sql;
  for (i = 1; i < count; ++i) cells[i] = statement->params[i - 1];
  for (i = 0; i < count; ++i) {
    columns[i].name.data = name;
    columns[i].name.size = 1;
    columns[i].type = i == 0 ? (uint32_t)SQLBUS_COLUMN_TEXT : 1000u;
  }
  item->sink->columns(item->sink->context, columns, count);
  if (item->sink->row(item->sink->context, cells, count) == 0) {
    item->sink->row(item->sink->context, cells, count);
  }
  return SQLBUS_OK;
}

static int plain_begin(sqlbus_session* session, uint32_t access, sqlbus_error* error) {
  (void)access;
  (void)error;
  session->state = SQLBUS_TRANSACTION_OPEN;
  return SQLBUS_OK;
}

static int plain_end(sqlbus_session* session, sqlbus_error* error) {
  (void)error;
  session->state = SQLBUS_TRANSACTION_NONE;
  return SQLBUS_OK;
}

static int plain_commit(sqlbus_session* session, const sqlbus_ledger_row* records, size_t count,
                        sqlbus_error* error) {
  (void)records;
  (void)count;
  return plain_end(session, error);
}

static int plain_transaction(sqlbus_session* session) { return session->state; }

static int plain_nothing(sqlbus_session* session, sqlbus_error* error) {
  (void)session;
  (void)error;
  return SQLBUS_OK;
}

static int plain_savepoint(sqlbus_session* session, uint32_t level, sqlbus_error* error) {
  (void)session;
  (void)level;
  (void)error;
  return SQLBUS_OK;
}

static void plain_cancel(sqlbus_session* session) { (void)session; }

static int plain_ping(sqlbus_session* session, int* is_writable, sqlbus_error* error) {
  (void)session;
  (void)error;
  *is_writable = 1;
  return SQLBUS_OK;
}

static const sqlbus_driver table = {
    .abi_version = ABI_VERSION,
    .struct_size = STRUCT_SIZE,
    .name = "plain",
    .version = "1",
    .connect = plain_connect,
    .close = plain_close,
    .dbtype = plain_dbtype,
    .execute = plain_execute,
    .begin = plain_begin,
    .commit = plain_commit,
#ifndef WITHOUT_ROLLBACK
    .rollback = plain_end,
#endif
    .transaction = plain_transaction,
    .savepoint = plain_savepoint,
    .rollback_to_savepoint = plain_savepoint,
    .reset = plain_nothing,
    .cancel = plain_cancel,
    .ping = plain_ping,
};

SQLBUS_DRIVER_EXPORT const sqlbus_driver* ENTRY(uint32_t host_abi_version);

const sqlbus_driver* ENTRY(uint32_t host_abi_version) {
#ifdef RETURNS_NULL
  host_abi_version = 0;
#endif
  return host_abi_version == 0 ? NULL : &table;
}
