#include "tests/support/odbc_client.hpp"

#include <sql.h>
#include <sqlext.h>

#include <stdexcept>

namespace sqlbus::test {
namespace {

SQLCHAR* chars(const std::string& text) {
  return reinterpret_cast<SQLCHAR*>(const_cast<char*>(text.c_str()));
}

std::string said(SQLSMALLINT kind, SQLHANDLE handle) {
  SQLCHAR state[6] = {};
  char text[1024] = {};
  SQLINTEGER code = 0;
  SQLGetDiagRec(kind, handle, 1, state, &code, reinterpret_cast<SQLCHAR*>(text), sizeof text,
                nullptr);
  return text;
}

}  // namespace

OdbcClient::OdbcClient(const std::string& connection_string) {
  SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment_);
  SQLSetEnvAttr(environment_, SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
  SQLAllocHandle(SQL_HANDLE_DBC, environment_, &connection_);
  const auto result = SQLDriverConnect(connection_, nullptr, chars(connection_string), SQL_NTS,
                                       nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT);
  if (SQL_SUCCEEDED(result)) return;
  const auto message = said(SQL_HANDLE_DBC, connection_);
  SQLFreeHandle(SQL_HANDLE_DBC, connection_);
  SQLFreeHandle(SQL_HANDLE_ENV, environment_);
  throw std::runtime_error(message);
}

OdbcClient::~OdbcClient() {
  SQLDisconnect(connection_);
  SQLFreeHandle(SQL_HANDLE_DBC, connection_);
  SQLFreeHandle(SQL_HANDLE_ENV, environment_);
}

std::string OdbcClient::run(const std::string& sql) {
  SQLHANDLE statement = nullptr;
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, connection_, &statement))) {
    throw std::runtime_error(said(SQL_HANDLE_DBC, connection_));
  }
  struct Free {
    SQLHANDLE handle;
    ~Free() { SQLFreeHandle(SQL_HANDLE_STMT, handle); }
  } const free{statement};
  const auto result = SQLExecDirect(statement, chars(sql), SQL_NTS);
  if (!SQL_SUCCEEDED(result) && result != SQL_NO_DATA) {
    throw std::runtime_error(sql + ": " + said(SQL_HANDLE_STMT, statement));
  }
  SQLSMALLINT columns = 0;
  if (!SQL_SUCCEEDED(SQLNumResultCols(statement, &columns)) || columns == 0) return {};
  if (!SQL_SUCCEEDED(SQLFetch(statement))) return {};
  // A long cell comes in pieces, each with a NUL behind it.
  std::string cell;
  char piece[65536] = {};
  SQLLEN size = 0;
  while (SQL_SUCCEEDED(SQLGetData(statement, 1, SQL_C_CHAR, piece, sizeof piece, &size))) {
    if (size == SQL_NULL_DATA) return {};
    cell += piece;
  }
  return cell;
}

}  // namespace sqlbus::test
