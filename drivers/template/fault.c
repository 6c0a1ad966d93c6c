/* What went wrong, in the bus's words: an SQLSTATE, and the class that follows from it. SQLite has
 * numbers instead; a driver whose database tells SQLSTATEs passes them on as they are. */
#include <stdio.h>
#include <string.h>

#include "session.h"

struct code_row {
  int code; /* extended, or a primary one for all that are not listed */
  const char* sqlstate;
};

static const struct code_row codes[] = {
    {SQLITE_CONSTRAINT_PRIMARYKEY, "23505"},
    {SQLITE_CONSTRAINT_UNIQUE, "23505"},
    {SQLITE_CONSTRAINT_ROWID, "23505"},
    {SQLITE_CONSTRAINT_NOTNULL, "23502"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "23503"},
    {SQLITE_CONSTRAINT_CHECK, "23514"},
    {SQLITE_CONSTRAINT, "23000"},
    {SQLITE_BUSY, "40001"},
    {SQLITE_LOCKED, "40001"},
    {SQLITE_INTERRUPT, "57014"},
    {SQLITE_READONLY, "25006"},
    {SQLITE_FULL, "53100"},
    {SQLITE_NOMEM, "53200"},
    {SQLITE_TOOBIG, "54000"},
    {SQLITE_MISMATCH, "42804"},
    {SQLITE_CANTOPEN, "08001"},
    {SQLITE_NOTADB, "XX001"},
    {SQLITE_CORRUPT, "XX001"},
    {SQLITE_IOERR, "58030"},
};

/* SQLITE_ERROR says everything else, and only its words tell what. */
struct words_row {
  const char* words;
  const char* sqlstate;
};

static const struct words_row words[] = {
    {"syntax error", "42601"},
    {"incomplete input", "42601"},
    {"unrecognized token", "42601"},
    {"values for", "42601"},
    {"no such table", "42P01"},
    {"no such column", "42703"},
    {"has no column named", "42703"},
    {"no such function", "42883"},
    {"wrong number of arguments to function", "42883"},
    {"ambiguous column name", "42702"},
    {"duplicate column name", "42701"},
    {"already exists", "42P07"},
    {"integer overflow", "22003"},
    {"cannot start a transaction within a transaction", "25001"},
    {"from within a transaction", "25001"},
};

/* The exact state first, then its first two characters. What is not listed will fail again. */
struct class_row {
  const char* sqlstate;
  int cls;
};

static const struct class_row classes[] = {
    {"57014", SQLBUS_CANCELLED}, {"25006", SQLBUS_READ_ONLY}, {"08", SQLBUS_CONNECTION},
    {"40", SQLBUS_TRANSIENT},    {"53", SQLBUS_TRANSIENT},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int class_of(const char* sqlstate) {
  for (size_t i = 0; i < COUNT(classes); ++i) {
    if (strncmp(sqlstate, classes[i].sqlstate, strlen(classes[i].sqlstate)) == 0) {
      return classes[i].cls;
    }
  }
  return SQLBUS_PERMANENT;
}

static const char* sqlstate_of(int code, const char* message) {
  const int wanted[] = {code, code & 0xff};
  for (size_t w = 0; w < COUNT(wanted); ++w) {
    for (size_t i = 0; i < COUNT(codes); ++i) {
      if (codes[i].code == wanted[w]) return codes[i].sqlstate;
    }
  }
  for (size_t i = 0; i < COUNT(words); ++i) {
    if (strstr(message, words[i].words) != NULL) return words[i].sqlstate;
  }
  return "42000";
}

/* One line of UTF-8: what does not fit is cut at the border of a character. */
static void set_message(sqlbus_error* error, const char* message) {
  size_t size = strlen(message);
  if (size > sizeof error->message - 1) {
    size = sizeof error->message - 1;
    while (size > 0 && ((unsigned char)message[size] & 0xC0U) == 0x80U) --size;
  }
  for (size_t i = 0; i < size; ++i) error->message[i] = message[i] == '\n' ? ' ' : message[i];
  error->message[size] = '\0';
}

int fail(sqlbus_error* error, const char* sqlstate, const char* message) {
  error->native_code = 0;
  snprintf(error->sqlstate, sizeof error->sqlstate, "%s", sqlstate);
  set_message(error, message);
  return class_of(sqlstate);
}

int fail_as_sqlite(sqlbus_error* error, sqlbus_session* session) {
  const int code = sqlite3_extended_errcode(session->db);
  const char* message = sqlite3_errmsg(session->db);
  const char* sqlstate = sqlstate_of(code, message);
  int cls;
  /* A wait for a lock that was cancelled says that the lock is taken. */
  if ((code & 0xff) == SQLITE_BUSY && atomic_load(&session->is_cancelled)) sqlstate = "57014";
  cls = fail(error, sqlstate, message);
  error->native_code = code;
  return cls;
}

int fail_connection(sqlbus_error* error, const char* what, const char* message) {
  char text[SQLBUS_MESSAGE_SIZE];
  snprintf(text, sizeof text, "%s: %s", what, message);
  return fail(error, "08001", text);
}
