// Which neighbours in a group run as one set-based insert.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "drivers/postgres/array_param.hpp"
#include "drivers/postgres/insert_shapes.hpp"

namespace sqlbus::postgres {

class MergePlan {
 public:
  // So many items from `first` on, in order; without a shape it is one, and runs as it is.
  struct Piece {
    std::size_t first = 0;
    std::size_t count = 1;
    const InsertShape* shape = nullptr;
    std::vector<ArrayParam> arrays{};
  };

  // Items outlive the plan. may_learn: asked before the server is asked about a new shape, frees
  // the connection for that or forbids it.
  MergePlan(std::span<const sqlbus_item> items, InsertShapes& shapes,
            InsertShapes::MayLearn may_learn);

  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  // Neighbours of one shape, while they are collected.
  struct Run {
    std::size_t first = 0;
    std::size_t count = 0;
    std::string text{};
    InsertText insert{};
    ValueTable values{};
    std::vector<std::uint32_t> literals{};  // for each value the kinds of literals, as bits
  };

  bool read(const sqlbus_item& item);
  bool take_values(const sqlbus_item& item);
  void end_run();
  bool merge(Piece& piece);

  InsertShapes& shapes_;
  InsertShapes::MayLearn may_learn_;
  std::deque<std::string> unescaped_;
  std::string_view last_sql_;  // what insert_ was read from
  std::optional<InsertText> insert_;
  std::string text_;
  std::vector<sqlbus_value> row_;
  Run run_;
  std::vector<Piece> pieces_;
};

}  // namespace sqlbus::postgres
