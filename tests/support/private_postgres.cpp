#include "tests/support/private_postgres.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/support/eventually.hpp"
#include "tests/support/server_user.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {

namespace {

constexpr std::chrono::seconds kPostgresLimit{30};

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using OwnedResult = std::unique_ptr<PGresult, ClearResult>;

// Where Debian puts the servers' programs, the newest version first; else along PATH.
std::string program(const std::string& name) {
  const std::filesystem::path base = "/usr/lib/postgresql";
  std::pair<int, std::string> newest{0, name};
  std::error_code ignored;
  for (const auto& version : std::filesystem::directory_iterator(base, ignored)) {
    const std::filesystem::path candidate = version.path() / "bin" / name;
    if (!std::filesystem::exists(candidate, ignored)) continue;
    newest = std::max(newest, {std::atoi(version.path().filename().c_str()), candidate.string()});
  }
  return newest.second;
}

OwnedResult run(pg_conn* connection, const std::string& sql) {
  OwnedResult result(PQexec(connection, sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection));
  }
  return result;
}

}  // namespace

void PrivatePostgres::Disconnect::operator()(pg_conn* connection) const { PQfinish(connection); }

PrivatePostgres::PrivatePostgres(Options options)
    : options_(std::move(options)), user_(server_user("postgres")) {
  if (user_) dir_.give_to(*user_);
  init();
  start();
}

std::string PrivatePostgres::section() const { return "driver = postgres\n" + address(); }

std::string PrivatePostgres::odbc_section() const {
  return "driver = odbc\nodbc_driver = PostgreSQL ANSI\n" + address();
}

std::string PrivatePostgres::address() const {
  return "server = " + host() + "\nport = 5432\nusername = postgres\ndatabase = postgres\n";
}

std::string PrivatePostgres::log() const { return read_text_file(dir_ / "postgres.log"); }

void PrivatePostgres::run_to_end(const std::vector<std::string>& command) {
  ChildProcess::Options child;
  child.argv = command;
  child.output = dir_ / "postgres.log";
  child.directory = dir_.path();
  child.user = user_;
  ChildProcess process(child);
  if (process.wait(kPostgresLimit) != ExitStatus{.code = 0}) {
    throw std::runtime_error(command.front() + " fails:\n" + log());
  }
}

// With the primary's settings but for the folder of the socket.
void PrivatePostgres::copy_primary() {
  run_to_end({program("pg_basebackup"), "-D", dir_ / "data", "-h", options_.primary->host(), "-U",
              "postgres", "-R", "-X", "stream", "-c", "fast", "--no-sync"});
}

void PrivatePostgres::init() {
  if (options_.primary != nullptr) {
    copy_primary();
  } else {
    run_to_end({program("initdb"), "-D", dir_ / "data", "-U", "postgres", "--no-sync", "-A",
                "trust", "-E", "UTF8", "--locale", "C.UTF-8"});
  }
  std::string settings = "listen_addresses = ''\nunix_socket_directories = '" + host() +
                         "'\nunix_socket_permissions = 0700\nlogging_collector = off\n";
  if (!options_.is_durable) {
    settings += "fsync = off\nfull_page_writes = off\n";
  }
  for (const std::string& setting : options_.settings) settings += setting + "\n";
  const std::filesystem::path file = dir_ / "data/postgresql.conf";
  write_text_file(file, read_text_file(file) + settings);
}

// A server that was killed may leave a backend that still holds the shared memory for a moment;
// until then the new one refuses to start.
void PrivatePostgres::start() {
  if (!eventually([this] { return start_once(); }, kPostgresLimit)) {
    throw std::runtime_error("postgres does not start:\n" + log());
  }
}

bool PrivatePostgres::start_once() {
  ChildProcess::Options child;
  child.argv = {program("postgres"), "-D", dir_ / "data"};
  child.output = dir_ / "postgres.log";
  child.directory = dir_.path();
  child.user = user_;
  child.death_signal = SIGQUIT;  // the postmaster takes its backends with it
  server_.emplace(child);
  const auto is_settled = [this] {
    return !server_->is_running() || PQping(conninfo().c_str()) == PQPING_OK;
  };
  return eventually(is_settled, kPostgresLimit) && server_->is_running();
}

void PrivatePostgres::stop() {
  server_->kill(SIGINT);
  server_->kill(SIGCONT);
  if (!server_->wait(kPostgresLimit)) throw std::runtime_error("postgres does not stop:\n" + log());
}

void PrivatePostgres::restart() {
  stop();
  start();
}

std::vector<pid_t> PrivatePostgres::processes() {
  const std::string pid = std::to_string(server_->pid());
  std::istringstream children(read_text_file("/proc/" + pid + "/task/" + pid + "/children"));
  return {std::istream_iterator<pid_t>(children), {}};
}

void PrivatePostgres::signal_sessions(int signal) {
  for (const auto process : processes()) ::kill(process, signal);
}

// The process that recovers is not for killing: without it the server would give up.
void PrivatePostgres::kill_sessions() {
  for (const auto process : processes()) {
    const auto title = read_text_file("/proc/" + std::to_string(process) + "/cmdline");
    if (title.find("[local]") != std::string::npos) ::kill(process, SIGKILL);
  }
}

pg_conn* PrivatePostgres::connection() {
  if (connection_) {
    const OwnedResult round_trip(PQexec(connection_.get(), ""));
    if (PQstatus(connection_.get()) == CONNECTION_OK) return connection_.get();
  }
  connection_.reset(PQconnectdb(conninfo().c_str()));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
  return connection_.get();
}

void PrivatePostgres::exec(const std::string& sql) { run(connection(), sql); }

std::string PrivatePostgres::query_value(const std::string& sql) {
  const OwnedResult result = run(connection(), sql);
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace sqlbus::test
