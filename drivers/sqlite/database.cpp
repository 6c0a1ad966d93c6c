#include "drivers/sqlite/database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "drivers/driver_kit.hpp"
#include "drivers/sqlite/fault.hpp"

namespace sqlbus::sqlite {
namespace {

using driver::DriverError;
using std::chrono::milliseconds;

// Steps of SQLite's machine between two looks at the clock: well below a millisecond.
constexpr int kStepsBetweenLooks = 10000;
constexpr milliseconds kLongestNap{10};

// The first column of the first row of a PRAGMA.
std::string ask(sqlite3* db, const char* sql) {
  std::string answer;
  const auto keep = [](void* out, int count, char** texts, char**) {
    if (count > 0 && texts[0] != nullptr) *static_cast<std::string*>(out) = texts[0];
    return 0;
  };
  if (sqlite3_exec(db, sql, keep, &answer, nullptr) != SQLITE_OK) throw last_fault(db);
  return answer;
}

}  // namespace

void Database::Close::operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }

Database::Database(Settings settings) : settings_(std::move(settings)), handle_(open()) {}

Database::~Database() = default;

Database::Handle Database::open() {
  sqlite3* raw = nullptr;
  // NOMUTEX: one thread at a time; interrupting from another is safe all the same.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(settings_.path.c_str(), &raw, flags, nullptr);
  Handle db(raw);
  if (!db) throw std::bad_alloc();
  sqlite3_extended_result_codes(raw, 1);
  if (code != SQLITE_OK) {
    throw DriverError(SQLBUS_CONNECTION, "08001", settings_.path + ": " + sqlite3_errmsg(raw),
                      sqlite3_extended_errcode(raw));
  }
  sqlite3_busy_handler(raw, on_busy, this);
  start_clock();
  try {
    set_wal(raw);
    ask(raw, "PRAGMA synchronous = FULL");
    ask(raw, "PRAGMA foreign_keys = ON");
  } catch (const DriverError& e) {
    throw DriverError(SQLBUS_CONNECTION, e.sqlstate(), settings_.path + ": " + e.what(),
                      e.native_code());
  }
  return db;
}

void Database::set_wal(sqlite3* db) {
  const auto mode = ask(db, "PRAGMA journal_mode = WAL");
  if (mode == "wal" || is_in_memory()) return;
  throw DriverError("58030", "journal mode WAL cannot be set, it stays " + mode +
                                 " (is the file on a network file system?)");
}

void Database::reopen() {
  auto fresh = open();
  const std::lock_guard lock(handle_mutex_);
  handle_ = std::move(fresh);
}

void Database::run(const char* sql) { ask(get(), sql); }

void Database::start_clock() {
  is_cancelled_.store(false, std::memory_order_relaxed);
  if (time_limit_ > milliseconds{0}) started_ = Clock::now();
}

void Database::set_time_limit(milliseconds limit) {
  time_limit_ = limit;
  const bool is_limited = limit > milliseconds{0};
  sqlite3_progress_handler(get(), is_limited ? kStepsBetweenLooks : 0,
                           is_limited ? on_progress : nullptr, this);
}

bool Database::is_over() const {
  if (is_cancelled_) return true;
  return time_limit_ > milliseconds{0} && Clock::now() - started_ >= time_limit_;
}

void Database::cancel() noexcept {
  is_cancelled_ = true;
  const std::lock_guard lock(handle_mutex_);
  if (handle_) sqlite3_interrupt(handle_.get());
}

// SQLite's own busy timeout cannot be interrupted, so it is waited for here, in short naps.
bool Database::wait_for_lock(int attempt) {
  if (attempt == 0) busy_since_ = Clock::now();
  if (is_over() || Clock::now() - busy_since_ >= settings_.busy_timeout) return false;
  std::this_thread::sleep_for(std::min(milliseconds{1 + attempt}, kLongestNap));
  return true;
}

int Database::on_busy(void* self, int attempt) noexcept {
  return static_cast<Database*>(self)->wait_for_lock(attempt) ? 1 : 0;
}

int Database::on_progress(void* self) noexcept {
  return static_cast<Database*>(self)->is_over() ? 1 : 0;
}

}  // namespace sqlbus::sqlite
