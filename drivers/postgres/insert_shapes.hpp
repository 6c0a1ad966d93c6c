// What a connection knows of inserts that may run as sets: all of one shape as a single INSERT …
// SELECT over arrays, one for each value of the row. docs/decisions tells where that means the same
// as one by one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "drivers/postgres/insert_text.hpp"
#include "drivers/postgres/link.hpp"

namespace sqlbus::postgres {

struct InsertShape {
  std::string text;    // INSERT INTO target (columns) VALUES ($1, …): what makes the shape
  std::string target;  // the table as it is written
  std::string name;    // of the prepared set-based insert; empty: it may not be merged
  std::string facts;   // of the table, as kTableFacts told them
  std::vector<unsigned int> types;  // of the values
  std::chrono::steady_clock::time_point learned_at{};
};

// The text of a row's shape.
std::string shape_text(const InsertText& insert);

class InsertShapes {
 public:
  // Prepared under this name, with the target as its parameter. It yields a text that changes with
  // the columns of the table; null or no row where inserts into it must stay apart: it is a view,
  // has triggers, rules, policies or a foreign key to itself.
  static constexpr const char* kTableFacts = "sqlbus_table_facts";

  explicit InsertShapes(Link& link) : link_(link) {}

  using MayLearn = std::function<bool()>;
  // Null where it is not known, and not worth knowing or not to be learned now.
  const InsertShape* find(const InsertText& insert, std::string_view text,
                          const MayLearn& may_learn);
  // The table has changed: learned anew when it is needed.
  void forget(std::string_view text);
  // The set-based insert has failed with that SQLSTATE: forgotten where the table may have changed
  // since it was learned.
  void doubt(std::string_view text, std::string_view sqlstate);
  // It does not mean the same: one by one for a while.
  void refuse(std::string_view text);
  // The server has none any more.
  void clear();

 private:
  using Shapes = std::list<InsertShape>;

  InsertShape learn(const InsertText& insert, std::string_view text);
  bool learn_types(InsertShape& shape);
  bool learn_arrays(InsertShape& shape, std::vector<unsigned int>& arrays);
  void deallocate();
  void prepare(InsertShape& shape, const InsertText& insert,
               const std::vector<unsigned int>& arrays);

  Link& link_;
  Shapes shapes_;  // the last used one is the first
  std::unordered_map<std::string_view, Shapes::iterator> by_text_;
  std::uint64_t next_ = 0;
  bool has_facts_ = false;
  std::vector<std::string> given_up_;  // names that the server still has
};

}  // namespace sqlbus::postgres
