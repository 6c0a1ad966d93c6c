#include "drivers/postgres/fault.hpp"

#include <libpq-fe.h>

namespace sqlbus::postgres {
namespace {

constexpr std::string_view kUnknown = "XX000";
constexpr std::string_view kLinkLost = "08006";

std::string_view field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

}  // namespace

driver::DriverError fault_of(const PGconn* connection, const PGresult* result) {
  const auto sqlstate = field(result, PG_DIAG_SQLSTATE);
  std::string message(field(result, PG_DIAG_MESSAGE_PRIMARY));
  // libpq's own errors, such as a lost link, have no fields.
  if (message.empty()) message = one_line(PQresultErrorMessage(result));
  if (message.empty()) message = one_line(PQerrorMessage(connection));
  if (const auto detail = field(result, PG_DIAG_MESSAGE_DETAIL); !detail.empty()) {
    message.append("; ").append(one_line(detail));
  }
  return fault_of(connection, sqlstate, one_line(message));
}

driver::DriverError fault_of(const PGconn* connection, std::string_view sqlstate,
                             const std::string& message) {
  const bool is_alive = PQstatus(connection) == CONNECTION_OK;
  if (!is_alive) {
    return {SQLBUS_CONNECTION, sqlstate.empty() ? kLinkLost : sqlstate, message};
  }
  return {sqlstate.empty() ? kUnknown : sqlstate, message};
}

std::string one_line(std::string_view message) {
  for (const std::string_view prefix : {"ERROR:  ", "FATAL:  "}) {
    if (message.starts_with(prefix)) message.remove_prefix(prefix.size());
  }
  std::string line;
  for (const char c : message) {
    if (c != '\n') {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace sqlbus::postgres
