#include "client/driver_check/child.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>
#include <streambuf>
#include <system_error>

#include "daemon/process/unique_fd.hpp"

namespace sqlbus::check {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Writes at once: what has been said is there, whatever happens next.
class PipeBuffer final : public std::streambuf {
 public:
  explicit PipeBuffer(int fd) : fd_(fd) {}

 protected:
  int_type overflow(int_type c) override {
    const char byte = traits_type::to_char_type(c);
    return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* data, std::streamsize size) override {
    std::streamsize written = 0;
    while (written < size) {
      const auto count = ::write(fd_, data + written, static_cast<std::size_t>(size - written));
      if (count < 0 && errno != EINTR) break;
      written += std::max<ssize_t>(count, 0);
    }
    return written;
  }

 private:
  int fd_;
};

[[noreturn]] void work_and_end(int fd, const std::function<void(std::ostream& out)>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  PipeBuffer buffer(fd);
  std::ostream out(&buffer);
  try {
    work(out);
  } catch (const std::exception& e) {
    send(out, Record::Kind::kFailed, e.what());
  }
  send(out, Record::Kind::kEnd);
  ::_exit(0);
}

// All that comes until the other side is closed; false where that is not so at the deadline.
bool read_all(int fd, Clock::time_point deadline, std::string& text) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (left <= milliseconds{0}) return false;
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    char chunk[4096];
    const auto count = ::read(fd, chunk, sizeof chunk);
    if (count == 0) return true;
    if (count > 0) text.append(chunk, static_cast<std::size_t>(count));
  }
}

// Each is its kind, its text and a NUL.
std::vector<Record> records_of(std::string_view text) {
  std::vector<Record> records;
  while (!text.empty()) {
    const auto end = text.find('\0');
    if (end == std::string_view::npos) break;  // it died while it wrote
    records.push_back({static_cast<Record::Kind>(text[0]), std::string(text.substr(1, end - 1))});
    text.remove_prefix(end + 1);
  }
  return records;
}

}  // namespace

void send(std::ostream& out, Record::Kind kind, std::string_view text) {
  std::string record(1, static_cast<char>(kind));
  record += text;
  std::replace(record.begin(), record.end(), '\0', '?');
  record += '\0';
  out.write(record.data(), static_cast<std::streamsize>(record.size()));
}

bool ChildEnd::is_whole() const { return find(Record::Kind::kEnd) != nullptr; }

const Record* ChildEnd::find(Record::Kind kind) const {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [kind](const Record& record) { return record.kind == kind; });
  return found == records.end() ? nullptr : &*found;
}

ChildEnd run_in_child(milliseconds limit, const std::function<void(std::ostream& out)>& work) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  std::cout.flush();
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) work_and_end(writing.get(), work);
  writing.reset();

  ChildEnd end;
  std::string text;
  end.is_timed_out = !read_all(reading.get(), Clock::now() + limit, text);
  if (end.is_timed_out) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.records = records_of(text);
  return end;
}

}  // namespace sqlbus::check
