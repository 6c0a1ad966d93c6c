// One prepared statement, and the few that a session keeps prepared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver_kit.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sqlbus::sqlite {

class Statement {
 public:
  // How long SQLite is to expect that it lives: what is short may use memory that is scarce.
  enum class Life : std::uint8_t { kLong, kShort };

  // Throws where the text is not exactly one statement.
  Statement(sqlite3* db, std::string_view sql, Life life);

  const std::string& sql() const { return sql_; }
  // True where it cannot change the database file.
  bool only_reads() const;
  // Binds all parameters and runs the statement, to its end unless it only reads and the sink has
  // enough. Returns the number of rows changed.
  std::int64_t run(std::span<const sqlbus_value> params, const sqlbus_sink* sink);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };

  void bind_all(std::span<const sqlbus_value> params);
  bool step();
  void send_rows(const sqlbus_sink& sink);

  std::string sql_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  std::vector<std::size_t> numbers_;  // the parameter of each bind position
  std::size_t param_count_ = 0;
};

// Keeps the statements that were used last.
class StatementCache {
 public:
  struct Limits {
    std::size_t kept_max;
    Statement::Life life;
  };

  explicit StatementCache(Limits limits) : limits_(limits) { kept_.reserve(limits.kept_max); }

  // Valid until the next call.
  Statement& get(sqlite3* db, std::string_view sql);
  void clear() { kept_.clear(); }

 private:
  struct Kept {
    std::size_t hash;  // of the text: hundreds are told apart without a look at them
    std::unique_ptr<Statement> statement;
  };

  Limits limits_;
  std::vector<Kept> kept_;  // the last used one is the last
};

}  // namespace sqlbus::sqlite
