// libpq without the bus, as fast as it goes: prepared statements, pipelines.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

struct pg_conn;
struct pg_result;

namespace sqlbus::bench {

struct PgParam {
  std::string bytes;
  bool is_binary = false;
};

// Every failure throws std::runtime_error.
class PgConnection {
 public:
  using Params = std::span<const std::string>;  // as text

  explicit PgConnection(const std::string& conninfo);

  void exec(const std::string& sql);
  void prepare(const char* name, const std::string& sql);
  // One statement, committed by itself; the number of rows that it yields.
  int run_prepared(const char* name, Params params);
  // The first row of a query, its cells as text; empty where there is none.
  std::vector<std::string> query_row(const std::string& sql, Params params);
  std::vector<std::string> query_row_prepared(const char* name, Params params);

  // What is sent goes out in one transaction with all else up to finish(), which waits for it.
  void start_pipeline();
  void send(const std::string& sql);
  void send_prepared(const char* name, Params params);
  void send_prepared(const char* name, std::span<const PgParam> params);
  void finish();

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
    void operator()(pg_result* result) const;
  };
  using OwnedResult = std::unique_ptr<pg_result, Close>;

  OwnedResult expect(pg_result* raw) const;
  void expect_sent(int is_sent) const;

  std::unique_ptr<pg_conn, Close> connection_;
  int in_flight_ = 0;
};

}  // namespace sqlbus::bench
