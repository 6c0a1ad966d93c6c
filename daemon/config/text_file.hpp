// A small file, read whole.
#pragma once

#include <cstddef>
#include <string>

#include "protocol/result.hpp"

namespace sqlbus {

// The error does not name the file, nor hold anything of its content.
Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

}  // namespace sqlbus
