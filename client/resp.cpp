#include "client/resp.hpp"

#include <array>
#include <charconv>

namespace sqlbus {

namespace {

// "$17\r\n"
void append_size(std::string& out, char mark, std::size_t size) {
  std::array<char, 32> text{mark};
  char* end = std::to_chars(text.data() + 1, text.data() + text.size(), size).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(text.data(), end);
}

}  // namespace

void append_resp(std::string& out, std::string_view argument) {
  append_size(out, '$', argument.size());
  out += argument;
  out += "\r\n";
}

void append_resp(std::string& out, std::span<const std::string_view> arguments) {
  append_size(out, '*', arguments.size());
  for (const std::string_view argument : arguments) append_resp(out, argument);
}

std::string resp_head(std::size_t arguments) {
  std::string head;
  append_size(head, '*', arguments);
  return head;
}

}  // namespace sqlbus
