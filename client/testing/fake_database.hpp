// The SQLite of a fake, and what it has been told to answer in its place. One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/testing/sqlbus_fake.hpp"
#include "daemon/bus_clock.hpp"
#include "daemon/session/session.hpp"
#include "daemon/settlement/concluder.hpp"
#include "protocol/request.hpp"

namespace sqlbus::fake {

// In place of an execution.
struct Script {
  std::optional<Fake::Failure> failure;
  std::vector<Fake::Column> columns;
  std::vector<Fake::Row> rows;
  std::int64_t affected = 0;
};

class Database {
 public:
  // Throws std::runtime_error.
  explicit Database(const BusClock& clock);

  void expect(std::string_view sql, Script script);
  // Executes a request, once: its copies get the first answer. `envelope` is borrowed for the call.
  Outcome run(const Request& request, std::string_view envelope);
  // Ends a request so, without running it.
  Outcome fail(const Request& request, std::string_view envelope, const Fake::Failure& failure);
  Outcome refuse(std::string_view envelope, const Refusal& refusal);
  std::vector<Fake::Row> execute(const std::string& sql);

 private:
  // What has taken effect, or failed for good.
  struct Entry {
    std::uint64_t digest = 0;
    Verdict verdict;     // of a failure
    std::string answer;  // of an effect
  };

  Verdict run_script(const Request& request, const Script& script,
                     std::optional<ResultEncoder>& result) const;
  Outcome run_statements(const Request& request, std::string_view envelope);
  Outcome conclude(const Request& request, std::string_view envelope, const Verdict& verdict,
                   const ResultEncoder* result);
  std::optional<Outcome> repeat(const Request& request, std::string_view envelope);

  const BusClock& clock_;
  Concluder concluder_;
  Session session_;
  std::map<std::string, Script, std::less<>> scripts_;  // by the statement, its blanks as one
  std::map<std::string, Entry> ledger_;                 // by UUID
};

}  // namespace sqlbus::fake
