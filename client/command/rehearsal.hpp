// What would happen if a request ran now: it is run in a transaction that is rolled back.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "daemon/config/settings.hpp"
#include "daemon/session/session.hpp"
#include "protocol/request.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

class Rehearsal {
 public:
  explicit Rehearsal(const Settings& settings) : settings_(settings) {}

  // One line: "would change 3 rows", "would fail: 23505 …", "is applied already, since …".
  std::string tell(const Request& request);

 private:
  std::string tell_on(Session& session, const Request& request);
  std::string run(Session& session, const Request& request);

  const Settings& settings_;
  std::map<std::string, Session> sessions_;  // by the name of the database
};

// Where the daemon has the file of an SQLite database, a relative one below its chdir; empty for
// any other database.
std::filesystem::path sqlite_file(const Settings& settings, const DatabaseSettings& database);

// A session with a configured database, for the command. A file that is not there is not made: it
// would belong to whoever has asked, and not to the daemon.
Result<Session> open_session(const Settings& settings, const DatabaseSettings& database);

}  // namespace sqlbus
