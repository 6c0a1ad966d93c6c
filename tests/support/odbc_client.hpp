// A connection of a test's own by ODBC.
#pragma once

#include <string>

namespace sqlbus::test {

class OdbcClient {
 public:
  // Throws std::runtime_error with what the ODBC driver says.
  explicit OdbcClient(const std::string& connection_string);
  ~OdbcClient();
  OdbcClient(const OdbcClient&) = delete;
  OdbcClient& operator=(const OdbcClient&) = delete;

  // The first cell of the first row; empty for NULL and for no row. Throws std::runtime_error.
  std::string run(const std::string& sql);
  // The connection itself, an SQLHDBC.
  void* raw() const { return connection_; }

 private:
  void* environment_ = nullptr;
  void* connection_ = nullptr;
};

}  // namespace sqlbus::test
