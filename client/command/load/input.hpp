// What is loaded: a file or standard input as a stream of bytes, of which little is held.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/command/load/stop_signals.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// A place between two lines.
struct InputPlace {
  std::uint64_t offset = 0;  // bytes before it
  std::uint64_t line = 1;    // the number of the line that begins there
};

class Input {
 public:
  // kIdle: nothing has come for a moment.
  enum class Fill : std::uint8_t { kMore, kEnd, kIdle, kInterrupted };

  // "-" is standard input. The signals are borrowed: one that is caught ends the waiting for bytes.
  static Result<Input> open(const std::string& file, StopSignals& stop);
  ~Input();
  Input(Input&& other) noexcept;
  Input& operator=(Input&&) = delete;
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  // What has been read and not consumed; borrowed until fill().
  std::string_view rest() const;
  // Reads more behind it. The error: it cannot be read, or what is held, which never is consumed,
  // grows beyond all measure.
  Result<Fill> fill();
  void consume(std::size_t bytes, std::uint64_t lines);
  // Consumes up to a place that is ahead. The error: it is no place between two lines.
  Result<Fill> skip_to(std::uint64_t offset);

  const InputPlace& place() const { return place_; }
  // Of a file; nothing where nobody knows how much will come.
  std::optional<std::uint64_t> size() const { return size_; }

 private:
  Input(int fd, StopSignals& stop);

  int fd_ = -1;
  StopSignals& stop_;
  bool may_wait_ = false;  // it is no regular file
  std::optional<std::uint64_t> size_;
  InputPlace place_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sqlbus
