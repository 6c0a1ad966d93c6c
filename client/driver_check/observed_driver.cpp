#include "client/driver_check/observed_driver.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>

namespace sqlbus::check {
namespace {

constexpr std::size_t kSqlShownMax = 200;

struct Observed {
  const sqlbus_driver* driver = nullptr;
  CallNote* note = nullptr;
  sqlbus_driver table{};
  sqlbus_ledger ledger{};
  std::mutex mutex;  // of what the note says
};

Observed& observed_one() {
  static Observed one;
  return one;
}

template <std::size_t kSize>
void write(char (&field)[kSize], std::string_view text) {
  const auto size = std::min(text.size(), kSize - 1);
  std::copy_n(text.data(), size, field);
  field[size] = '\0';
}

std::string quoted(const sqlbus_text& sql) {
  std::string text(sql.size == 0 ? "" : sql.data, std::min(sql.size, kSqlShownMax));
  std::replace(text.begin(), text.end(), '\0', '?');
  std::replace(text.begin(), text.end(), '\n', ' ');
  return " \"" + text + (sql.size > kSqlShownMax ? "…\"" : "\"");
}

// What a call is about, from those of its arguments that say it.
template <typename Argument>
std::string detail(const Argument&) {
  return {};
}
std::string detail(sqlbus_item* item) {
  auto text = quoted(item->statement.sql);
  const auto count = item->statement.param_count;
  if (count > 0) text += " with " + std::to_string(count) + " parameters";
  return item->access == SQLBUS_READS_ONLY ? text + ", READS_ONLY" : text;
}
std::string detail(sqlbus_group* group) {
  return " of " + std::to_string(group->row_count) + " ledger rows and " +
         std::to_string(group->item_count) + " items";
}

template <typename Argument>
const sqlbus_error* error_of(const Argument&) {
  return nullptr;
}
const sqlbus_error* error_of(sqlbus_error* error) { return error; }

std::string_view class_name(int cls) {
  constexpr std::string_view kNames[] = {
      "SQLBUS_OK",        "SQLBUS_PERMANENT", "SQLBUS_TRANSIENT",   "SQLBUS_CONNECTION",
      "SQLBUS_READ_ONLY", "SQLBUS_CANCELLED", "SQLBUS_UNSUPPORTED", "SQLBUS_AGAIN"};
  if (cls == SQLBUS_PENDING) return "SQLBUS_PENDING";
  return cls >= 0 && cls <= SQLBUS_AGAIN ? kNames[cls] : "no sqlbus_class";
}

std::string outcome(int cls, const sqlbus_error* error) {
  std::string text = std::to_string(cls) + " " + std::string(class_name(cls));
  if (cls > SQLBUS_OK && error != nullptr) {
    text += ", SQLSTATE \"" + std::string(error->sqlstate, strnlen(error->sqlstate, 6)) +
            "\": " + std::string(error->message, strnlen(error->message, SQLBUS_MESSAGE_SIZE));
  }
  return text;
}

void on_call(const std::string& call) {
  auto& one = observed_one();
  const std::lock_guard lock(one.mutex);
  write(one.note->running, call);
}

void on_return(const std::string& call, const std::string& outcome) {
  auto& one = observed_one();
  const std::lock_guard lock(one.mutex);
  write(one.note->returned, outcome.empty() ? call : call + " gave " + outcome);
  one.note->running[0] = '\0';
}

struct Name {
  template <std::size_t kSize>
  constexpr Name(const char (&name)[kSize]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(name, kSize, text);
  }
  char text[32] = {};
};

// Where the table that the member is of is found.
const sqlbus_driver& table_of(const sqlbus_driver*) { return *observed_one().driver; }
const sqlbus_ledger& table_of(const sqlbus_ledger*) { return *observed_one().driver->ledger; }

// The function that stands in for a member of a table.
template <Name kName, typename Table, typename R, typename... Arguments>
void observe(Table& table, R (*Table::*member)(Arguments...)) {
  if (table.*member == nullptr) return;
  static R (*Table::*kept)(Arguments...) = nullptr;
  kept = member;
  table.*member = [](Arguments... arguments) -> R {
    const auto& function = table_of(static_cast<const Table*>(nullptr)).*kept;
    const std::string call = kName.text + (std::string() + ... + detail(arguments));
    on_call(call);
    if constexpr (std::is_void_v<R>) {
      function(arguments...);
      on_return(call, "");
    } else {
      const R result = function(arguments...);
      if constexpr (std::is_same_v<R, int>) {
        const sqlbus_error* error = nullptr;
        ((error = error_of(arguments) == nullptr ? error : error_of(arguments)), ...);
        const bool has_class = error != nullptr;
        on_return(call, has_class ? outcome(result, error) : std::to_string(result));
      } else {
        on_return(call, "");
      }
      return result;
    }
  };
}

// It comes while another call runs: the note of that stays.
void cancel(sqlbus_session* session) {
  auto& one = observed_one();
  one.note->cancelling_since_ms = now_ms();
  one.driver->cancel(session);
  one.note->cancelling_since_ms = 0;
}

void observe_ledger(sqlbus_ledger& ledger) {
  observe<"ledger.create">(ledger, &sqlbus_ledger::create);
  observe<"ledger.insert">(ledger, &sqlbus_ledger::insert);
  observe<"ledger.lookup">(ledger, &sqlbus_ledger::lookup);
  observe<"ledger.reopen">(ledger, &sqlbus_ledger::reopen);
  observe<"ledger.prune">(ledger, &sqlbus_ledger::prune);
  observe<"ledger.horizon">(ledger, &sqlbus_ledger::horizon);
}

}  // namespace

const sqlbus_driver& observed(const sqlbus_driver& driver, CallNote& note) {
  auto& one = observed_one();
  one.driver = &driver;
  one.note = &note;
  auto& table = one.table;
  table = driver;
  observe<"connect">(table, &sqlbus_driver::connect);
  observe<"close">(table, &sqlbus_driver::close);
  observe<"dbtype">(table, &sqlbus_driver::dbtype);
  observe<"execute">(table, &sqlbus_driver::execute);
  observe<"execute_group">(table, &sqlbus_driver::execute_group);
  observe<"begin">(table, &sqlbus_driver::begin);
  observe<"commit">(table, &sqlbus_driver::commit);
  observe<"commit_start">(table, &sqlbus_driver::commit_start);
  observe<"commit_finish">(table, &sqlbus_driver::commit_finish);
  observe<"rollback">(table, &sqlbus_driver::rollback);
  observe<"transaction">(table, &sqlbus_driver::transaction);
  observe<"savepoint">(table, &sqlbus_driver::savepoint);
  observe<"rollback_to_savepoint">(table, &sqlbus_driver::rollback_to_savepoint);
  observe<"reset">(table, &sqlbus_driver::reset);
  observe<"ping">(table, &sqlbus_driver::ping);
  observe<"set_statement_timeout">(table, &sqlbus_driver::set_statement_timeout);
  observe<"terminate">(table, &sqlbus_driver::terminate);
  observe<"start">(table, &sqlbus_driver::start);
  observe<"step">(table, &sqlbus_driver::step);
  table.cancel = cancel;
  if (driver.ledger != nullptr) {
    one.ledger = *driver.ledger;
    observe_ledger(one.ledger);
    table.ledger = &one.ledger;
  }
  return table;
}

}  // namespace sqlbus::check
