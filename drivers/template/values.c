/* Values on their way in and out. What one kind of database tells of its columns by itself SQLite
 * only has as the words of the table's declaration. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

struct declared_row {
  const char* word; /* in capitals; the first that the declared type contains decides */
  uint32_t type;
};

static const struct declared_row declared_types[] = {
    {"BOOL", SQLBUS_COLUMN_BOOL},          {"TIMESTAMP", SQLBUS_COLUMN_TIMESTAMP},
    {"DATETIME", SQLBUS_COLUMN_TIMESTAMP}, {"DATE", SQLBUS_COLUMN_DATE},
    {"TIME", SQLBUS_COLUMN_TIME},          {"JSON", SQLBUS_COLUMN_JSON},
    {"UUID", SQLBUS_COLUMN_UUID},          {"INT", SQLBUS_COLUMN_INT},
    {"CHAR", SQLBUS_COLUMN_TEXT},          {"TEXT", SQLBUS_COLUMN_TEXT},
    {"BLOB", SQLBUS_COLUMN_BYTES},         {"REAL", SQLBUS_COLUMN_FLOAT},
    {"DOUB", SQLBUS_COLUMN_FLOAT},         {"DEC", SQLBUS_COLUMN_DECIMAL},
    {"NUM", SQLBUS_COLUMN_DECIMAL},
};

/* Borrowed for the call is long enough: the statement ends before execute() returns. */
int bind_value(sqlite3_stmt* statement, int position, const sqlbus_value* value,
               sqlbus_error* error) {
  const char* data = value->text.size == 0 ? "" : value->text.data;
  const size_t size = value->text.size;
  switch (value->kind) {
    case SQLBUS_VALUE_NULL:
      sqlite3_bind_null(statement, position);
      return SQLBUS_OK;
    case SQLBUS_VALUE_BOOL:
    case SQLBUS_VALUE_INTEGER:
      sqlite3_bind_int64(statement, position, value->integer);
      return SQLBUS_OK;
    case SQLBUS_VALUE_NUMBER: /* as text no digit is lost; a numeric column makes a number of it */
    case SQLBUS_VALUE_TEXT:
      if (memchr(data, '\0', size) != NULL) return fail(error, "22021", "text with a NUL");
      sqlite3_bind_text64(statement, position, data, size, SQLITE_STATIC, SQLITE_UTF8);
      return SQLBUS_OK;
    case SQLBUS_VALUE_BYTES:
      sqlite3_bind_blob64(statement, position, data, size, SQLITE_STATIC);
      return SQLBUS_OK;
    default: /* of a later version of the contract */
      return fail(error, "07006", "a parameter of unknown kind");
  }
}

static uint32_t declared_type(const char* declared) {
  char capitals[64];
  size_t size = 0;
  for (; declared[size] != '\0' && size < sizeof capitals - 1; ++size) {
    capitals[size] = (char)toupper((unsigned char)declared[size]);
  }
  capitals[size] = '\0';
  for (size_t i = 0; i < sizeof declared_types / sizeof *declared_types; ++i) {
    if (strstr(capitals, declared_types[i].word) != NULL) return declared_types[i].type;
  }
  return SQLBUS_COLUMN_OTHER;
}

/* An expression has no declaration: the first row's value tells its type. */
uint32_t column_type(sqlite3_stmt* statement, int column, bool has_row) {
  const char* declared = sqlite3_column_decltype(statement, column);
  if (declared != NULL) return declared_type(declared);
  if (!has_row) return SQLBUS_COLUMN_OTHER;
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return SQLBUS_COLUMN_INT;
    case SQLITE_FLOAT:
      return SQLBUS_COLUMN_FLOAT;
    case SQLITE_TEXT:
      return SQLBUS_COLUMN_TEXT;
    case SQLITE_BLOB:
      return SQLBUS_COLUMN_BYTES;
    default:
      return SQLBUS_COLUMN_OTHER;
  }
}

/* The fewest digits that give the number back. */
static void write_real(double value, char* digits) {
  if (isinf(value)) {
    snprintf(digits, DIGITS_SIZE, "%s", value > 0 ? "Infinity" : "-Infinity");
    return;
  }
  for (int precision = 15; precision <= 17; ++precision) {
    snprintf(digits, DIGITS_SIZE, "%.*g", precision, value);
    if (strtod(digits, NULL) == value) break;
  }
  if (strpbrk(digits, ".e") == NULL) strcat(digits, ".0");
}

sqlbus_value read_cell(sqlite3_stmt* statement, int column, uint32_t type, char* digits) {
  sqlbus_value cell = {.kind = SQLBUS_VALUE_NULL};
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      cell.integer = sqlite3_column_int64(statement, column);
      cell.kind = SQLBUS_VALUE_INTEGER;
      if (type == SQLBUS_COLUMN_BOOL && (cell.integer == 0 || cell.integer == 1)) {
        cell.kind = SQLBUS_VALUE_BOOL;
      }
      break;
    case SQLITE_FLOAT:
      write_real(sqlite3_column_double(statement, column), digits);
      cell.kind = SQLBUS_VALUE_TEXT;
      cell.text = (sqlbus_text){digits, strlen(digits)};
      break;
    case SQLITE_TEXT:
      cell.kind = SQLBUS_VALUE_TEXT;
      cell.text.data = (const char*)sqlite3_column_text(statement, column);
      cell.text.size = (size_t)sqlite3_column_bytes(statement, column);
      break;
    case SQLITE_BLOB:
      cell.kind = SQLBUS_VALUE_BYTES;
      cell.text.data = sqlite3_column_blob(statement, column);
      cell.text.size = (size_t)sqlite3_column_bytes(statement, column);
      break;
    default:
      break;
  }
  return cell;
}
