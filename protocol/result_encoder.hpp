// Turns the rows of one statement into the RESULT of a response while they stream past, so that
// a result of any size costs no more memory than what is answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/column_type.hpp"

namespace sqlbus {

struct Column {
  std::string name;
  ColumnType type = ColumnType::kOther;
};

// One cell as a driver hands it over; `text` is borrowed for the call.
struct Cell {
  enum class Kind : std::uint8_t { kNull, kBool, kInteger, kText, kBytes };

  Kind kind = Kind::kNull;
  std::int64_t integer = 0;  // kInteger, and kBool as 0 or 1
  std::string_view text{};   // kText: as the database writes it; kBytes: the bytes themselves
};

class ResultEncoder {
 public:
  struct Options {
    bool typed = false;                      // TYPED
    std::optional<std::int64_t> rows_max{};  // MAX_ROWS
    // reply_max: RESULT may not grow beyond.
    std::size_t bytes_max = std::numeric_limits<std::size_t>::max();
  };
  enum class Verdict : std::uint8_t { kMore, kEnough };

  explicit ResultEncoder(Options options);

  // Starts over for a new result set (of an array's statements the last one counts).
  void begin(std::vector<Column> columns);
  // Takes one row; kEnough once MAX_ROWS is exceeded (is_truncated) or reply_max (is_too_large):
  // that row is not part of the result, and no further one is wanted.
  Verdict add_row(std::span<const Cell> cells);
  // Back to "no result set".
  void clear();

  // No more rows than these are looked at: one more than MAX_ROWS, since it tells that there are
  // more. 0: no limit.
  std::size_t rows_max() const {
    return options_.rows_max ? static_cast<std::size_t>(*options_.rows_max) + 1 : 0;
  }
  const std::vector<Column>& columns() const { return columns_; }
  std::int64_t rows() const { return rows_; }
  bool is_truncated() const { return is_truncated_; }
  bool is_too_large() const { return is_too_large_; }
  // RESULT as JSON: "[]" where there is nothing.
  std::string result_json() const;

 private:
  bool has_room_for(std::size_t bytes) const;

  Options options_;
  std::vector<Column> columns_;
  std::string rows_json_;  // rows joined by ',', without the outer brackets
  std::int64_t rows_ = 0;
  bool is_truncated_ = false;
  bool is_too_large_ = false;
};

}  // namespace sqlbus
