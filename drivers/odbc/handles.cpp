#include "drivers/odbc/handles.hpp"

#include <sql.h>

namespace sqlbus::odbc {

void FreeEnvironment::operator()(void* handle) const noexcept {
  SQLFreeHandle(SQL_HANDLE_ENV, handle);
}

void FreeConnection::operator()(void* handle) const noexcept {
  // The driver manager refuses to disconnect inside a transaction that it knows of.
  if (SQLDisconnect(handle) == SQL_ERROR) {
    SQLEndTran(SQL_HANDLE_DBC, handle, SQL_ROLLBACK);
    SQLDisconnect(handle);
  }
  SQLFreeHandle(SQL_HANDLE_DBC, handle);
}

void FreeStatement::operator()(void* handle) const noexcept {
  SQLFreeHandle(SQL_HANDLE_STMT, handle);
}

}  // namespace sqlbus::odbc
