// A connection to Redis for tests: blocking, terse, safe for any bytes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;

namespace sqlbus::test {

struct Reply {
  enum class Kind : std::uint8_t { kNil, kText, kInteger, kArray, kError };

  Kind kind = Kind::kNil;
  std::string text;  // kText, and the message of kError
  std::int64_t integer = 0;
  std::vector<Reply> elements;

  bool is_nil() const { return kind == Kind::kNil; }
  bool is_error() const { return kind == Kind::kError; }
  const Reply& operator[](std::size_t index) const { return elements.at(index); }
  // The texts of an array.
  std::vector<std::string> texts() const;
};

// An error that Redis answers is a Reply; a connection that fails throws std::runtime_error.
class RedisClient {
 public:
  using Arguments = std::span<const std::string_view>;

  static RedisClient over_socket(const std::string& path);
  static RedisClient over_tcp(const std::string& host, std::uint16_t port);

  Reply command(Arguments arguments);
  Reply command(std::initializer_list<std::string_view> arguments) {
    return command(Arguments{arguments.begin(), arguments.size()});
  }

  // Pipelining: as many read() as append().
  void append(std::initializer_list<std::string_view> arguments);
  Reply read();

 private:
  struct Close {
    void operator()(redisContext* context) const;
  };

  explicit RedisClient(redisContext* context);

  std::unique_ptr<redisContext, Close> context_;
};

}  // namespace sqlbus::test
