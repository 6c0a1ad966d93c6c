// Values between the ABI and PostgreSQL.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "drivers/driver_kit.hpp"

struct pg_result;

namespace sqlbus::postgres {

// Parameters as PQsendQueryParams takes them; the texts are borrowed.
class Params {
 public:
  // Throws 22021 where a text holds a NUL: it would be cut there.
  explicit Params(std::span<const sqlbus_value> values);

  int count() const { return static_cast<int>(values_.size()); }
  // Null where the server is to decide them all: it then counts the parameters by itself.
  const unsigned int* types() const { return has_types_ ? types_.data() : nullptr; }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void add(std::size_t at, const sqlbus_value& value);

  bool has_types_ = false;
  std::vector<unsigned int> types_;  // 0: the server decides by the place
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::string> texts_;  // what is not borrowed
};

std::vector<sqlbus_column> columns_of(const pg_result* result);

// One row; the cells borrow from the result and from `texts`, which has as many elements.
void read_row(const pg_result* result, int row, std::span<const sqlbus_column> columns,
              std::span<sqlbus_value> cells, std::span<std::string> texts);

}  // namespace sqlbus::postgres
