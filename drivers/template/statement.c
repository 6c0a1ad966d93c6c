/* One statement: prepared, its parameters bound, its rows sent. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

/* Exactly one statement may be in the text; SQLite prepares the first and tells where it ends. */
static int prepare(sqlbus_session* session, sqlbus_text sql, sqlite3_stmt** statement,
                   sqlbus_error* error) {
  const char* end = sql.data + sql.size;
  const char* tail = NULL;
  if (sql.size == 0) return fail(error, "42601", "empty statement");
  if (sql.size > INT_MAX) return fail(error, "54000", "the statement is too long");
  if (memchr(sql.data, '\0', sql.size) != NULL) {
    return fail(error, "42601", "the statement holds a NUL");
  }
  if (sqlite3_prepare_v2(session->db, sql.data, (int)sql.size, statement, &tail) != SQLITE_OK) {
    return fail_as_sqlite(error, session);
  }
  if (*statement == NULL) return fail(error, "42601", "empty statement");
  /* Behind it there may be semicolons and comments, of which SQLite makes no statement. */
  while (tail < end) {
    sqlite3_stmt* second = NULL;
    const int code = sqlite3_prepare_v2(session->db, tail, (int)(end - tail), &second, &tail);
    const bool is_more = code != SQLITE_OK || second != NULL;
    sqlite3_finalize(second);
    if (is_more) return fail(error, "42601", "more than one statement");
  }
  return SQLBUS_OK;
}

static int bind_all(sqlite3_stmt* statement, const sqlbus_statement* given, sqlbus_error* error) {
  const int count = sqlite3_bind_parameter_count(statement);
  for (int i = 1; i <= count; ++i) {
    /* SQLite would number :names by their first appearance, $2 too. */
    const char* name = sqlite3_bind_parameter_name(statement, i);
    if (name != NULL && name[0] != '?') return fail(error, "42601", "placeholders are ?");
  }
  if ((size_t)count != given->param_count) {
    return fail(error, "07001", "the number of parameters is not that of the placeholders");
  }
  for (int i = 0; i < count; ++i) {
    const int cls = bind_value(statement, i + 1, &given->params[i], error);
    if (cls != SQLBUS_OK) return cls;
  }
  return SQLBUS_OK;
}

/* A result set on its way to a sink. */
struct rows {
  sqlite3_stmt* statement;
  const sqlbus_sink* sink;
  size_t count; /* of columns */
  sqlbus_column* columns;
  sqlbus_value* cells;
  char (*digits)[DIGITS_SIZE]; /* for each column */
};

static bool open_rows(struct rows* rows) {
  rows->columns = calloc(rows->count, sizeof *rows->columns);
  rows->cells = calloc(rows->count, sizeof *rows->cells);
  rows->digits = calloc(rows->count, sizeof *rows->digits);
  return rows->columns != NULL && rows->cells != NULL && rows->digits != NULL;
}

static void close_rows(struct rows* rows) {
  free(rows->columns);
  free(rows->cells);
  free(rows->digits);
}

static void send_columns(struct rows* rows, bool has_row) {
  for (size_t i = 0; i < rows->count; ++i) {
    const char* name = sqlite3_column_name(rows->statement, (int)i);
    rows->columns[i].name = (sqlbus_text){name, strlen(name)};
    rows->columns[i].type = column_type(rows->statement, (int)i, has_row);
  }
  rows->sink->columns(rows->sink->context, rows->columns, rows->count);
}

/* Whether the sink wants more. */
static bool send_row(struct rows* rows) {
  for (size_t i = 0; i < rows->count; ++i) {
    rows->cells[i] = read_cell(rows->statement, (int)i, rows->columns[i].type, rows->digits[i]);
  }
  return rows->sink->row(rows->sink->context, rows->cells, rows->count) == 0;
}

/* Where no more rows are wanted a query ends at once; a statement that writes runs to its end, as
 * all of its effect has to be there. How many columns there are is known at the first step: the
 * table may have changed since the statement was prepared. */
static int step_through(sqlbus_session* session, struct rows* rows, sqlbus_error* error) {
  bool wants_more = false;
  int code = sqlite3_step(rows->statement);
  rows->count = (size_t)sqlite3_column_count(rows->statement);
  if (rows->sink != NULL && rows->count > 0 && (code == SQLITE_ROW || code == SQLITE_DONE)) {
    if (!open_rows(rows)) return fail(error, "53200", "out of memory");
    send_columns(rows, code == SQLITE_ROW);
    wants_more = true;
  }
  while (code == SQLITE_ROW) {
    if (wants_more) wants_more = send_row(rows);
    if (!wants_more && sqlite3_stmt_readonly(rows->statement)) return SQLBUS_OK;
    code = sqlite3_step(rows->statement);
  }
  return code == SQLITE_DONE ? SQLBUS_OK : fail_as_sqlite(error, session);
}

static int run_prepared(sqlbus_session* session, sqlite3_stmt* statement, sqlbus_item* item,
                        sqlbus_error* error) {
  struct rows rows = {.statement = statement, .sink = item->sink};
  const int64_t changes_before = sqlite3_total_changes64(session->db);
  const int cls = step_through(session, &rows, error);
  close_rows(&rows);
  /* SQLite keeps the number of the last statement that changed rows: is it this one's? */
  if (sqlite3_total_changes64(session->db) != changes_before) {
    item->affected = sqlite3_changes64(session->db);
  }
  return cls;
}

int run_item(sqlbus_session* session, sqlbus_item* item, sqlbus_error* error) {
  const uint32_t access = session->is_open ? session->access : item->access;
  sqlite3_stmt* statement = NULL;
  int cls;
  atomic_store(&session->is_cancelled, false);
  item->affected = 0;
  cls = prepare(session, item->statement.sql, &statement, error);
  if (cls == SQLBUS_OK && access == SQLBUS_READS_ONLY && !sqlite3_stmt_readonly(statement)) {
    cls = fail(error, "25006", "cannot write in a read-only transaction");
  }
  if (cls == SQLBUS_OK) cls = bind_all(statement, &item->statement, error);
  if (cls == SQLBUS_OK) cls = run_prepared(session, statement, item, error);
  sqlite3_finalize(statement);
  /* The statement may have been a COMMIT. */
  if (sqlite3_get_autocommit(session->db)) session->is_open = false;
  return cls;
}

int run_sql(sqlbus_session* session, const char* sql, sqlbus_error* error) {
  atomic_store(&session->is_cancelled, false);
  if (sqlite3_exec(session->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
    return fail_as_sqlite(error, session);
  }
  return SQLBUS_OK;
}
