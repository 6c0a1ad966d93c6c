// Records of CSV by RFC 4180.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/result.hpp"

namespace sqlbus {

// Nothing: the field is empty, and not in quotes.
using CsvField = std::optional<std::string>;

struct CsvExtent {
  std::size_t bytes = 0;       // with the end of its line
  std::uint64_t lines = 0;     // that end in it
  std::string_view text = {};  // without the end of its line
};

// The first record of a text; nothing where its end is not there yet. `is_all`: nothing comes
// behind the text, whose end is that of the record too.
std::optional<CsvExtent> find_csv_record(std::string_view text, bool is_all);

// Its fields, in `fields`, whose memory is used again. The error says what is wrong, and in which
// field.
Status read_csv_record(std::string_view record, char separator, std::vector<CsvField>& fields);

}  // namespace sqlbus
