#include "client/command/load/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sqlbus {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;
// No request is larger; `request_max` bounds them in the daemon, at 64 MiB unless it is set.
constexpr std::size_t kRecordBytesMax = std::size_t{128} * 1024 * 1024;

// So long a line that is there waits for others to go with.
constexpr int kIdleMs = 100;

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

Input::Input(int fd, StopSignals& stop) : fd_(fd), stop_(stop), buffer_(kBufferBytes) {}

Input::Input(Input&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      stop_(other.stop_),
      may_wait_(other.may_wait_),
      size_(other.size_),
      place_(other.place_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      end_(other.end_) {}

Input::~Input() {
  if (fd_ > STDIN_FILENO) close(fd_);
}

Result<Input> Input::open(const std::string& file, StopSignals& stop) {
  const bool is_stdin = file == "-";
  const int fd = is_stdin ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Error{file + ": " + std::strerror(errno)};
  Input input(fd, stop);
  struct stat facts {};
  if (fstat(fd, &facts) != 0) return Error{file + ": " + std::strerror(errno)};
  if (S_ISDIR(facts.st_mode)) return Error{file + ": is a folder"};
  input.may_wait_ = !S_ISREG(facts.st_mode);
  // Standard input may have been read before, by whoever has it too.
  const bool is_whole = !input.may_wait_ && lseek(fd, 0, SEEK_CUR) == 0;
  if (is_whole) input.size_ = static_cast<std::uint64_t>(facts.st_size);
  return input;
}

std::string_view Input::rest() const { return {buffer_.data() + begin_, end_ - begin_}; }

Result<Input::Fill> Input::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    if (buffer_.size() >= kRecordBytesMax) {
      return Error{"line " + std::to_string(place_.line) + " has no end"};
    }
    buffer_.resize(buffer_.size() * 2);
  }
  for (;;) {
    if (may_wait_) {
      const auto came = stop_.wait_for(fd_, kIdleMs);
      if (came == StopSignals::Came::kSignal) return Fill::kInterrupted;
      if (came == StopSignals::Came::kNothing) return Fill::kIdle;
    }
    const auto count = read(fd_, buffer_.data() + end_, buffer_.size() - end_);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return Error{std::string("reading: ") + std::strerror(errno)};
    end_ += static_cast<std::size_t>(count);
    return count == 0 ? Fill::kEnd : Fill::kMore;
  }
}

void Input::consume(std::size_t bytes, std::uint64_t lines) {
  begin_ += bytes;
  place_.offset += bytes;
  place_.line += lines;
}

Result<Input::Fill> Input::skip_to(std::uint64_t offset) {
  bool is_at_line = place_.offset == offset;
  while (place_.offset < offset) {
    const auto ahead =
        rest().substr(0, std::min<std::uint64_t>(rest().size(), offset - place_.offset));
    if (!ahead.empty()) {
      is_at_line = ahead.back() == '\n';
      consume(ahead.size(), lines_in(ahead));
      continue;
    }
    if (stop_.caught() != 0) return Fill::kInterrupted;
    auto filled = fill();
    if (!filled || *filled == Fill::kInterrupted) return filled;
    if (*filled == Fill::kEnd) return Error{"--offset: there are not so many bytes"};
  }
  if (!is_at_line) return Error{"--offset: no line begins there"};
  return Fill::kMore;
}

}  // namespace sqlbus
