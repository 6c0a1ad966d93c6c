// Whatever a statement holds: an insert whose parts lie in it, or none.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>

#include "drivers/postgres/insert_text.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool lies_in(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  std::deque<std::string> unescaped;
  const auto insert = sqlbus::postgres::parse_insert(sql, unescaped);
  if (!insert) return 0;
  require(!insert->target.empty() && lies_in(insert->target, sql));
  require(lies_in(insert->columns, sql));
  require(!insert->elements.empty());
  std::size_t bytes = 0;
  for (const auto& element : insert->elements) bytes += element.value.text.size;
  require(bytes <= size);
  return 0;
}
