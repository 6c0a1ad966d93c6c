// A column of values as one parameter: an array in the server's binary format, or as text where the
// type has no simple one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver_kit.hpp"
#include "drivers/postgres/cells.hpp"

namespace sqlbus::postgres {

// Rows of values, one behind the other.
struct ValueTable {
  std::size_t columns = 0;
  std::vector<sqlbus_value> values{};

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  const sqlbus_value& at(std::size_t row, std::size_t column) const {
    return values[row * columns + column];
  }
};

class ArrayParam {
 public:
  // Elements of the type with that object id.
  explicit ArrayParam(unsigned int element) : element_(element) {}

  // Collects the values of all rows for parameter `at`. False where an array would not mean the
  // same as the values one by one.
  bool assign(const ValueTable& table, std::size_t at);

  // For arrays of the driver's own: begin_binary(), one call for each element, then the rest.
  void begin_binary(std::size_t count);
  void add_bytes(std::string_view bytes);
  void add_int8(std::int64_t value);

  // Borrowed from here.
  void add_to(Params& params) const;

 private:
  void add_int(std::int64_t value, int bytes);
  void add_null();
  bool assign_binary(const ValueTable& table, std::size_t at);
  bool assign_text(const ValueTable& table, std::size_t at);

  unsigned int element_;
  bool is_binary_ = false;
  std::string bytes_;
};

}  // namespace sqlbus::postgres
