#include "bench/mariadb_limit.hpp"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "bench/sqlite_limit.hpp"
#include "bench/stopwatch.hpp"
#include "bench/world.hpp"
#include "protocol/ledger_entry.hpp"

namespace sqlbus::bench {

namespace {

static_assert(sizeof(SQLLEN) == sizeof(long));

SQLCHAR* chars(const std::string& text) {
  return reinterpret_cast<SQLCHAR*>(const_cast<char*>(text.c_str()));
}

// ODBC hands numbers over in pointers.
SQLPOINTER as_pointer(std::uintptr_t number) {
  return reinterpret_cast<SQLPOINTER>(number);  // NOLINT(performance-no-int-to-ptr)
}

}  // namespace

MariaDbLimit::ArrayInsert::ArrayInsert(void* connection, const std::string& sql) {
  if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, connection, &statement_))) {
    throw std::runtime_error("no statement");
  }
  expect(SQLPrepare(statement_, chars(sql), SQL_NTS));
}

MariaDbLimit::ArrayInsert::~ArrayInsert() { SQLFreeHandle(SQL_HANDLE_STMT, statement_); }

void MariaDbLimit::ArrayInsert::run(std::span<const Column> columns, std::size_t rows) {
  cells_.resize(columns.size());
  sizes_.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    bind(static_cast<SQLUSMALLINT>(i), columns[i], rows);
  }
  expect(SQLSetStmtAttr(statement_, SQL_ATTR_PARAMSET_SIZE, as_pointer(rows), SQL_IS_UINTEGER));
  expect(SQLExecute(statement_));
}

// Column by column: cells of one width each, and their sizes beside them.
void MariaDbLimit::ArrayInsert::bind(unsigned short number, const Column& column,
                                     std::size_t rows) {
  auto& cells = cells_[number];
  auto& sizes = sizes_[number];
  std::size_t width = sizeof(std::int64_t);
  sizes.resize(rows);
  if (column.is_integer) {
    cells.resize(rows * width);
    std::memcpy(cells.data(), column.integers.data(), cells.size());
    std::fill(sizes.begin(), sizes.end(), static_cast<long>(width));
  } else {
    width = 1;
    for (const auto text : column.texts) width = std::max(width, text.size());
    cells.resize(rows * width);
    for (std::size_t i = 0; i < rows; ++i) {
      const auto text = column.texts[i];
      if (!text.empty()) std::memcpy(cells.data() + i * width, text.data(), text.size());
      sizes[i] = static_cast<long>(text.size());
    }
  }
  const auto text_type = column.is_binary ? SQL_VARBINARY : SQL_VARCHAR;
  const auto text_c_type = column.is_binary ? SQL_C_BINARY : SQL_C_CHAR;
  expect(SQLBindParameter(statement_, static_cast<SQLUSMALLINT>(number + 1), SQL_PARAM_INPUT,
                          static_cast<SQLSMALLINT>(column.is_integer ? SQL_C_SBIGINT : text_c_type),
                          static_cast<SQLSMALLINT>(column.is_integer ? SQL_BIGINT : text_type),
                          width, 0, cells.data(), static_cast<SQLLEN>(width), sizes.data()));
}

void MariaDbLimit::ArrayInsert::expect(short result) const {
  if (SQL_SUCCEEDED(result)) return;
  SQLCHAR state[6] = {};
  char text[512] = {};
  SQLGetDiagRec(SQL_HANDLE_STMT, statement_, 1, state, nullptr, reinterpret_cast<SQLCHAR*>(text),
                sizeof text, nullptr);
  throw std::runtime_error(text);
}

MariaDbLimit::MariaDbLimit(const std::string& connection_string, bool has_ledger)
    : client_(connection_string), insert_(client_.raw(), marked_insert_sql(kLimitTable)) {
  if (!has_ledger) return;
  ledger_.emplace(client_.raw(),
                  "INSERT INTO " + std::string(kLimitLedger) + " VALUES (?, ?, ?, '', '', '')");
}

double MariaDbLimit::run(std::span<const Work> works, std::size_t group_rows) {
  const Stopwatch stopwatch;
  while (!works.empty()) {
    const auto group = works.first(std::min(works.size(), group_rows));
    client_.run("START TRANSACTION");
    if (ledger_) insert_ledger(group);
    insert(group);
    client_.run("COMMIT");
    works = works.subspan(group.size());
  }
  return stopwatch.seconds();
}

void MariaDbLimit::insert_ledger(std::span<const Work> group) {
  std::vector<std::string> sorted;
  sorted.reserve(group.size());
  for (const Work& work : group) sorted.push_back(ledger_id_of(work.uuid));
  std::sort(sorted.begin(), sorted.end());
  ArrayInsert::Column columns[] = {{.is_binary = true}, {.is_integer = true}, {.is_integer = true}};
  const auto now = now_us();
  for (const auto& id : sorted) {
    columns[0].texts.push_back(id);
    columns[1].integers.push_back(static_cast<std::int64_t>(std::hash<std::string>{}(id)));
    columns[2].integers.push_back(now);
  }
  ledger_->run(columns, group.size());
}

void MariaDbLimit::insert(std::span<const Work> group) {
  ArrayInsert::Column columns[] = {{.is_integer = true}, {}, {}, {}};
  for (const Work& work : group) {
    columns[0].integers.push_back(work.row.id);
    columns[1].texts.emplace_back(work.row.name);
    columns[2].texts.emplace_back(work.row.amount);
    columns[3].texts.emplace_back(work.row.at);
  }
  insert_.run(columns, group.size());
}

}  // namespace sqlbus::bench
