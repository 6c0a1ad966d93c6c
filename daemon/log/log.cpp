#include "daemon/log/log.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/log/line_format.hpp"
#include "daemon/log/log_file.hpp"

namespace sqlbus {
namespace {

using std::chrono::milliseconds;
using Formatter = std::string (*)(const LogLine&);

// Lines that nobody has written yet; beyond it they are lost.
constexpr std::size_t kWaitingBytesMax = std::size_t{4} << 20U;
// So long the writer of an error is held up for it, where the disk takes long.
constexpr milliseconds kErrorPatience{50};

// systemd names the device and inode of its journal's stream to the programs that write to it.
bool is_journal(int fd) {
  const char* const stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || fstat(fd, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

// How a line is written, and where.
struct Target {
  Target(const LogSettings& settings, std::unique_ptr<LogFile> opened) : file(std::move(opened)) {
    if (settings.format == LogSettings::Format::kJson) {
      format = format_json;
    } else if (is_journal(file->fd())) {
      format = format_journal;
    }
    if (settings.space_line_after_log) line_end = "\n\n";
  }

  std::string text(const LogLine& line) const { return format(line) + line_end; }

  std::unique_ptr<LogFile> file;
  Formatter format = format_text;
  const char* line_end = "\n";
};

// Any thread puts lines in; the writer's takes them out.
class QueuedLog : public Log {
 public:
  using Hurry = std::unique_ptr<std::atomic<int>>;

  QueuedLog(const LogSettings& settings, Hurry hurry, Target target)
      : Log(settings.level),
        path_(settings.path()),
        format_(target.format),
        line_end_(target.line_end),
        hurry_(std::move(hurry)),
        target_(std::move(target)),
        writer_([this] { run(); }) {}

  ~QueuedLog() override {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
      ++*hurry_;
    }
    arrived_.notify_one();
    writer_.join();
  }
  QueuedLog(const QueuedLog&) = delete;
  QueuedLog& operator=(const QueuedLog&) = delete;

  static Result<Target> open_target(const LogSettings& settings, const std::atomic<int>& hurry) {
    auto file = LogFile::open(settings, {.hurry = &hurry});
    if (!file) return file.error();
    return Target(settings, *std::move(file));
  }

  // What was logged before goes where it was meant to, but does not wait there for ever.
  Status use(const LogSettings& settings) override {
    auto target = open_target(settings, *hurry_);
    if (!target) return target.error();
    {
      const std::lock_guard lock(mutex_);
      const bool hurries = path_ != settings.path();
      if (hurries) ++*hurry_;
      path_ = settings.path();
      format_ = target->format;
      line_end_ = target->line_end;
      waiting_.push_back({.target = *std::move(target), .hurries = hurries});
      ++queued_;
    }
    arrived_.notify_one();
    set_level(settings.level);
    return Done{};
  }

  void flush(milliseconds limit) override {
    std::unique_lock lock(mutex_);
    wait_written(lock, limit);
  }

 protected:
  void write_line(Level level, std::string_view message,
                  std::span<const LogField> fields) override {
    const auto now = std::chrono::system_clock::now();
    std::unique_lock lock(mutex_);
    auto line = format_({now, level, message, fields}) + line_end_;
    if (bytes_ + line.size() > kWaitingBytesMax) {
      ++lost_;
      return;
    }
    bytes_ += line.size();
    waiting_.push_back({.line = std::move(line)});
    ++queued_;
    arrived_.notify_one();
    // Nobody waits twice for a disk that is slow.
    if (level == Level::kError && !is_slow_) is_slow_ = !wait_written(lock, kErrorPatience);
  }

 private:
  // A line, or where all behind it goes.
  struct Entry {
    std::string line = {};
    std::optional<Target> target = {};
    bool hurries = false;
  };

  bool wait_written(std::unique_lock<std::mutex>& lock, milliseconds limit) {
    return written_.wait_for(lock, limit, [this, until = queued_] { return done_ >= until; });
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wait_for_work(lock);
      if (waiting_.empty() && is_ending_) return;
      auto entries = std::exchange(waiting_, {});
      bytes_ = 0;
      auto lost = std::exchange(lost_, 0);
      lock.unlock();
      for (auto& entry : entries) put(entry, lost);
      target_.file->rotate_if_due();
      lock.lock();
      lost_ += lost;
      done_ += entries.size();
      is_slow_ = false;
      written_.notify_all();
    }
  }

  // For a line, or for the time of day at which the file is renamed.
  void wait_for_work(std::unique_lock<std::mutex>& lock) {
    const auto has_work = [this] { return !waiting_.empty() || is_ending_; };
    const auto next = target_.file->next_rotation();
    if (next) {
      arrived_.wait_until(lock, *next, has_work);
    } else {
      arrived_.wait(lock, has_work);
    }
  }

  void put(Entry& entry, std::size_t& lost) {
    if (entry.target) {
      target_ = *std::move(entry.target);
      if (entry.hurries) --*hurry_;
      return;
    }
    if (!target_.file->write(entry.line)) {
      ++lost;
      return;
    }
    if (const auto trouble = target_.file->take_trouble(); !trouble.empty()) {
      say("log file", "reason", trouble);
    }
    // The next line that gets through is followed by how many did not.
    if (lost > 0 && say("log lines were lost", "lines", std::to_string(lost))) lost = 0;
  }

  bool say(std::string_view message, std::string_view key, std::string_view value) {
    const LogField field{key, value};
    const auto now = std::chrono::system_clock::now();
    return target_.file->write(target_.text({now, Level::kWarning, message, {&field, 1}}));
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable written_;
  // Under mutex_:
  std::string path_;
  Formatter format_;
  const char* line_end_;
  std::vector<Entry> waiting_;
  std::size_t bytes_ = 0;     // of the lines there
  std::size_t lost_ = 0;      // lines
  std::uint64_t queued_ = 0;  // entries, from the beginning
  std::uint64_t done_ = 0;
  bool is_slow_ = false;
  bool is_ending_ = false;

  Hurry hurry_;    // how many reasons there are not to wait, see LogFile
  Target target_;  // the writer's
  std::thread writer_;
};

}  // namespace

void Log::note_error(std::string_view message, std::span<const LogField> fields) {
  std::string text(message);
  for (const auto& [key, value] : fields) text.append(", ").append(key).append(": ").append(value);
  last_error_.set({std::chrono::system_clock::now(), std::move(text)});
}

Result<std::unique_ptr<Log>> Log::open(const LogSettings& settings) {
  auto hurry = std::make_unique<std::atomic<int>>(0);
  auto target = QueuedLog::open_target(settings, *hurry);
  if (!target) return target.error();
  return std::unique_ptr<Log>(
      std::make_unique<QueuedLog>(settings, std::move(hurry), *std::move(target)));
}

}  // namespace sqlbus
