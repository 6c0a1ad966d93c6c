// One connection by an ODBC driver, and the driver's own commands on it.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drivers/driver_kit.hpp"
#include "drivers/odbc/dialect.hpp"
#include "drivers/odbc/fault.hpp"
#include "drivers/odbc/handles.hpp"

namespace sqlbus::odbc {

// Belongs to one thread; cancel() may come from another.
class Link {
 public:
  struct Settings {
    std::string connection_string;
    std::string place;  // where that is, for people; without secrets
    std::uint32_t connect_timeout_s = 0;
  };

  explicit Link(Settings settings);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Connects anew: nothing of the old session is left. All its statements are to be gone.
  void reconnect();

  const Dialect& dialect() const { return *dialect_; }
  const std::string& dbms_name() const { return dbms_name_; }
  bool is_lost() const { return is_lost_; }
  void* raw() const { return connection_.get(); }

  StatementHandle statement();
  // Throws what the handle says where a call on it has failed.
  void check(short result, HandleKind kind, void* handle);
  void check(short result, void* statement) { check(result, HandleKind::kStatement, statement); }
  [[noreturn]] void fail(HandleKind kind, void* handle);

  // Commands of our own, without rows; several are separated by '\n'.
  void command(std::string_view sql);
  // The first cell of the first row, where there is one.
  std::optional<std::string> ask(std::string_view sql) {
    auto cells = ask_all(sql);
    return cells.empty() ? std::nullopt : std::move(cells.front());
  }
  // The first cells of all rows.
  std::vector<std::optional<std::string>> ask_all(std::string_view sql);
  // By the last statement, where the dialect has a query for it.
  std::int64_t changes();
  void set_autocommit(bool is_on);
  void end_transaction(bool commits);

  void cancel() noexcept;

  // While it lives, cancel() ends this statement.
  class Running {
   public:
    Running(Link& link, void* statement);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    Link& link_;
  };

 private:
  struct Connected {
    Connection connection;
    std::string dbms_name;
    std::string driver_name;
  };

  Connected connect(const std::string& string) const;
  void open();
  void cancel_by_id() const;

  Settings settings_;
  Environment environment_;
  Connection connection_;
  StatementHandle idle_;  // where dialect().cancels_apart; nothing ever runs on it
  const Dialect* dialect_;
  std::string dbms_name_;
  bool is_lost_ = false;
  std::string session_id_;
  std::string seen_changes_ = "0";

  std::mutex running_mutex_;  // what cancel() looks at
  void* running_ = nullptr;
  bool was_cancelled_ = false;
};

}  // namespace sqlbus::odbc
