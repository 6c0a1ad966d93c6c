#include "drivers/postgres/insert_shapes.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <utility>

#include "drivers/postgres/array_param.hpp"
#include "drivers/postgres/exchange.hpp"
#include "drivers/postgres/fault.hpp"
#include "drivers/postgres/result_ptr.hpp"

namespace sqlbus::postgres {
namespace {

constexpr std::size_t kKept = 128;
constexpr std::chrono::seconds kRefused{60};
// A failure so soon after it was learned is the values'.
constexpr std::chrono::milliseconds kFresh{250};

constexpr const char* kFactsQuery =
    "SELECT c.oid || ':' || (SELECT pg_catalog.string_agg(a.atttypid::pg_catalog.text, ',' "
    "ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) "
    "FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1) "
    "AND c.relkind IN ('r', 'p') AND NOT c.relhasrules AND NOT c.relrowsecurity "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t "
    "WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint f "
    "WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid = f.conrelid) "
    "AND (c.relkind = 'r' OR NOT EXISTS (SELECT FROM pg_catalog.pg_partition_tree(c.oid) p "
    "JOIN pg_catalog.pg_trigger t ON t.tgrelid = p.relid WHERE NOT t.tgisinternal))";

constexpr const char* kArraysQuery =
    "SELECT CASE WHEN t.typdelim = ',' THEN t.typarray ELSE 0 END "
    "FROM unnest($1::pg_catalog.oid[]) WITH ORDINALITY AS p(id, place) "
    "JOIN pg_catalog.pg_type t ON t.oid = p.id ORDER BY p.place";

unsigned int oid_in(const PGresult* result, int row) {
  return static_cast<unsigned int>(std::strtoul(PQgetvalue(result, row, 0), nullptr, 10));
}

std::string merged_text(const InsertText& insert) {
  std::string values;
  std::string arrays;
  std::string names;
  for (std::size_t i = 1; i <= insert.elements.size(); ++i) {
    const auto number = std::to_string(i);
    const auto* separator = i == 1 ? "" : ", ";
    values += separator + ("v.c" + number);
    arrays += separator + ("$" + number);
    names += separator + ("c" + number);
  }
  return std::string("INSERT INTO ")
      .append(insert.target)
      .append(" ")
      .append(insert.columns)
      .append(" SELECT ")
      .append(values)
      .append(" FROM unnest(")
      .append(arrays)
      .append(") AS v(")
      .append(names)
      .append(")");
}

}  // namespace

std::string shape_text(const InsertText& insert) {
  std::string text = "INSERT INTO ";
  text.append(insert.target).append(" ").append(insert.columns).append(" VALUES (");
  for (std::size_t i = 1; i <= insert.elements.size(); ++i) {
    text.append(i == 1 ? "$" : ", $").append(std::to_string(i));
  }
  return text.append(")");
}

const InsertShape* InsertShapes::find(const InsertText& insert, std::string_view text,
                                      const MayLearn& may_learn) {
  const auto now = std::chrono::steady_clock::now();
  auto found = by_text_.find(text);
  if (found != by_text_.end()) {
    const auto shape = found->second;
    const bool is_refused = shape->name.empty();
    if (!is_refused) {
      shapes_.splice(shapes_.begin(), shapes_, shape);
      return &shapes_.front();
    }
    if (now - shape->learned_at < kRefused) return nullptr;
  }
  if (!may_learn()) return nullptr;
  forget(text);
  if (shapes_.size() == kKept) forget(std::string(shapes_.back().text));
  shapes_.push_front(learn(insert, text));
  by_text_.emplace(shapes_.front().text, shapes_.begin());
  return shapes_.front().name.empty() ? nullptr : &shapes_.front();
}

void InsertShapes::forget(std::string_view text) {
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return;
  const auto shape = found->second;
  by_text_.erase(found);
  if (!shape->name.empty()) given_up_.push_back(std::move(shape->name));
  shapes_.erase(shape);
}

void InsertShapes::doubt(std::string_view text, std::string_view sqlstate) {
  const bool is_of_rows =
      sqlstate.starts_with("23");  // a constraint looked at values it could read
  const auto found = by_text_.find(text);
  if (is_of_rows || found == by_text_.end()) return;
  if (std::chrono::steady_clock::now() - found->second->learned_at >= kFresh) forget(text);
}

void InsertShapes::refuse(std::string_view text) {
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return;
  given_up_.push_back(std::exchange(found->second->name, {}));
  found->second->learned_at = std::chrono::steady_clock::now();
}

void InsertShapes::clear() {
  by_text_.clear();
  shapes_.clear();
  given_up_.clear();
  has_facts_ = false;
}

// What cannot be learned stays apart; the statements themselves will say what is wrong with them.
InsertShape InsertShapes::learn(const InsertText& insert, std::string_view text) {
  InsertShape shape{.text = std::string(text),
                    .target = std::string(insert.target),
                    .learned_at = std::chrono::steady_clock::now()};
  deallocate();
  std::vector<unsigned int> arrays;
  if (learn_types(shape) && learn_arrays(shape, arrays)) prepare(shape, insert, arrays);
  return shape;
}

void InsertShapes::deallocate() {
  for (const auto& name : std::exchange(given_up_, {})) link_.deallocate(name);
}

bool InsertShapes::learn_types(InsertShape& shape) {
  bool is_known = false;
  Exchange exchange(link_);
  if (!std::exchange(has_facts_, true)) exchange.prepare(kTableFacts, kFactsQuery, {});
  Params target;
  target.add_text(shape.target.c_str());
  exchange.run_prepared(kTableFacts, target, false);
  const auto facts_at = exchange.size() - 1;
  exchange.prepare("", shape.text.c_str(), {});
  exchange.describe("");
  exchange.finish([&](std::size_t number, const PGresult* result) {
    if (!is_fine(result)) return;
    if (number == facts_at && PQntuples(result) == 1 && PQgetisnull(result, 0, 0) == 0) {
      shape.facts = PQgetvalue(result, 0, 0);
    }
    if (number != facts_at + 2) return;
    is_known = true;
    for (int i = 0; i < PQnparams(result); ++i) shape.types.push_back(PQparamtype(result, i));
  });
  return is_known && !shape.facts.empty() && !shape.types.empty();
}

bool InsertShapes::learn_arrays(InsertShape& shape, std::vector<unsigned int>& arrays) {
  std::string types = "{";
  for (const auto type : shape.types) {
    types += (types.size() > 1 ? "," : "") + std::to_string(type);
  }
  types += '}';
  Params params;
  params.add_text(types.c_str());
  Exchange exchange(link_);
  exchange.query(kArraysQuery, params, false);
  bool is_whole = false;
  exchange.finish([&](std::size_t, const PGresult* result) {
    if (!is_fine(result)) return;
    is_whole = PQntuples(result) == static_cast<int>(shape.types.size());
    for (int i = 0; i < PQntuples(result); ++i) {
      arrays.push_back(oid_in(result, i));
      if (arrays.back() == 0) is_whole = false;
    }
  });
  return is_whole;
}

void InsertShapes::prepare(InsertShape& shape, const InsertText& insert,
                           const std::vector<unsigned int>& arrays) {
  const auto name = "sqlbus_set_" + std::to_string(next_++);
  const auto text = merged_text(insert);
  Exchange exchange(link_);
  exchange.prepare(name.c_str(), text.c_str(), arrays);
  exchange.finish([&](std::size_t, const PGresult* result) {
    if (is_fine(result)) shape.name = name;
  });
}

}  // namespace sqlbus::postgres
