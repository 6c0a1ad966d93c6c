#include "daemon/session/session_options.hpp"

#include <utility>

namespace sqlbus {

Session::Options session_options(const DatabaseSettings& database, milliseconds idle_in_transaction,
                                 std::string application_name) {
  return {{"server", database.server},
          {"port", database.port},
          {"username", database.username},
          {"password", database.password},
          {"database", database.database},
          {"target", std::string(to_string(database.target))},
          {"connection_string", database.connection_string},
          {"odbc_driver", database.odbc_driver},
          {"statement_timeout", std::to_string(database.statement_timeout.count())},
          {"prepared_statements", database.prepared_statements ? "yes" : "no"},
          {"connect_timeout", std::to_string(database.connect_timeout.count())},
          {"idle_in_transaction_timeout", std::to_string(idle_in_transaction.count())},
          {"application_name", std::move(application_name)}};
}

}  // namespace sqlbus
