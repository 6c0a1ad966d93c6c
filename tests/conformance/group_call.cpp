#include "tests/conformance/group_call.hpp"

namespace sqlbus::test {
namespace {

void pass_columns(void*, const sqlbus_column*, std::size_t) {}

int keep_first_cell(void* context, const sqlbus_value* cells, std::size_t count) {
  auto& rows = *static_cast<std::vector<std::string>*>(context);
  const auto& text = cells[0].text;
  const bool is_text = cells[0].kind == SQLBUS_VALUE_TEXT;
  if (count > 0) {
    rows.push_back(is_text ? std::string(text.data, text.size) : std::to_string(cells[0].integer));
  }
  return 0;
}

void on_committed(void* context) { ++static_cast<GroupAnswer*>(context)->committed; }

std::vector<sqlbus_value> borrow(const std::vector<Datum>& params) {
  std::vector<sqlbus_value> borrowed;
  borrowed.reserve(params.size());
  for (const auto& param : params) {
    borrowed.push_back({param.kind, param.integer, {param.text.data(), param.text.size()}});
  }
  return borrowed;
}

}  // namespace

GroupAnswer run_group(AbiSession& session, const std::vector<GroupItem>& items, bool begins,
                      const std::vector<std::string>& ids) {
  GroupAnswer answer;
  answer.rows.resize(items.size());
  std::vector<std::vector<sqlbus_value>> params;
  std::vector<sqlbus_sink> sinks;
  std::vector<std::vector<Datum>> given;
  std::vector<std::string> texts;
  given.reserve(items.size());
  texts.reserve(items.size());
  params.reserve(items.size());
  sinks.reserve(items.size());
  std::vector<sqlbus_item> passed;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& item = items[i];
    auto& own = given.emplace_back(item.params);
    const auto& sql = texts.emplace_back(session.native(item.sql, own));
    const auto& values = params.emplace_back(borrow(own));
    sinks.push_back({&answer.rows[i], pass_columns, keep_first_cell, 0});
    passed.push_back({{{sql.data(), sql.size()}, values.data(), values.size()},
                      item.wants_rows ? &sinks.back() : nullptr,
                      SQLBUS_READ_WRITE,
                      item.flags,
                      -1});
  }
  std::vector<sqlbus_ledger_row> rows;
  rows.reserve(ids.size());
  for (const auto& id : ids) rows.push_back({{id.data(), id.size()}, 7, 8, {}, {}, {}});
  sqlbus_group group{begins ? 1U : 0U, rows.data(), rows.size(), passed.data(), passed.size(),
                     /*out*/ 9999U,    9999U,       9999U,       &answer,       on_committed};
  sqlbus_error error{};
  answer.cls = session.driver().execute_group(session.get(), &group, &error);
  answer.sqlstate = error.sqlstate;
  answer.message = error.message;
  answer.failed_step = group.failed_step;
  answer.completed = group.completed;
  answer.suspects = group.suspects;
  for (const auto& item : passed) answer.affected.push_back(item.affected);
  return answer;
}

}  // namespace sqlbus::test
