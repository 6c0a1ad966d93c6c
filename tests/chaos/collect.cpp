#include "tests/chaos/collect.hpp"

#include <sstream>
#include <variant>

#include "protocol/dead_letter.hpp"
#include "protocol/limits.hpp"
#include "protocol/request_codec.hpp"

namespace sqlbus::chaos {
namespace {

constexpr std::size_t kEnvelopeMax = std::size_t{1} << 20U;

// Where it cannot be read it is the letter of an unknown request, and told as that.
std::string uuid_of(const std::string& envelope) {
  const auto decoded = decode_request(envelope, kEnvelopeMax);
  const auto* request = std::get_if<Request>(&decoded);
  return request != nullptr ? request->uuid.str() : "unreadable " + envelope;
}

}  // namespace

std::vector<Row> read_rows(Database& database) {
  std::vector<Row> rows;
  std::istringstream lines(database.rows());
  for (Row row; lines >> row.caller >> row.number;) rows.push_back(row);
  return rows;
}

std::vector<Letter> read_letters(test::PrivateRedis& redis) {
  std::vector<Letter> letters;
  for (const std::string& json : redis.command({"LRANGE", kDead, "0", "-1"}).texts()) {
    const auto letter = decode_dead_letter(json);
    if (!letter) {
      letters.push_back({.uuid = "unreadable", .error_id = 0, .message = json});
      continue;
    }
    letters.push_back({.uuid = uuid_of(letter->request),
                       .error_id = static_cast<int>(letter->error),
                       .message = letter->message});
  }
  return letters;
}

}  // namespace sqlbus::chaos
