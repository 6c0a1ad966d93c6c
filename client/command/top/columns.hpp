// Rows in aligned columns, no wider than a screen.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sqlbus {

struct Columns {
  struct Column {
    std::string title;
    bool is_number = false;  // stands to the right
  };

  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;

  // The titles, and each row. Where they are wider than `width`, first the gaps between the columns
  // give way, then the first column, which is to hold names, down to kNameMin; what is too wide
  // then is cut at its end.
  std::vector<std::string> lines(std::size_t width) const;

  static constexpr std::size_t kNameMin = 8;
};

}  // namespace sqlbus
