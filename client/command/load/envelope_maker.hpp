// Makes the envelopes of a load.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/command/load/csv_record.hpp"
#include "client/command/load/line_uuids.hpp"
#include "protocol/json_reader.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// What all requests of a load say of themselves.
struct LoadIdentity {
  std::string name;  // of the file, in UUIDs
  std::string app;
  std::int64_t pid = 0;
  std::string key;
  std::optional<std::string> database;
};

// Each call puts an envelope into `out` instead of what it held, in its memory. An error says what
// is wrong with the line.
class EnvelopeMaker {
 public:
  // `sql`: the statement of the records of CSV; empty where lines are loaded.
  EnvelopeMaker(LoadIdentity identity, const std::string& sql);

  Status statement(std::uint64_t line, std::string_view sql, std::string& out) const;
  // A line that is JSON: it gets what it lacks.
  Status envelope(std::uint64_t line, std::string_view json, std::string& out);
  Status row(std::uint64_t line, std::string_view record, const std::vector<CsvField>& fields,
             std::string& out) const;

  // From now on TIMESTAMP is the present.
  void read_clock();

 private:
  void begin(std::uint64_t line, std::string_view content, std::string& out) const;

  LoadIdentity identity_;
  LineUuids uuids_;
  JsonReader json_;
  std::string sql_;        // in JSON
  std::string facts_;      // members behind the UUID, up to TIMESTAMP
  std::string timestamp_;  // its value, in JSON
};

// The error: it holds what cannot stand in a request.
Status check_text(std::string_view text);

}  // namespace sqlbus
