#include "daemon/log/log_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/config/time_of_day.hpp"
#include "daemon/log/rotated_files.hpp"

namespace sqlbus {
namespace {

using std::chrono::seconds;

constexpr seconds kLook{1};       // so often at most it is looked where the path leads
constexpr seconds kBusy{1};       // another daemon is about to rename the file
constexpr seconds kRetry{60};     // it could not be renamed
constexpr int kPatienceMs = 100;  // with a pipe that is full, where there is hurry
constexpr mode_t kMode = 0640;

std::string fault_of(std::string_view what, const std::string& path) {
  return std::string(what) + " " + path + ": " + std::strerror(errno);
}

}  // namespace

// Standard output is not duplicated: in the background it becomes /dev/null, and no terminal stays
// open. A FIFO without a reader does not hold us up.
Result<int> LogFile::open_fd(const LogSettings& settings) {
  const std::string path = settings.path();
  if (path.empty()) return STDOUT_FILENO;
  if (!settings.catalog.empty()) {
    std::error_code error;
    std::filesystem::create_directories(settings.catalog, error);
    if (error) return Error{"log folder " + settings.catalog + ": " + error.message()};
  }
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  const int fd = ::open(path.c_str(), kFlags, kMode);
  if (fd < 0) return Error{fault_of("log file", path)};
  return fd;
}

Result<std::unique_ptr<LogFile>> LogFile::open(const LogSettings& settings, House house) {
  const auto fd = open_fd(settings);
  if (!fd) return fd.error();
  return std::unique_ptr<LogFile>(new LogFile(settings, std::move(house), *fd));
}

LogFile::LogFile(const LogSettings& settings, House house, int fd)
    : settings_(settings),
      path_(settings.path()),
      house_(std::move(house)),
      fd_(fd),
      time_of_day_(parse_time_of_day(settings.rotate_at)) {
  adopt(fd);
}

LogFile::~LogFile() {
  if (fd_ != STDOUT_FILENO) close(fd_);
}

void LogFile::adopt(int fd) {
  fd_ = fd;
  identity_ = {};
  is_regular_ = !path_.empty() && fstat(fd, &identity_) == 0 && S_ISREG(identity_.st_mode);
  is_gone_ = false;
  is_torn_ = false;
  size_ = is_regular_ ? static_cast<std::size_t>(identity_.st_size) : 0;
  const auto now = house_.now();
  looked_at_ = now;
  // One that was written last before its time of day is of that day still.
  const auto written = std::chrono::system_clock::from_time_t(identity_.st_mtime);
  plan(size_ > 0 ? std::min(written, now) : now);
}

void LogFile::plan(Time from) {
  next_.reset();
  if (is_regular_ && time_of_day_) next_ = next_time_of_day(from, *time_of_day_);
}

std::optional<LogFile::Time> LogFile::next_rotation() const {
  if (!next_ || is_gone_) return std::nullopt;
  return std::max(*next_, not_before_);
}

std::string LogFile::take_trouble() {
  return std::exchange(is_told_, true) ? std::string() : trouble_;
}

void LogFile::complain(std::string trouble) {
  if (trouble == trouble_) return;
  trouble_ = std::move(trouble);
  is_told_ = trouble_.empty();
}

bool LogFile::write(std::string_view lines) {
  if (!path_.empty()) look();
  rotate_for(lines.size());
  if (is_gone_) return false;
  return put(lines);
}

// Somebody may have moved or deleted the file, and begun another one.
void LogFile::look() {
  const auto now = house_.now();
  if (now >= looked_at_ && now - looked_at_ < kLook) return;
  looked_at_ = now;
  struct stat status {};
  if (fstat(fd_, &status) == 0 && is_regular_) {
    is_gone_ = status.st_nlink == 0;
    size_ = static_cast<std::size_t>(status.st_size);
  }
  if (!leads_to_us()) reopen();
}

bool LogFile::leads_to_us() const {
  struct stat status {};
  return stat(path_.c_str(), &status) == 0 && status.st_dev == identity_.st_dev &&
         status.st_ino == identity_.st_ino;
}

bool LogFile::reopen() {
  const auto fd = open_fd(settings_);
  if (!fd) {
    complain(fd.error().message);
    return false;
  }
  close(std::exchange(fd_, *fd));
  adopt(*fd);
  complain({});
  return true;
}

bool LogFile::is_too_large(std::size_t bytes) const {
  return settings_.size_max > 0 && size_ > 0 && bytes > 0 && size_ + bytes > settings_.size_max;
}

void LogFile::rotate_for(std::size_t bytes) {
  if (!is_regular_ || is_gone_ || !(is_too_large(bytes) || is_time())) return;
  const auto now = house_.now();
  if (now < not_before_ && not_before_ - now <= kRetry) return;
  not_before_ = now + kBusy;
  // Its lock goes with the file, and so with our last hold on it.
  if (flock(fd_, LOCK_EX | LOCK_NB) != 0) return;
  const int locked = fd_;
  if (!leads_to_us()) {
    if (reopen()) not_before_ = {};
  } else {
    struct stat status {};
    if (fstat(fd_, &status) == 0) size_ = static_cast<std::size_t>(status.st_size);
    if (size_ > 0 && (is_too_large(bytes) || is_time())) {
      rotate();
    } else {
      not_before_ = {};
      if (is_time()) plan(now);
    }
  }
  if (fd_ == locked) flock(fd_, LOCK_UN);
}

void LogFile::rotate() {
  const auto now = house_.now();
  // Where the path is a link the file that it leads to is renamed, not the link.
  std::error_code error;
  const auto real = std::filesystem::canonical(path_, error).string();
  const auto name = error ? std::nullopt : rotated_name(real, now);
  if (!name) return;
  if (std::rename(real.c_str(), name->c_str()) != 0) {
    not_before_ = now + kRetry;
    return complain(fault_of("log file not renamed to", *name));
  }
  if (!reopen()) return;
  not_before_ = {};
  if (auto status = remove_rotated(real, settings_.keep_files); !status) {
    complain(status.error().message);
  }
}

// A line that was cut in the middle is ended before the next one.
bool LogFile::put(std::string_view text) {
  std::string whole;
  if (is_torn_) text = whole = "\n" + std::string(text);
  std::size_t written = 0;
  while (written < text.size()) {
    auto bytes = text.size() - written;
    if (!is_regular_) {
      // So much goes into a pipe that can be written to without waiting.
      bytes = std::min<std::size_t>(bytes, PIPE_BUF);
      if (!wait_writable()) break;
    }
    const auto count = ::write(fd_, text.data() + written, bytes);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  size_ += written;
  const bool is_whole = written == text.size();
  is_torn_ = !is_whole && (is_torn_ || written > 0);
  return is_whole;
}

bool LogFile::wait_writable() {
  while (true) {
    pollfd waited{fd_, POLLOUT, 0};
    const int ready = poll(&waited, 1, is_given_up_ ? 0 : kPatienceMs);
    if (ready > 0) {
      is_given_up_ = false;
      return true;
    }
    if (ready < 0 && errno != EINTR) return false;
    if (ready == 0 && house_.hurry != nullptr && house_.hurry->load() > 0) {
      is_given_up_ = true;
      return false;
    }
  }
}

}  // namespace sqlbus
