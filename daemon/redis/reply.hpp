// An answer of Redis. Reply owns it, ReplyView looks at a part of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

struct redisReply;

namespace sqlbus {

class ReplyView {
 public:
  explicit ReplyView(const redisReply* reply) : reply_(reply) {}

  bool is_nil() const;
  bool is_error() const;
  bool is_text() const;
  bool is_array() const;
  // Each yields an empty value where the reply is of another kind: what Redis sends is input.
  std::int64_t integer() const;
  std::string_view text() const;  // a string, a status, or an error's message
  std::size_t size() const;
  ReplyView operator[](std::size_t index) const;  // nil beyond the end

 private:
  const redisReply* reply_;
};

class Reply {
 public:
  explicit Reply(redisReply* reply) : reply_(reply) {}

  ReplyView view() const { return ReplyView(reply_.get()); }

 private:
  struct Deleter {
    void operator()(redisReply* reply) const;
  };
  std::unique_ptr<redisReply, Deleter> reply_;
};

}  // namespace sqlbus
