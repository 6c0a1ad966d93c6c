// A group over the C ABI, with values that a test can compare.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/conformance/abi_session.hpp"

namespace sqlbus::test {

struct GroupItem {
  std::string sql;
  std::vector<Datum> params = {};
  std::uint32_t flags = 0;
  bool wants_rows = false;
};

struct GroupAnswer {
  int cls = SQLBUS_OK;
  std::string sqlstate;
  std::string message;
  std::uint32_t failed_step = 0;
  std::size_t completed = 0;
  std::size_t suspects = 0;
  std::vector<std::int64_t> affected;
  std::vector<std::vector<std::string>> rows;  // for each item the first cells of its rows
  int committed = 0;                           // calls of that function

  bool ok() const { return cls == SQLBUS_OK; }
};

// `ids`: of the ledger's rows, sorted.
GroupAnswer run_group(AbiSession& session, const std::vector<GroupItem>& items, bool begins = true,
                      const std::vector<std::string>& ids = {});

}  // namespace sqlbus::test
