// What is encoded is decoded as it was, for requests made at random.
#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <variant>

#include "protocol/request_codec.hpp"

namespace sqlbus {
namespace {

class RandomRequests {
 public:
  explicit RandomRequests(unsigned seed) : engine_(seed) {}

  Request next() {
    Request request;
    request.uuid = text_of("abcdef0123456789-!~", 1, 64);
    request.app = text(1, 20);
    request.pid = integer(0);
    request.sync = chance();
    if (request.sync || chance()) request.rchannel = text(1, 40);
    request.timestamp = time();
    add_statements(request);
    if (chance()) request.database = text(1, 10);
    if (chance()) request.key = text(1, 40);
    if (chance()) request.deadline = time();
    if (chance()) request.not_before = time();
    request.typed = chance();
    if (chance()) request.rows_max = integer(1);
    if (chance()) request.traceparent = text(1, 55);
    return request;
  }

 private:
  std::int64_t within(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  bool chance() { return within(0, 1) == 1; }

  // Often one of the ends.
  std::int64_t integer(std::int64_t least) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    const std::int64_t kind = within(0, 3);
    if (kind == 0) return least;
    return kind == 1 ? kMost : within(least, kMost);
  }

  EpochTime time() {
    return EpochTime(
        std::chrono::microseconds(within(-62'135'596'800'000'000, 253'402'300'799'999'999)));
  }

  std::string text_of(std::string_view alphabet, std::int64_t least, std::int64_t most) {
    std::string text;
    for (std::int64_t size = within(least, most); size > 0; --size) {
      text += alphabet[static_cast<std::size_t>(
          within(0, static_cast<std::int64_t>(alphabet.size()) - 1))];
    }
    return text;
  }

  // Characters that are escaped, plain, and of two to four bytes.
  std::string bytes(std::int64_t count) {
    std::string bytes;
    while (std::ssize(bytes) < count) bytes += static_cast<char>(within(-128, 127));
    return bytes;
  }
  std::string text(std::int64_t least, std::int64_t most) {
    constexpr std::string_view kCharacters[] = {"a",
                                                "Z",
                                                " ",
                                                "\"",
                                                "\\",
                                                "\n",
                                                "\x01",
                                                "\x7F",
                                                "\xC3\xA4",
                                                "\xE6\xBC\xA2",
                                                "/",
                                                "'",
                                                "\xED\x9F\xBF",
                                                "\xF0\x9F\x98\x80"};
    std::string text;
    for (std::int64_t size = within(least, most); size > 0; --size) {
      text += kCharacters[within(0, std::ssize(kCharacters) - 1)];
    }
    return text;
  }

  Value value() {
    constexpr std::string_view kNumbers[] = {"1.50", "-0.0", "1e3", "9223372036854775808",
                                             "123456789012345678901234567890.5"};
    Value value;
    value.kind = static_cast<Value::Kind>(within(0, 5));
    switch (value.kind) {
      case Value::Kind::kNull:
        break;
      case Value::Kind::kBool:
        value.integer = within(0, 1);
        break;
      case Value::Kind::kInteger:
        value.integer = integer(std::numeric_limits<std::int64_t>::min());
        break;
      case Value::Kind::kNumber:
        value.text = kNumbers[within(0, std::ssize(kNumbers) - 1)];
        break;
      case Value::Kind::kText:
        value.text = text(0, 30);
        break;
      case Value::Kind::kBytes:
        value.text = bytes(within(0, 30));
        break;
    }
    return value;
  }

  void add_statements(Request& request) {
    request.form = static_cast<Request::Form>(within(0, 2));
    std::int64_t count = 1;
    if (request.form == Request::Form::kUpsert) count = 2;
    if (request.form == Request::Form::kTransaction) count = within(1, 5);
    for (; count > 0; --count) {
      Statement& statement = request.statements.emplace_back();
      statement.sql = text(1, 60);
      for (std::int64_t values = within(0, 6); values > 0; --values) {
        statement.params.push_back(value());
      }
    }
  }

  std::mt19937 engine_;
};

}  // namespace

TEST_CASE("requests made at random come back as they were") {
  RandomRequests requests(20240229);
  for (int i = 0; i < 5'000; ++i) {
    const Request request = requests.next();
    const std::string envelope = encode_request(request);
    const auto decoded = decode_request(envelope, envelope.size());
    const Request* again = std::get_if<Request>(&decoded);
    if (again == nullptr || *again != request) {
      CAPTURE(envelope);
      if (const auto* refusal = std::get_if<Refusal>(&decoded)) CAPTURE(refusal->message);
      FAIL("request " << i << " did not come back");
    }
  }
}

TEST_CASE("an envelope in memory that is used again is the same as a fresh one") {
  RandomRequests requests(7);
  std::string envelope = "something else";
  for (int i = 0; i < 500; ++i) {
    const Request request = requests.next();
    encode_request(request, envelope);
    if (envelope != encode_request(request)) FAIL("request " << i << " differs: " << envelope);
  }
}

}  // namespace sqlbus
