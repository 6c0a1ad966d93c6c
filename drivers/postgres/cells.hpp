// Values between the ABI and PostgreSQL.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver_kit.hpp"

struct pg_result;

namespace sqlbus::postgres {

// Parameters as PQsendQueryParams takes them. Made once and filled again for each statement.
class Params {
 public:
  Params() = default;
  explicit Params(std::span<const sqlbus_value> values) { assign(values); }

  // Bytes are borrowed, texts are not. Throws 22021 where a text holds a NUL: it would be cut
  // there.
  void assign(std::span<const sqlbus_value> values);
  // One more, in the binary format of its type; borrowed.
  void add_binary(std::string_view bytes);
  // One more as text, whose type its place decides; borrowed, and ends with a NUL.
  void add_text(const char* text);
  void clear();

  int count() const { return static_cast<int>(values_.size()); }
  // Null where the server is to decide them all: it then counts the parameters by itself.
  const unsigned int* types() const { return has_types_ ? types_.data() : nullptr; }
  std::span<const unsigned int> typed() const;
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void add(const sqlbus_value& value);
  void add(unsigned int type, const char* value, std::size_t length, int format);

  bool has_types_ = false;
  std::vector<unsigned int> types_;  // 0: the server decides by the place
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::string
      texts_;  // what is not borrowed, each with its NUL; never grows while it is pointed to
};

// bytea as the server writes it (bytea_output = hex): "\\x0aff".
void decode_bytea(std::string_view hex, std::string& bytes);

std::vector<sqlbus_column> columns_of(const pg_result* result);

// One row; the cells borrow from the result and from `texts`, which has as many elements.
void read_row(const pg_result* result, int row, std::span<const sqlbus_column> columns,
              std::span<sqlbus_value> cells, std::span<std::string> texts);

}  // namespace sqlbus::postgres
