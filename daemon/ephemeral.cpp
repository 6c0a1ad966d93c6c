#include "daemon/ephemeral.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "daemon/config/parse_settings.hpp"
#include "daemon/config/text_file.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kSocket = "redis.sock";
constexpr std::string_view kRedisLog = "redis.log";
constexpr std::string_view kDatabase = "main.db";
constexpr std::string_view kConfig = "sqlbus.ini";
constexpr milliseconds kStartLimit{20000};
constexpr milliseconds kLookPeriod{2};
constexpr std::size_t kRedisLogBytesMax = std::size_t{1} << 20U;

// The folder's path stands in a URL and in a configuration file, and clients of every language
// read it: what one of them might take for something else is not used.
bool is_plain(std::string_view path) {
  const auto is_plain_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+,").find(c) != std::string_view::npos;
  };
  return path.starts_with('/') && std::all_of(path.begin(), path.end(), is_plain_character);
}

// There is nothing that it would have to load: once it listens, it serves.
bool listens(const std::string& socket_path) {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!socket || socket_path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size());
  return connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::string last_line(const std::string& file) {
  auto text = read_text_file(file, kRedisLogBytesMax);
  if (!text) return text.error().message;
  while (text->ends_with('\n')) text->pop_back();
  return text->substr(text->rfind('\n') + 1);
}

sigset_t ends() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT}) sigaddset(&signals, number);
  return signals;
}

void write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody is left who wants to know
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Result<std::unique_ptr<Ephemeral>> Ephemeral::start() {
  UniqueFd announcement(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    return Error{std::string("standard error: ") + std::strerror(errno)};
  }
  const sigset_t signals = ends();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  try {
    std::unique_ptr<Ephemeral> made(new Ephemeral(std::move(announcement)));
    if (!is_plain(made->folder_->path().string())) {
      return Error{"$TMPDIR: has to be a path from / on that a URL can hold as it stands"};
    }
    for (const Status& step : {made->start_redis(), made->write_settings()}) {
      if (!step) return step.error();
    }
    return made;
  } catch (const std::system_error& error) {
    return Error{error.what()};
  }
}

void Ephemeral::take_signals() {
  const sigset_t signals = ends();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

// What it holds is not written to a disk: it need not survive what does not survive itself.
Status Ephemeral::start_redis() {
  const ChildProcess::Options server{
      .argv = {"redis-server", "--port", "0", "--unixsocket", path(kSocket), "--unixsocketperm",
               "700", "--dir", folder_->path(), "--save", "", "--appendonly", "no",
               "--maxmemory-policy", "noeviction", "--daemonize", "no"},
      .output = path(kRedisLog)};
  try {
    redis_.emplace(server);
  } catch (const std::system_error& error) {
    const bool is_missing = error.code() == std::errc::no_such_file_or_directory;
    return Error{is_missing ? "there is no redis-server in $PATH, and --ephemeral needs one"
                            : error.what()};
  }
  const auto end = std::chrono::steady_clock::now() + kStartLimit;
  while (!listens(path(kSocket))) {
    if (!redis_->is_running() || std::chrono::steady_clock::now() >= end) {
      return Error{"redis-server does not start: " + last_line(path(kRedisLog))};
    }
    std::this_thread::sleep_for(kLookPeriod);
  }
  return Done{};
}

// As a file, so that whoever wants the bus's file (`sqlbus reload --config`) has one.
Status Ephemeral::write_settings() {
  std::ofstream file(path(kConfig));
  file << "[default]\ndatabase = main\n\n[redis]\nunix_socket = " << path(kSocket)
       << "\n\n[main]\ndriver = sqlite\ndatabase = " << path(kDatabase) << "\n";
  file.close();
  if (!file) return Error{path(kConfig) + ": cannot be written"};
  auto settings = load_settings(path(kConfig));
  if (!settings) return std::move(settings).error();
  settings_ = *std::move(settings);
  return Done{};
}

void Ephemeral::announce() {
  std::string line;
  JsonWriter json(line);
  json.open(JsonContainer::kObject).name("url").string("unix://" + path(kSocket));
  json.name("queue").string(settings_.redis.queues.front());
  json.name("database").string(path(kDatabase)).name("config").string(path(kConfig));
  json.name("folder").string(folder_->path().string()).name("pid").integer(getpid());
  json.close(JsonContainer::kObject);
  write_whole(announcement_.get(), line + "\n");
  announcement_.reset();
}

void Ephemeral::end() {
  redis_.reset();
  folder_.reset();
}

}  // namespace sqlbus
