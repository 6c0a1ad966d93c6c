/* A driver to begin with: small, complete, in plain C. It serves SQLite files; what is SQLite's own
 * stands in the other files, and this one hardly changes with the database. docs/DRIVERS.md, "Write
 * a driver", walks through it. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "session.h"

/* Another writer is waited for so long, in naps that cancel() can end. */
enum { BUSY_NAPS_MAX = 200, NAP_MS = 5 };

static int on_busy(void* context, int naps) {
  sqlbus_session* session = context;
  const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};
  if (naps >= BUSY_NAPS_MAX || atomic_load(&session->is_cancelled)) return 0;
  nanosleep(&nap, NULL);
  return 1;
}

/* A connection whose settings are always the same. */
static int open_database(sqlbus_session* session, sqlite3** db, sqlbus_error* error) {
  static const char settings[] =
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON";
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2(session->path, db, flags, NULL);
  if (code == SQLITE_OK) {
    sqlite3_extended_result_codes(*db, 1);
    sqlite3_busy_handler(*db, on_busy, session);
    code = sqlite3_exec(*db, settings, NULL, NULL, NULL);
  }
  if (code == SQLITE_OK) return SQLBUS_OK;
  fail_connection(error, session->path, *db == NULL ? "out of memory" : sqlite3_errmsg(*db));
  sqlite3_close_v2(*db);
  *db = NULL;
  return SQLBUS_CONNECTION;
}

static const char* option(const sqlbus_option* options, size_t count, const char* name) {
  for (size_t i = 0; i < count; ++i) {
    if (strcmp(options[i].name, name) == 0) return options[i].value;
  }
  return "";
}

static void template_close(sqlbus_session* session) {
  sqlite3_close_v2(session->db); /* which rolls back what is open */
  pthread_mutex_destroy(&session->db_mutex);
  free(session->path);
  free(session);
}

static int template_connect(const sqlbus_option* options, size_t count, sqlbus_session** session,
                            sqlbus_error* error) {
  const char* path = option(options, count, "database");
  sqlbus_session* made;
  if (path[0] == '\0') return fail_connection(error, "database", "it has to name a file");
  made = calloc(1, sizeof *made);
  if (made == NULL) return fail(error, "53200", "out of memory");
  pthread_mutex_init(&made->db_mutex, NULL);
  made->path = strdup(path); /* the options are only lent */
  if (made->path == NULL || open_database(made, &made->db, error) != SQLBUS_OK) {
    template_close(made);
    return SQLBUS_CONNECTION;
  }
  *session = made;
  return SQLBUS_OK;
}

/* As the protocol's DBTYPE has it: of the database, not of the driver. */
static const char* template_dbtype(sqlbus_session* session) {
  (void)session;
  return "SQLITE";
}

/* ---- Transactions: told by the session itself, never guessed from the texts of statements ---- */

static int template_transaction(sqlbus_session* session) {
  if (sqlite3_get_autocommit(session->db)) return SQLBUS_TRANSACTION_NONE;
  return session->is_open ? SQLBUS_TRANSACTION_OPEN : SQLBUS_TRANSACTION_FOREIGN;
}

static int template_begin(sqlbus_session* session, uint32_t access, sqlbus_error* error) {
  /* A writer takes its lock now: taken later, SQLite could only refuse it. */
  const char* sql = access == SQLBUS_READS_ONLY ? "BEGIN" : "BEGIN IMMEDIATE";
  int cls;
  if (session->is_open) return fail(error, "25001", "a transaction is open");
  cls = run_sql(session, sql, error);
  if (cls != SQLBUS_OK) return cls;
  session->is_open = true;
  session->access = access;
  return SQLBUS_OK;
}

/* In the transaction that begin() opened, and in no other. */
static int run_within(sqlbus_session* session, const char* sql, sqlbus_error* error) {
  if (template_transaction(session) != SQLBUS_TRANSACTION_OPEN) {
    return fail(error, "25P01", "the transaction is over");
  }
  return run_sql(session, sql, error);
}

static int template_commit(sqlbus_session* session, const sqlbus_ledger_row* records, size_t count,
                           sqlbus_error* error) {
  int cls;
  (void)records;
  (void)count; /* none, as there is no ledger */
  cls = run_within(session, "COMMIT", error);
  if (sqlite3_get_autocommit(session->db)) session->is_open = false;
  return cls;
}

/* Where none is open there is nothing to do, which is no error. */
static int template_rollback(sqlbus_session* session, sqlbus_error* error) {
  session->is_open = false;
  return sqlite3_get_autocommit(session->db) ? SQLBUS_OK : run_sql(session, "ROLLBACK", error);
}

static int template_savepoint(sqlbus_session* session, uint32_t level, sqlbus_error* error) {
  return run_within(session, level == 0 ? "SAVEPOINT sqlbus_0" : "SAVEPOINT sqlbus_1", error);
}

static int template_rollback_to_savepoint(sqlbus_session* session, uint32_t level,
                                          sqlbus_error* error) {
  return run_within(session, level == 0 ? "ROLLBACK TO sqlbus_0" : "ROLLBACK TO sqlbus_1", error);
}

/* ---- The session ----------------------------------------------------------------------------- */

/* A fresh connection has nothing of a statement's in it. */
static int template_reset(sqlbus_session* session, sqlbus_error* error) {
  sqlite3* fresh = NULL;
  sqlite3* old = session->db;
  const int cls = open_database(session, &fresh, error);
  if (cls != SQLBUS_OK) return cls;
  pthread_mutex_lock(&session->db_mutex);
  session->db = fresh;
  pthread_mutex_unlock(&session->db_mutex);
  session->is_open = false;
  sqlite3_close_v2(old);
  return SQLBUS_OK;
}

/* The only function that comes from another thread, at any moment. */
static void template_cancel(sqlbus_session* session) {
  atomic_store(&session->is_cancelled, true);
  pthread_mutex_lock(&session->db_mutex);
  sqlite3_interrupt(session->db);
  pthread_mutex_unlock(&session->db_mutex);
}

static int template_ping(sqlbus_session* session, int* is_writable, sqlbus_error* error) {
  *is_writable = sqlite3_db_readonly(session->db, "main") == 0;
  return run_sql(session, "PRAGMA schema_version", error);
}

/* What is not named is NULL, and not claimed: no groups, no ledger, no steps, no time limit. */
static const sqlbus_driver table = {
    .abi_version = SQLBUS_DRIVER_ABI_VERSION,
    .struct_size = sizeof(sqlbus_driver),
    .name = "template",
    .version = "1.0 with SQLite " SQLITE_VERSION,
    .capabilities = SQLBUS_CAN_TRANSACTIONS | SQLBUS_CAN_READ_ONLY | SQLBUS_CAN_CANCEL,
    .connect = template_connect,
    .close = template_close,
    .dbtype = template_dbtype,
    .execute = run_item,
    .begin = template_begin,
    .commit = template_commit,
    .rollback = template_rollback,
    .transaction = template_transaction,
    .savepoint = template_savepoint,
    .rollback_to_savepoint = template_rollback_to_savepoint,
    .reset = template_reset,
    .cancel = template_cancel,
    .ping = template_ping,
};

const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
  return host_abi_version == SQLBUS_DRIVER_ABI_VERSION ? &table : NULL;
}
