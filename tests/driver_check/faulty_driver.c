/* The template with one fault, which a macro chooses. */
#define sqlbus_driver_entry honest_entry
#include "drivers/template/template.c"
#undef sqlbus_driver_entry

#include <signal.h>
#include <unistd.h>

SQLBUS_DRIVER_EXPORT const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version);

#if defined(DIES_OF_BYTES) || defined(DIES_WHEN_LOADED)
static void die(void) {
  signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit of it */
  raise(SIGSEGV);
}
#endif

#ifdef TRANSIENT_DUPLICATE
static int faulty_execute(sqlbus_session* session, sqlbus_item* item, sqlbus_error* error) {
  const int cls = run_item(session, item, error);
  return cls != SQLBUS_OK && strcmp(error->sqlstate, "23505") == 0 ? SQLBUS_TRANSIENT : cls;
}
#endif

#ifdef FOREIGN_IS_OPEN
static int faulty_transaction(sqlbus_session* session) {
  const int state = template_transaction(session);
  return state == SQLBUS_TRANSACTION_FOREIGN ? SQLBUS_TRANSACTION_OPEN : state;
}
#endif

#ifdef DIES_OF_BYTES
static int faulty_execute(sqlbus_session* session, sqlbus_item* item, sqlbus_error* error) {
  const sqlbus_statement* statement = &item->statement;
  if (statement->param_count == 1 && statement->params[0].text.size == 256) die();
  return run_item(session, item, error);
}
#endif

#ifdef HANGS_IN_CANCEL
static void faulty_cancel(sqlbus_session* session) {
  (void)session;
  for (;;) pause();
}
#endif

#ifdef EXITS_IN_RESET
static int faulty_reset(sqlbus_session* session, sqlbus_error* error) {
  (void)session;
  (void)error;
  _exit(0);
}
#endif

const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
  static sqlbus_driver faulty;
  faulty = *honest_entry(host_abi_version);
#if defined(TRANSIENT_DUPLICATE) || defined(DIES_OF_BYTES)
  faulty.execute = faulty_execute;
#elif defined(FOREIGN_IS_OPEN)
  faulty.transaction = faulty_transaction;
#elif defined(HANGS_IN_CANCEL)
  faulty.cancel = faulty_cancel;
#elif defined(EXITS_IN_RESET)
  faulty.reset = faulty_reset;
#elif defined(DIES_WHEN_LOADED)
  die();
#endif
  return &faulty;
}
