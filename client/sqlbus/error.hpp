// What can go wrong, as exceptions.
#pragma once

#include <sqlbus.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace sqlbus {
inline namespace v0 {

// What an exception knows besides its text.
struct ErrorFacts {
  int code = SQLBUS_E_ARGUMENT;  // sqlbus_code
  std::int32_t error_id = 0;     // ERRORID; 0 where the bus has not answered
  std::string sqlstate = {};
  std::string uuid = {};      // of the request, where there is one
  bool is_retriable = false;  // the same may succeed at another time
};

// The base of all others.
class Error : public std::runtime_error {
 public:
  Error(const std::string& text, ErrorFacts facts)
      : std::runtime_error(text), facts_(std::move(facts)) {}

  int code() const { return facts_.code; }
  std::int32_t error_id() const { return facts_.error_id; }
  const std::string& sqlstate() const { return facts_.sqlstate; }
  // After Unreachable, Unclear, QueueFull and Timeout the request may be sent again under it; after
  // an answer it may not, since a copy of a request gets the same answer.
  const std::string& uuid() const { return facts_.uuid; }
  bool is_retriable() const { return facts_.is_retriable; }
  // Of send_many() alone: how many of the first requests Redis has.
  std::size_t accepted() const { return accepted_; }
  void set_accepted(std::size_t accepted) { accepted_ = accepted; }

 private:
  ErrorFacts facts_;
  std::size_t accepted_ = 0;
};

// NOLINTBEGIN(bugprone-macro-parentheses): it declares a name
#define SQLBUS_ERROR_CLASS(name, base) \
  class name : public base {           \
   public:                             \
    using base::base;                  \
  }

// The request cannot be made, and nothing was sent.
SQLBUS_ERROR_CLASS(ArgumentError, Error);
// It exceeds request_bytes_max; nothing was sent.
SQLBUS_ERROR_CLASS(TooLarge, ArgumentError);
// Redis cannot be reached or does not let us in; the request is not on the queue.
SQLBUS_ERROR_CLASS(Unreachable, Error);
// No word came from Redis: the request may be on the queue or not.
SQLBUS_ERROR_CLASS(Unclear, Error);
// Redis said no, and the text is its answer; the request is not on the queue.
SQLBUS_ERROR_CLASS(RedisRefused, Error);
// queue_max requests wait already; this one is not on the queue.
SQLBUS_ERROR_CLASS(QueueFull, Error);
// No answer came in time. What the statement did, if it ran, is not known.
SQLBUS_ERROR_CLASS(Timeout, Error);
// The bus says so (1301, 1302): the DEADLINE passed, and nothing has taken effect.
SQLBUS_ERROR_CLASS(Expired, Timeout);
// What came on the reply channel is no response.
SQLBUS_ERROR_CLASS(BadAnswer, Error);
// Neither UPDATE nor INSERT of a pair changed a row (100).
SQLBUS_ERROR_CLASS(NotFound, Error);
// The database refused the statement (-1); sqlstate() says why.
SQLBUS_ERROR_CLASS(DatabaseError, Error);
// A unique, foreign key, not null or check constraint (SQLSTATE class 23).
SQLBUS_ERROR_CLASS(ConstraintViolation, DatabaseError);
// The bus does not take the request (1001-1003, 1101, 1102, 1201, 1304, 1305).
SQLBUS_ERROR_CLASS(RequestRefused, Error);
// The database could not be reached until the DEADLINE (1202).
SQLBUS_ERROR_CLASS(DatabaseUnavailable, Error);
// The result exceeds the bus's reply_max (1303); a write has taken effect.
SQLBUS_ERROR_CLASS(ReplyTooLarge, Error);
// It failed each time for a passing cause (1401), or the daemon died with it (1402).
SQLBUS_ERROR_CLASS(Exhausted, Error);
// A cell is not of the type that was asked for, or there is no such cell.
SQLBUS_ERROR_CLASS(CellError, Error);

#undef SQLBUS_ERROR_CLASS
// NOLINTEND(bugprone-macro-parentheses)

namespace detail {

// Calls `visit` with a type whose member `type` is the class of a code.
template <typename Visit>
auto with_error_class(int code, Visit visit) {
  switch (code) {
    case SQLBUS_E_ARGUMENT:
      return visit(std::type_identity<ArgumentError>{});
    case SQLBUS_E_TOO_LARGE:
      return visit(std::type_identity<TooLarge>{});
    case SQLBUS_E_FULL:
      return visit(std::type_identity<QueueFull>{});
    case SQLBUS_E_CONNECT:
      return visit(std::type_identity<Unreachable>{});
    case SQLBUS_E_REFUSED:
      return visit(std::type_identity<RedisRefused>{});
    case SQLBUS_E_UNCLEAR:
      return visit(std::type_identity<Unclear>{});
    case SQLBUS_E_TIMEOUT:
      return visit(std::type_identity<Timeout>{});
    case SQLBUS_E_EXPIRED:
      return visit(std::type_identity<Expired>{});
    case SQLBUS_E_BAD_ANSWER:
      return visit(std::type_identity<BadAnswer>{});
    case SQLBUS_E_NOT_FOUND:
      return visit(std::type_identity<NotFound>{});
    case SQLBUS_E_DATABASE:
      return visit(std::type_identity<DatabaseError>{});
    case SQLBUS_E_CONSTRAINT:
      return visit(std::type_identity<ConstraintViolation>{});
    case SQLBUS_E_REJECTED:
      return visit(std::type_identity<RequestRefused>{});
    case SQLBUS_E_UNAVAILABLE:
      return visit(std::type_identity<DatabaseUnavailable>{});
    case SQLBUS_E_REPLY_TOO_LARGE:
      return visit(std::type_identity<ReplyTooLarge>{});
    case SQLBUS_E_EXHAUSTED:
      return visit(std::type_identity<Exhausted>{});
    case SQLBUS_E_NULL:
    case SQLBUS_E_TYPE:
      return visit(std::type_identity<CellError>{});
    default:
      return visit(std::type_identity<Error>{});
  }
}

[[noreturn]] inline void throw_error(const std::string& text, const ErrorFacts& facts,
                                     std::size_t accepted = 0) {
  if (facts.code == SQLBUS_E_MEMORY) throw std::bad_alloc();
  with_error_class(facts.code, [&](auto type) {
    typename decltype(type)::type error(text, facts);
    error.set_accepted(accepted);
    throw error;
  });
  throw Error(text, facts);  // not reached
}

// What the last call on a handle was about; `result` may be null.
inline ErrorFacts facts_of(int code, const sqlbus_handle* handle, const sqlbus_result* result) {
  ErrorFacts facts;
  facts.code = code;
  facts.uuid = sqlbus_last_uuid(handle);
  facts.error_id = sqlbus_result_error_id(result);
  facts.sqlstate = sqlbus_result_sqlstate(result);
  const bool is_passing = code == SQLBUS_E_FULL || code == SQLBUS_E_CONNECT ||
                          code == SQLBUS_E_UNCLEAR || code == SQLBUS_E_TIMEOUT;
  facts.is_retriable = is_passing || sqlbus_result_is_retriable(result) != 0;
  return facts;
}

inline void expect(int code, const sqlbus_handle* handle, const sqlbus_result* result = nullptr) {
  if (code == SQLBUS_E_OK) return;
  throw_error(sqlbus_error_text(handle), facts_of(code, handle, result));
}

}  // namespace detail
}  // namespace v0
}  // namespace sqlbus
