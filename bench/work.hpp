// The work that the bus and the limits do alike: changes of one table, as many callers would send
// them, the same in every run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request.hpp"

namespace sqlbus::bench {

enum class Shape : std::uint8_t {
  kParams,   // one INSERT with PARAMS, which are $1, $2 and so on in its text
  kMarks,    // the same, where they are ?
  kLiteral,  // INSERTs whose text differs each time
  kMixed,    // INSERT, UPDATE and DELETE with PARAMS, five texts
};
enum class IdKind : std::uint8_t { kV7, kV4 };

struct Row {
  std::int64_t id = 0;
  std::string name = {};
  std::string amount = {};
  std::string at = {};
};

// One request's worth.
struct Work {
  enum class Kind : std::uint8_t { kInsert, kInsertShort, kUpdateAmount, kRename, kDelete };

  Kind kind = Kind::kInsert;
  Row row;
  std::string uuid;
  std::int64_t caller = 0;
  bool does_fail = false;  // its id is that of kRowThatIsThere
};
inline constexpr std::size_t kWorkKinds = 5;

// Every table has this row before, so that one more INSERT of it fails.
inline constexpr std::int64_t kRowThatIsThere = 0;

struct WorkPlan {
  Shape shape = Shape::kParams;
  IdKind ids = IdKind::kV7;
  std::int64_t callers = 1;
  int failing_percent = 0;  // at random places
};

// Makes the work piece by piece, and knows what is to come of it.
class WorkSource {
 public:
  explicit WorkSource(const WorkPlan& plan);

  Work next();
  std::vector<Work> take(std::int64_t count);

  // Of all that was taken: rows in the table afterwards, and statements that are refused.
  std::int64_t rows_expected() const { return rows_; }
  std::int64_t failures_expected() const { return failures_; }

 private:
  void choose_change(Work& work);
  std::string make_uuid();

  const WorkPlan plan_;
  std::mt19937_64 random_{20240229};
  std::mt19937_64 uuid_random_{std::random_device{}()};
  std::vector<std::vector<std::int64_t>> alive_;  // rows, by the caller that made them
  std::int64_t made_ = 0;
  std::int64_t rows_ = 1;
  std::int64_t failures_ = 0;
};

// The columns of the table on which all work.
inline constexpr std::string_view kColumns = "(id, name, amount, at)";
std::string table_ddl(std::string_view table);
std::string first_row_sql(std::string_view table);

// The statement with placeholders, and the values for them as text.
std::string sql_of(Work::Kind kind, std::string_view table);
// That of Work::Kind::kInsert, with ? for placeholders.
std::string marked_insert_sql(std::string_view table);
std::vector<std::string> params_of(const Work& work);
// The row as it stands behind VALUES: (1, 'name', …).
std::string literal_of(const Row& row);
// As a caller sends it.
Request request_of(const Work& work, Shape shape, std::string_view table);

}  // namespace sqlbus::bench
