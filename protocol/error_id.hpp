// ERRORID: the stable numbers of everything that can become of a request, in one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sqlbus {

enum class ErrorId : std::int32_t {
  kOk = 0,
  kNotFound = 100,
  kExecutionFailed = -1,
  kMalformedJson = 1001,
  kInvalidField = 1002,
  kTooLarge = 1003,
  kUnauthenticated = 1101,
  kForbidden = 1102,
  kUnknownDatabase = 1201,
  kDatabaseUnavailable = 1202,
  kExpired = 1301,
  kCancelled = 1302,
  kReplyTooLarge = 1303,
  kStatementRefused = 1304,
  kUuidReused = 1305,
  kRetriesExhausted = 1401,
  kDeliveriesExhausted = 1402,
};

// What becomes of a request that ends with an error.
struct Fate {
  bool answered = false;  // a response is pushed, where RCHANNEL can be read
  bool dead = false;      // it becomes a dead letter
};

struct ErrorRow {
  ErrorId id;
  std::string_view name;     // "INVALID_FIELD"
  std::string_view meaning;  // one sentence, for --help and the docs
  Fate sync;
  Fate async;
};

// All rows, in the order of the protocol's table.
std::span<const ErrorRow> error_table();
const ErrorRow& error_row(ErrorId id);
// Its place in the table, from 0 on; that of OK where the table does not have it.
std::size_t error_place(ErrorId id);
Fate fate_of(ErrorId id, bool sync);

}  // namespace sqlbus
