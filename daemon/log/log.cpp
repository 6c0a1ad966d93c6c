#include "daemon/log/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>

#include "daemon/log/line_format.hpp"

namespace sqlbus {
namespace {

using Formatter = std::string (*)(const LogLine&);

// systemd names the device and inode of its journal's stream to the programs that write to it.
bool is_journal(int fd) {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || fstat(fd, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

Formatter choose_formatter(const LogSettings& settings, int fd) {
  if (settings.format == LogSettings::Format::kJson) return format_json;
  return is_journal(fd) ? format_journal : format_text;
}

Result<int> open_file(const LogSettings& settings) {
  const std::string path = settings.path();
  if (!settings.catalog.empty()) {
    std::error_code error;
    std::filesystem::create_directories(settings.catalog, error);
    if (error) return Error{"log folder " + settings.catalog + ": " + error.message()};
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) return Error{"log file " + path + ": " + std::strerror(errno)};
  return fd;
}

// Standard output is not duplicated: in the background it becomes /dev/null, and no terminal stays
// open.
Result<int> open_target(const LogSettings& settings) {
  return settings.path().empty() ? Result<int>(STDOUT_FILENO) : open_file(settings);
}

// Any thread. A line is one write() to a file that is open for appending, so lines of several
// processes do not mix either. What cannot be written (disk full) is lost, and the next line that
// gets through is followed by how many were.
class FileLog : public Log {
 public:
  FileLog(const LogSettings& settings, int fd) : Log(settings.level) { set_target(settings, fd); }
  ~FileLog() override { close_target(); }
  FileLog(const FileLog&) = delete;
  FileLog& operator=(const FileLog&) = delete;

  Status use(const LogSettings& settings) override {
    const auto fd = open_target(settings);
    if (!fd) return fd.error();
    const std::lock_guard lock(mutex_);
    close_target();
    set_target(settings, *fd);
    set_level(settings.level);
    return Done{};
  }

 protected:
  void write_line(Level level, std::string_view message, Fields fields) override {
    const auto now = std::chrono::system_clock::now();
    const std::lock_guard lock(mutex_);
    if (!put(format_({now, level, message, fields}) + line_end_)) {
      ++lost_;
      return;
    }
    if (lost_ == 0) return;
    const std::string count = std::to_string(lost_);
    const Fields lost_fields = {{"lines", count}};
    if (put(format_({now, Level::kWarning, "log lines were lost", lost_fields}) + line_end_)) {
      lost_ = 0;
    }
  }

 private:
  void set_target(const LogSettings& settings, int fd) {
    fd_ = fd;
    format_ = choose_formatter(settings, fd);
    line_end_ = settings.space_line_after_log ? "\n\n" : "\n";
  }

  void close_target() const {
    if (fd_ != STDOUT_FILENO) close(fd_);
  }

  bool put(std::string line) {
    if (is_torn_) line.insert(0, "\n");
    ssize_t written = -1;
    do {
      written = ::write(fd_, line.data(), line.size());
    } while (written < 0 && errno == EINTR);
    const bool is_whole = written == static_cast<ssize_t>(line.size());
    is_torn_ = !is_whole && (is_torn_ || written > 0);
    return is_whole;
  }

  std::mutex mutex_;
  // Under mutex_, as is the order of the lines:
  int fd_ = STDOUT_FILENO;
  Formatter format_ = format_text;
  std::string line_end_;
  std::size_t lost_ = 0;
  bool is_torn_ = false;  // a piece of a line was written
};

}  // namespace

void Log::note_error(std::string_view message, Fields fields) {
  std::string text(message);
  for (const auto& [key, value] : fields) text.append(", ").append(key).append(": ").append(value);
  last_error_.set({std::chrono::system_clock::now(), std::move(text)});
}

Result<std::unique_ptr<Log>> Log::open(const LogSettings& settings) {
  const auto fd = open_target(settings);
  if (!fd) return fd.error();
  return std::unique_ptr<Log>(std::make_unique<FileLog>(settings, *fd));
}

}  // namespace sqlbus
