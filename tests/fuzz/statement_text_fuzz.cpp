// Whatever a statement holds, by the lexical rules of each database: one statement, or a fault.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "drivers/driver_kit.hpp"
#include "drivers/odbc/statement_text.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name that libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sqlbus;
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  for (const auto* name : {"MariaDB", "PostgreSQL", "SQLite", "Microsoft SQL Server", "Oracle"}) {
    try {
      const auto read = odbc::read_statement(sql, odbc::dialect_of(name));
      // Blanks may come between words, nothing else.
      require(read.sql.size() <= 2 * size && read.placeholders <= size);
      require(read.kind != odbc::StatementText::Kind::kQuery || !read.is_insert_of_values);
    } catch (const driver::DriverError& fault) {
      require(fault.sqlstate() == "42601" || fault.sqlstate() == "0A000");
    }
  }
  return 0;
}
