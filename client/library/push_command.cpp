#include "client/library/push_command.hpp"

#include "client/resp.hpp"

namespace sqlbus {

namespace {

// The number of arguments is known at last, and written so that it ends where the verb begins.
constexpr std::size_t kHeadRoom = 24;
// The length and the line ends around an envelope.
constexpr std::size_t kFrameBytesMax = 32;

}  // namespace

PushCommand::PushCommand(std::string_view queue, std::size_t kept_bytes_max, std::string_view verb)
    : text_(kHeadRoom, ' '), kept_bytes_max_(kept_bytes_max) {
  append_resp(text_, verb);
  append_resp(text_, queue);
  start_bytes_ = text_.size();
}

void PushCommand::add(std::string_view envelope) {
  text_.reserve(text_.size() + envelope.size() + kFrameBytesMax);
  append_resp(text_, envelope);
  ++count_;
}

void PushCommand::clear() {
  text_.resize(start_bytes_);
  count_ = 0;
  if (text_.capacity() > kept_bytes_max_) text_.shrink_to_fit();
}

std::string_view PushCommand::resp() {
  const std::string head = resp_head(count_ + 2);
  const std::size_t start = kHeadRoom - head.size();
  text_.replace(start, head.size(), head);
  return std::string_view(text_).substr(start);
}

}  // namespace sqlbus
