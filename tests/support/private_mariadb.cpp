#include "tests/support/private_mariadb.hpp"

#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/odbc_client.hpp"
#include "tests/support/server_user.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kMariaDbLimit{60};

// A killed server loses nothing without a flush, a machine without power would.
const std::vector<std::string> kStorage = {
    "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M", "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0", "--innodb-flush-log-at-trx-commit=2"};

void append(std::vector<std::string>& arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
}

// To make a folder takes seconds, so one is made for all servers of the program.
class Template {
 public:
  Template() {
    ChildProcess::Options child;
    child.argv = {"mariadb-install-db", "--no-defaults", "--datadir=" + data().string(),
                  // Our own TMPDIR may be nothing that the server's user can write to.
                  "--tmpdir=" + dir_.path().string(), "--auth-root-authentication-method=normal",
                  "--skip-test-db", "--skip-name-resolve"};
    if (geteuid() == 0) child.argv.emplace_back("--user=mysql");
    append(child.argv, kStorage);
    child.output = dir_ / "install.log";
    if (const auto user = server_user("mysql")) dir_.give_to(*user);
    ChildProcess install(child);
    if (install.wait(kMariaDbLimit) != ExitStatus{.code = 0}) {
      throw std::runtime_error("mariadb-install-db fails:\n" + read_text_file(child.output));
    }
  }
  fs::path data() const { return dir_ / "data"; }

 private:
  TempDir dir_;
};

void copy_to(const fs::path& target, const std::optional<User>& user) {
  static const Template made;
  fs::copy(made.data(), target, fs::copy_options::recursive);
  if (!user) return;
  const auto give = [&](const fs::path& path) {
    if (chown(path.c_str(), user->uid, user->gid) != 0)
      throw std::runtime_error("chown " + path.string());
  };
  give(target);
  for (const auto& entry : fs::recursive_directory_iterator(target)) give(entry.path());
}

}  // namespace

PrivateMariaDb::PrivateMariaDb(Options options) : options_(options), user_(server_user("mysql")) {
  if (user_) dir_.give_to(*user_);
  copy_to(dir_ / "data", user_);
  start();
  OdbcClient("DRIVER={MariaDB Unicode};SERVER=localhost;UID=root;SOCKET=" + socket())
      .run("CREATE DATABASE main CHARACTER SET utf8mb4");
}

PrivateMariaDb::~PrivateMariaDb() = default;

std::string PrivateMariaDb::connection_string() const {
  return "DRIVER={MariaDB Unicode};SERVER=localhost;UID=root;DATABASE=main;SOCKET=" + socket();
}

std::string PrivateMariaDb::section() const {
  return "driver = odbc\nconnection_string = " + connection_string() + "\n";
}

std::string PrivateMariaDb::log() const { return read_text_file(dir_ / "mariadb.log"); }

void PrivateMariaDb::start() {
  ChildProcess::Options child;
  child.argv = {"mariadbd",
                "--no-defaults",
                "--datadir=" + (dir_ / "data").string(),
                "--tmpdir=" + dir_.path().string(),
                "--socket=" + socket(),
                "--pid-file=" + (dir_ / "pid").string(),
                "--skip-networking",
                "--character-set-server=utf8mb4",
                "--max-allowed-packet=64M"};
  if (!options_.is_durable) append(child.argv, kStorage);
  child.output = dir_ / "mariadb.log";
  child.directory = dir_.path();
  child.user = user_;
  client_.reset();
  server_.emplace(child);
  const auto is_settled = [this] {
    if (!server_->is_running()) return true;
    try {
      const OdbcClient answers("DRIVER={MariaDB Unicode};SERVER=localhost;UID=root;SOCKET=" +
                               socket());
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  if (!eventually(is_settled, kMariaDbLimit) || !server_->is_running()) {
    throw std::runtime_error("mariadbd does not start:\n" + log());
  }
}

void PrivateMariaDb::stop() {
  client_.reset();
  server_->kill(SIGTERM);
  server_->kill(SIGCONT);
  if (!server_->wait(kMariaDbLimit)) throw std::runtime_error("mariadbd does not stop:\n" + log());
}

void PrivateMariaDb::restart() {
  stop();
  start();
}

OdbcClient& PrivateMariaDb::client() {
  if (client_) {
    try {
      client_->run("SELECT 1");
      return *client_;
    } catch (const std::runtime_error&) {
      client_.reset();
    }
  }
  client_ = std::make_unique<OdbcClient>(connection_string());
  return *client_;
}

void PrivateMariaDb::exec(const std::string& sql) { client().run(sql); }

std::string PrivateMariaDb::query_value(const std::string& sql) { return client().run(sql); }

}  // namespace sqlbus::test
