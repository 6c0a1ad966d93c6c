// What MariaDB can do with the same work by arrays of parameters, without the bus, on its own table
// and ledger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/work.hpp"
#include "tests/support/odbc_client.hpp"

namespace sqlbus::bench {

// Two prepared INSERTs by ODBC, of 500 sets of parameters each: of the ledger's rows with sorted
// ids, where there is a ledger, and of the works', in one transaction. Filling the arrays counts:
// whoever has rows must do it. Every failure throws std::runtime_error.
class MariaDbLimit {
 public:
  MariaDbLimit(const std::string& connection_string, bool has_ledger);

  // Seconds that the work took, so many rows to a transaction.
  double run(std::span<const Work> works, std::size_t group_rows);

 private:
  // A prepared statement, and a set of parameters for each of its runs.
  class ArrayInsert {
   public:
    ArrayInsert(void* connection, const std::string& sql);
    ~ArrayInsert();
    ArrayInsert(const ArrayInsert&) = delete;
    ArrayInsert& operator=(const ArrayInsert&) = delete;

    struct Column {
      bool is_integer = false;
      bool is_binary = false;
      std::vector<std::int64_t> integers = {};
      std::vector<std::string_view> texts = {};
    };
    void run(std::span<const Column> columns, std::size_t rows);

   private:
    void bind(unsigned short number, const Column& column, std::size_t rows);
    void expect(short result) const;

    void* statement_ = nullptr;
    std::vector<std::vector<char>> cells_;
    std::vector<std::vector<long>> sizes_;
  };

  void insert_ledger(std::span<const Work> group);
  void insert(std::span<const Work> group);

  test::OdbcClient client_;
  ArrayInsert insert_;
  std::optional<ArrayInsert> ledger_;
};

}  // namespace sqlbus::bench
