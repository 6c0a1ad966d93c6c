#include "client/command/letter.hpp"

#include <array>
#include <ctime>
#include <limits>
#include <utility>
#include <variant>

#include "protocol/request_codec.hpp"

namespace sqlbus {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "key (id)=(17) of 'x'" and "key (id)=(4) of 'y'" are one message.
std::string without_particulars(std::string_view message) {
  std::string text;
  for (std::size_t at = 0; at < message.size(); ++at) {
    const char c = message[at];
    const auto end = c == '\'' || c == '"' ? message.find(c, at + 1) : std::string_view::npos;
    if (end != std::string_view::npos) {
      text += '?';
      at = end;
    } else if (!is_digit(c)) {
      text += c;
    } else if (text.empty() || text.back() != '?') {
      text += '?';
    }
  }
  return text;
}

}  // namespace

std::optional<Letter> read_letter(std::string raw) {
  auto dead = decode_dead_letter(raw);
  if (!dead) return std::nullopt;
  Letter letter{.raw = std::move(raw), .dead = *std::move(dead)};
  auto decoded = decode_request(letter.dead.request, std::numeric_limits<std::size_t>::max());
  if (auto* refusal = std::get_if<Refusal>(&decoded)) {
    letter.uuid = std::move(refusal->uuid);
    letter.app = std::move(refusal->app);
    return letter;
  }
  letter.request = std::get<Request>(std::move(decoded));
  letter.uuid = letter.request->uuid.str();
  letter.app = letter.request->app.str();
  letter.database = letter.request->database.value_or("").str();
  return letter;
}

std::string Letter::text() const {
  if (!request) return dead.request;
  std::string text;
  for (const auto& statement : request->statements) {
    if (!text.empty()) text += ";\n";
    text += statement.sql;
  }
  return text;
}

std::string error_name(ErrorId error) {
  for (const auto& row : error_table()) {
    if (row.id == error) return std::string(row.name);
  }
  return std::to_string(static_cast<int>(error));
}

std::string cause_of(const Letter& letter) {
  return std::to_string(static_cast<int>(letter.dead.error)) + " " + letter.dead.sqlstate + " " +
         without_particulars(letter.dead.message);
}

std::string to_local_text(EpochTime time) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return {text.data(), size};
}

}  // namespace sqlbus
