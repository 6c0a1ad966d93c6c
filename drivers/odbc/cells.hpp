// Rows as an ODBC driver yields them, one cell at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver_kit.hpp"
#include "drivers/odbc/link.hpp"

namespace sqlbus::odbc {

// The result set that a statement stands before.
class Rows {
 public:
  Rows(Link& link, void* statement);

  bool is_empty() const { return columns_.empty(); }  // the statement yields no rows
  // Hands the rows to the sink, to the end or until it has enough; without a sink they are passed
  // over. Returns how many there were.
  std::size_t read(const sqlbus_sink* sink, bool may_cut);

 private:
  struct Shape {
    std::string name;
    short c_type;
    sqlbus_column_type type;
    std::string_view tail = {};  // what the text has no room for
    bool is_lower = false;       // it is to be in lower case
  };

  Shape shape_of(unsigned short number);
  void mend_by_name(unsigned short number, Shape& shape);
  void read_cell(std::size_t index, sqlbus_value& cell);
  std::size_t read_bytes(unsigned short number, short c_type, std::string& text);

  Link& link_;
  void* statement_;
  std::vector<Shape> columns_;
  std::vector<std::string> texts_;
};

}  // namespace sqlbus::odbc
