// A PostgreSQL of one's own, on a unix socket in a folder of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/temp_dir.hpp"

struct pg_conn;

namespace sqlbus::test {

// Runs as the user `postgres` where we are root, whom the server refuses. The database and its
// superuser are both called postgres; no password. Throws std::runtime_error, with the server's
// log, where it does not come up.
class PrivatePostgres {
 public:
  struct Options {
    // Flushes every commit to the disk, as PostgreSQL does by default. Without, a test is much
    // faster; a killed server loses nothing all the same, a machine without power would.
    bool is_durable = false;
    std::vector<std::string> settings = {};  // name=value, for postgresql.conf
    // A hot standby of this server, which is to run.
    const PrivatePostgres* primary = nullptr;
  };

  PrivatePostgres() : PrivatePostgres(Options{}) {}
  explicit PrivatePostgres(Options options);

  std::string host() const { return dir_.path(); }  // the folder of the socket
  std::string conninfo() const { return "host=" + host() + " user=postgres dbname=postgres"; }
  // The lines of a database section of sqlbusd's file.
  std::string section() const;
  std::string odbc_section() const;
  std::string log() const;

  // By a connection of our own, made anew where the server was restarted. A statement that fails
  // throws std::runtime_error.
  void exec(const std::string& sql);
  // The first cell of the first row; empty for NULL and for no row.
  std::string query_value(const std::string& sql);

  // A standby becomes a primary.
  void promote() { exec("select pg_promote()"); }
  void kill9() { server_->kill9(); }
  // Ends it, by a fast shutdown; start() begins anew on the same folder.
  void stop();
  void start();
  // stop() where it still runs, and start().
  void restart();
  // SIGSTOP and SIGCONT to the postmaster: running sessions go on, nobody new gets in.
  void pause() { server_->kill(SIGSTOP); }
  void resume() { server_->kill(SIGCONT); }
  // The same to everything that the postmaster has started: running sessions hang in the middle of
  // what they do, new ones get in.
  void pause_sessions() { signal_sessions(SIGSTOP); }
  void resume_sessions() { signal_sessions(SIGCONT); }
  // kill -9 of the processes that serve clients: the server ends all of them, and recovers by
  // itself.
  void kill_sessions();

 private:
  std::string address() const;  // the lines that both have
  struct Disconnect {
    void operator()(pg_conn* connection) const;
  };

  void init();
  void run_to_end(const std::vector<std::string>& command);
  void copy_primary();
  bool start_once();
  pg_conn* connection();
  std::vector<pid_t> processes();
  void signal_sessions(int signal);

  const Options options_;
  const std::optional<User> user_;
  TempDir dir_;
  std::optional<ChildProcess> server_;
  std::unique_ptr<pg_conn, Disconnect> connection_;
};

}  // namespace sqlbus::test
