#include "tests/conformance/abi_session.hpp"

#include <poll.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sqlbus::test {
namespace {

constexpr int kPollLimitMs = 10'000;

Answer answer_of(int cls, const sqlbus_error& error) {
  Answer answer;
  answer.cls = cls;
  answer.sqlstate = error.sqlstate;
  answer.message = error.message;
  return answer;
}

struct Collector {
  Answer* answer;
  const Run* how;
};

void on_columns(void* context, const sqlbus_column* columns, std::size_t count) {
  auto& answer = *static_cast<Collector*>(context)->answer;
  ++answer.result_sets;
  for (std::size_t i = 0; i < count; ++i) {
    answer.columns.push_back({copy(columns[i].name), columns[i].type});
  }
}

int on_row(void* context, const sqlbus_value* cells, std::size_t count) {
  const auto& collector = *static_cast<Collector*>(context);
  auto& row = collector.answer->rows.emplace_back();
  for (std::size_t i = 0; i < count; ++i) {
    row.push_back({cells[i].kind, cells[i].integer, copy(cells[i].text)});
  }
  if (collector.answer->rows.size() < collector.how->rows_max) return 0;
  if (collector.how->on_enough) collector.how->on_enough();
  return 1;
}

sqlbus_session* connect(const sqlbus_driver& driver, const Options& options, Answer& answer) {
  std::vector<sqlbus_option> borrowed;
  for (const auto& [name, value] : options) borrowed.push_back({name.c_str(), value.c_str()});
  sqlbus_session* session = nullptr;
  sqlbus_error error{};
  const int cls = driver.connect(borrowed.data(), borrowed.size(), &session, &error);
  answer = answer_of(cls, error);
  return session;
}

sqlbus_session* connect_or_throw(const sqlbus_driver& driver, const Options& options) {
  Answer answer;
  auto* session = connect(driver, options, answer);
  if (!answer.ok()) throw std::runtime_error("connect: " + answer.message);
  return session;
}

}  // namespace

std::string text_of(const Datum& datum) {
  if (datum.kind == SQLBUS_VALUE_NULL) return "NULL";
  if (datum.kind == SQLBUS_VALUE_BOOL) return datum.integer != 0 ? "true" : "false";
  return datum.kind == SQLBUS_VALUE_INTEGER ? std::to_string(datum.integer) : datum.text;
}

std::string Answer::value() const {
  if (!ok()) return "error " + sqlstate + ": " + message;
  if (rows.size() != 1 || rows[0].size() != 1) return "not one cell";
  return text_of(rows[0][0]);
}

AbiSession::AbiSession(const sqlbus_driver& driver, const Options& options, bool has_question_marks)
    : driver_(driver),
      has_question_marks_(has_question_marks),
      session_(connect_or_throw(driver, options), driver.close) {}

Answer AbiSession::try_connect(const sqlbus_driver& driver, const Options& options) {
  Answer answer;
  auto* session = connect(driver, options, answer);
  if (answer.ok()) driver.close(session);
  return answer;
}

// Each $2 becomes a ? with a parameter of its own; those that none names stay behind them.
std::string AbiSession::native(std::string_view sql, std::vector<Datum>& params) const {
  if (!has_question_marks_) return std::string(sql);
  std::string text;
  std::vector<Datum> in_order;
  std::size_t named = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '\'') is_quoted = !is_quoted;
    const bool is_placeholder =
        !is_quoted && sql[i] == '$' && i + 1 < sql.size() && sql[i + 1] >= '1' && sql[i + 1] <= '9';
    if (!is_placeholder) {
      text += sql[i];
      continue;
    }
    const auto number = static_cast<std::size_t>(sql[++i] - '0');
    named = std::max(named, number);
    text += '?';
    if (number <= params.size()) in_order.push_back(params[number - 1]);
  }
  for (auto i = named; i < params.size(); ++i) in_order.push_back(params[i]);
  params = std::move(in_order);
  return text;
}

Answer AbiSession::run_by(const Runner& runner, std::string_view written, const Run& how) {
  auto given = how.params;
  const auto sql = native(written, given);
  std::vector<sqlbus_value> params;
  params.reserve(given.size());
  for (const auto& param : given) {
    params.push_back({param.kind, param.integer, {param.text.data(), param.text.size()}});
  }
  Answer answer;
  Collector collector{&answer, &how};
  const bool is_limited = how.rows_max != std::numeric_limits<std::size_t>::max();
  const sqlbus_sink sink{&collector, on_columns, on_row, is_limited ? how.rows_max : 0};
  sqlbus_item item{{{sql.data(), sql.size()}, params.data(), params.size()},
                   how.wants_rows ? &sink : nullptr,
                   static_cast<std::uint32_t>(how.access),
                   0,
                   0};
  sqlbus_error error{};
  const int cls = runner(session_.get(), &item, &error);
  answer.cls = cls;
  answer.sqlstate = error.sqlstate;
  answer.message = error.message;
  answer.affected = item.affected;
  return answer;
}

Answer AbiSession::run(std::string_view sql, const Run& how) {
  return run_by(driver_.execute, sql, how);
}

Answer AbiSession::run_in_steps(std::string_view sql, const Run& how) {
  const auto steps = [this](sqlbus_session* session, sqlbus_item* item, sqlbus_error* error) {
    if (const int cls = driver_.start(session, item, error); cls != SQLBUS_OK) return cls;
    for (;;) {
      std::uint32_t wants = 0;
      const int cls = driver_.step(session, &wants, error);
      if (cls != SQLBUS_PENDING) return cls;
      const auto events = (wants & SQLBUS_WANTS_WRITE) != 0 ? POLLIN | POLLOUT : POLLIN;
      pollfd socket{driver_.socket(session), static_cast<short>(events), 0};
      ::poll(&socket, 1, kPollLimitMs);
    }
  };
  return run_by(steps, sql, how);
}

Answer AbiSession::begin(sqlbus_access access) {
  sqlbus_error error{};
  const int cls = driver_.begin(session_.get(), static_cast<std::uint32_t>(access), &error);
  return answer_of(cls, error);
}

Answer AbiSession::ping(bool& is_writable) {
  sqlbus_error error{};
  int writable = 0;
  const int cls = driver_.ping(session_.get(), &writable, &error);
  is_writable = writable != 0;
  return answer_of(cls, error);
}

Answer AbiSession::set_statement_timeout(std::uint32_t timeout_ms) {
  sqlbus_error error{};
  const int cls = driver_.set_statement_timeout(session_.get(), timeout_ms, &error);
  return answer_of(cls, error);
}

Answer AbiSession::call(const std::function<int(sqlbus_session*, sqlbus_error*)>& function) {
  sqlbus_error error{};
  const int cls = function(session_.get(), &error);
  return answer_of(cls, error);
}

}  // namespace sqlbus::test
