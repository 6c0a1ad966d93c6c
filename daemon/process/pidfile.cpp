#include "daemon/process/pidfile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <csignal>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>

namespace sqlbus {
namespace {

constexpr std::chrono::milliseconds kLook{20};

Error system_error(const std::string& path) {
  return Error{"pidfile " + path + ": " + std::strerror(errno)};
}

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// The process that holds the lock; nullopt where nobody does, 0 where it is in a namespace (or on a
// machine) that has other process ids.
Result<std::optional<pid_t>> find_holder(int file, const std::string& path) {
  struct flock lock = whole_file();
  if (fcntl(file, F_GETLK, &lock) != 0) return system_error(path);
  if (lock.l_type == F_UNLCK) return std::optional<pid_t>();
  return std::optional<pid_t>(std::max(lock.l_pid, 0));
}

// Between open and lock, a daemon that ends may have removed the file, and a third one made anew.
bool is_still_at(int file, const std::string& path) {
  struct stat ours {};
  struct stat there {};
  return fstat(file, &ours) == 0 && stat(path.c_str(), &there) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

// A wrong path in the configuration must not cost the operator that file.
bool is_pidfile(int file) {
  std::array<char, 32> text{};
  struct stat status {};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const ssize_t length = pread(file, text.data(), text.size(), 0);
  return length >= 0 && std::all_of(text.begin(), text.begin() + length, [](char c) {
           return (c >= '0' && c <= '9') || c == '\n' || c == ' ';
         });
}

Status write_pid(int file, const std::string& path) {
  const std::string text = std::to_string(getpid()) + "\n";
  if (ftruncate(file, 0) != 0 ||
      pwrite(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return system_error(path);
  }
  return Done{};
}

// True: locked. False: its holder has just ended, or the file was replaced: open it again.
Result<bool> lock_and_write(int file, const std::string& path) {
  struct flock lock = whole_file();
  if (fcntl(file, F_SETLK, &lock) == 0) {
    if (!is_still_at(file, path)) return false;
    if (!is_pidfile(file)) return Error{"pidfile " + path + ": this file is something else"};
    if (Status status = write_pid(file, path); !status) return std::move(status).error();
    return true;
  }
  if (errno != EACCES && errno != EAGAIN) return system_error(path);
  const Result<std::optional<pid_t>> holder = find_holder(file, path);
  if (!holder) return holder.error();
  if (!*holder) return false;
  return Error{"already running as pid " + std::to_string(**holder) + " (" + path + ")"};
}

}  // namespace

Result<std::unique_ptr<Pidfile>> Pidfile::claim(const std::string& path) {
  std::error_code ignored;  // where the folder is missing, open says so
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  while (true) {
    UniqueFd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644));
    if (!file) return system_error(path);
    const Result<bool> is_locked = lock_and_write(file.get(), path);
    if (!is_locked) return is_locked.error();
    if (*is_locked) return std::unique_ptr<Pidfile>(new Pidfile(path, std::move(file)));
  }
}

// Removed while still locked: a daemon that starts now waits for nothing and makes its own.
Pidfile::~Pidfile() { unlink(path_.c_str()); }

Result<KillOutcome> kill_running(const std::string& path, std::chrono::milliseconds timeout) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file && errno == ENOENT) return KillOutcome::kWasNotRunning;
  if (!file) return system_error(path);
  Result<std::optional<pid_t>> holder = find_holder(file.get(), path);
  if (!holder) return std::move(holder).error();
  if (!*holder) return KillOutcome::kWasNotRunning;

  const pid_t pid = **holder;
  if (pid == 0) return Error{"pidfile " + path + ": its daemon runs in another pid namespace"};
  if (kill(pid, SIGTERM) != 0 && errno != ESRCH) {
    return Error{"pid " + std::to_string(pid) + ": " + std::strerror(errno)};
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (std::chrono::steady_clock::now() < deadline) {
    holder = find_holder(file.get(), path);
    if (!holder) return std::move(holder).error();
    if (*holder != pid) return KillOutcome::kEnded;
    std::this_thread::sleep_for(kLook);
  }
  return Error{"pid " + std::to_string(pid) + " is still running"};
}

}  // namespace sqlbus
