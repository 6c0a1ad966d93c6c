// A MariaDB of one's own, on a unix socket in a folder of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/support/child_process.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {

class OdbcClient;

// Runs as the user `mysql` where we are root, whom the server refuses. The user is root without a
// password, the database is called main. Throws std::runtime_error, with the server's log, where it
// does not come up.
class PrivateMariaDb {
 public:
  struct Options {
    // Flushes every commit to the disk, with all else as MariaDB has it by default. Without, a test
    // is much faster; a killed server loses nothing all the same, a machine without power would.
    bool is_durable = false;
  };

  PrivateMariaDb() : PrivateMariaDb(Options{}) {}
  explicit PrivateMariaDb(Options options);
  ~PrivateMariaDb();

  std::string socket() const { return dir_ / "socket"; }
  // For SQLDriverConnect.
  std::string connection_string() const;
  // The lines of a database section of sqlbusd's file.
  std::string section() const;
  std::string log() const;

  // By a connection of our own, made anew where the server was restarted. A statement that fails
  // throws std::runtime_error.
  void exec(const std::string& sql);
  // The first cell of the first row; empty for NULL and for no row.
  std::string query_value(const std::string& sql);

  void kill9() { server_->kill9(); }
  void stop();
  void start();
  void restart();
  // SIGSTOP and SIGCONT: nothing of it runs meanwhile.
  void pause() { server_->kill(SIGSTOP); }
  void resume() { server_->kill(SIGCONT); }

 private:
  OdbcClient& client();

  const Options options_;
  const std::optional<User> user_;
  TempDir dir_;
  std::optional<ChildProcess> server_;
  std::unique_ptr<OdbcClient> client_;
};

}  // namespace sqlbus::test
