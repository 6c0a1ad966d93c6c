/* What the files of this driver share. */
#ifndef TEMPLATE_SESSION_H
#define TEMPLATE_SESSION_H

#include <pthread.h>
#include <sqlbus/sqlbus_driver.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>

/* The bus only has pointers to it. */
struct sqlbus_session {
  char* path;
  sqlite3* db;
  /* cancel() comes from another thread, and reset() puts another connection in this one's place. */
  pthread_mutex_t db_mutex;
  atomic_bool is_cancelled; /* the statement that runs */
  bool is_open;             /* the transaction that begin() opened */
  uint32_t access;          /* of that, a sqlbus_access */
};

/* fault.c: each fills the error and returns its class, so that `return fail(…)` ends a function. */
int fail(sqlbus_error* error, const char* sqlstate, const char* message);
int fail_as_sqlite(sqlbus_error* error, sqlbus_session* session);
/* The session is not there, or is gone. */
int fail_connection(sqlbus_error* error, const char* what, const char* message);

/* statement.c */
int run_item(sqlbus_session* session, sqlbus_item* item, sqlbus_error* error);
/* A statement of our own, without parameters and rows. */
int run_sql(sqlbus_session* session, const char* sql, sqlbus_error* error);

/* values.c */
int bind_value(sqlite3_stmt* statement, int position, const sqlbus_value* value,
               sqlbus_error* error);
uint32_t column_type(sqlite3_stmt* statement, int column, bool has_row);
/* A cell of the row that the statement stands on. The digits are room for a number's text. */
enum { DIGITS_SIZE = 40 };
sqlbus_value read_cell(sqlite3_stmt* statement, int column, uint32_t type, char* digits);

#endif
