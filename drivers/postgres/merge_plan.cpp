#include "drivers/postgres/merge_plan.hpp"

#include <algorithm>
#include <utility>

#include "drivers/postgres/type_oids.hpp"

namespace sqlbus::postgres {
namespace {

using Kind = InsertElement::Kind;

// Fewer are as quick one by one.
constexpr std::size_t kRunMin = 4;

std::uint32_t bit_of(Kind kind) { return std::uint32_t{1} << static_cast<unsigned>(kind); }

bool is_number_type(unsigned int type) {
  return type == oid::kNumeric || type == oid::kFloat4 || type == oid::kFloat8;
}

bool is_int_type(unsigned int type) {
  return type == oid::kInt2 || type == oid::kInt4 || type == oid::kInt8;
}

// Whether literals of these kinds become the same value of the column as they would as parameters:
// a number without quotes has a type of its own before it is converted, a string has none.
bool means_the_same(std::uint32_t literals, unsigned int type) {
  const auto has = [literals](Kind kind) { return (literals & bit_of(kind)) != 0; };
  if (has(Kind::kInteger) && !is_int_type(type) && !is_number_type(type)) return false;
  if (has(Kind::kDecimal) && !is_number_type(type)) return false;
  if (has(Kind::kBool) && type != oid::kBool) return false;
  return !has(Kind::kString) || type != oid::kInterval;
}

}  // namespace

MergePlan::MergePlan(std::span<const sqlbus_item> items, InsertShapes& shapes,
                     InsertShapes::MayLearn may_learn)
    : shapes_(shapes), may_learn_(std::move(may_learn)) {
  pieces_.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool can_merge =
        (items[i].flags & SQLBUS_ITEM_MERGE) != 0 && items[i].sink == nullptr && read(items[i]);
    if (!can_merge) {
      end_run();
      pieces_.push_back({.first = i});
      continue;
    }
    const bool continues = run_.count > 0 && (items[i].flags & SQLBUS_ITEM_SAVEPOINT) == 0 &&
                           (text_.data() == run_.text.data() || text_ == run_.text);
    if (!continues) {
      end_run();
      run_ = {.first = i, .text = text_, .insert = *insert_};
      run_.values.columns = row_.size();
      run_.literals.resize(row_.size());
    }
    ++run_.count;
    run_.values.values.insert(run_.values.values.end(), row_.begin(), row_.end());
    for (std::size_t at = 0; at < row_.size(); ++at) {
      run_.literals[at] |= bit_of(insert_->elements[at].kind);
    }
  }
  end_run();
}

// Its shape and its row of values; false where it has none.
bool MergePlan::read(const sqlbus_item& item) {
  const auto sql = driver::view_of(item.statement.sql);
  if (last_sql_.empty() || sql != last_sql_) {
    last_sql_ = sql;
    insert_ = driver::has_nul(sql) ? std::nullopt : parse_insert(sql, unescaped_);
    if (insert_) text_ = shape_text(*insert_);
  }
  return insert_ && take_values(item);
}

// Each parameter has to stand at one place.
bool MergePlan::take_values(const sqlbus_item& item) {
  const std::span params(item.statement.params, item.statement.param_count);
  row_.clear();
  std::size_t placeholders = 0;
  for (const auto& element : insert_->elements) {
    if (element.kind != Kind::kPlaceholder) {
      row_.push_back(element.value);
      continue;
    }
    if (element.number > params.size()) return false;
    ++placeholders;
    row_.push_back(params[element.number - 1]);
  }
  if (placeholders != params.size()) return false;
  if (placeholders < 2) return true;
  std::vector<bool> is_used(params.size());
  for (const auto& element : insert_->elements) {
    if (element.kind != Kind::kPlaceholder) continue;
    if (is_used[element.number - 1]) return false;
    is_used[element.number - 1] = true;
  }
  return true;
}

void MergePlan::end_run() {
  if (run_.count == 0) return;
  Piece piece{.first = run_.first, .count = run_.count};
  if (run_.count >= kRunMin && merge(piece)) {
    pieces_.push_back(std::move(piece));
  } else {
    for (std::size_t i = 0; i < run_.count; ++i) pieces_.push_back({.first = run_.first + i});
  }
  run_.count = 0;
}

bool MergePlan::merge(Piece& piece) {
  const auto* shape = shapes_.find(run_.insert, run_.text, may_learn_);
  if (shape == nullptr || shape->types.size() != run_.values.columns) return false;
  for (std::size_t at = 0; at < shape->types.size(); ++at) {
    if (!means_the_same(run_.literals[at], shape->types[at])) return false;
    if (!piece.arrays.emplace_back(shape->types[at]).assign(run_.values, at)) return false;
  }
  piece.shape = shape;
  return true;
}

}  // namespace sqlbus::postgres
