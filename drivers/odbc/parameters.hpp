// Binds values to a statement, one set of them or an array of sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "drivers/driver_kit.hpp"
#include "drivers/odbc/link.hpp"

namespace sqlbus::odbc {

// How values of a kind are handed over.
struct BoundType {
  short c_type = 0;
  short sql_type = 0;

  friend bool operator==(const BoundType&, const BoundType&) = default;
};

// Of an array of sets, so much is bound at a time.
inline constexpr std::size_t kSetBytesMax = std::size_t{4} << 20U;

// Throws 22021 for text with a NUL, 07006 for an unknown kind.
BoundType bound_type(const sqlbus_value& value, const Dialect& dialect);

// One set. The values stay where they are while the statement runs.
class Parameters {
 public:
  void bind(Link& link, void* statement, std::span<const sqlbus_value> values);

 private:
  std::vector<long> sizes_;
  std::deque<std::string> texts_;  // of integers that go as text
  std::vector<double> reals_;
};

// Sets of the same types, bound by column.
class ParameterArray {
 public:
  // Of so many parameters in each set; nothing else may be bound meanwhile.
  explicit ParameterArray(std::size_t width) : columns_(width) {}

  // Whether the set was taken; not where its types differ or it would take too much memory.
  bool add(std::span<const sqlbus_value> values, const Dialect& dialect, std::size_t bytes_max);
  std::size_t size() const { return size_; }

  // Runs the prepared statement with all of them.
  void execute(Link& link, void* statement);

 private:
  struct Column {
    BoundType type{};  // of the first value that is not NULL
    std::size_t stride = 1;
    std::vector<const sqlbus_value*> values;
  };

  std::size_t bytes_with(std::span<const sqlbus_value> values) const;

  std::vector<Column> columns_;
  std::size_t size_ = 0;
};

}  // namespace sqlbus::odbc
