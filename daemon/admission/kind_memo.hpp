// Remembers what kind the last statement was: a caller sends the same text again and again. Loop
// thread.
#pragma once

#include <string>
#include <string_view>

#include "daemon/admission/statement_kind.hpp"

namespace sqlbus {

class KindMemo {
 public:
  StatementKind kind_of(std::string_view sql) {
    if (sql == last_) return kind_;
    kind_ = sqlbus::kind_of(sql);
    last_ = sql.size() <= kKeptBytes ? sql : std::string_view();
    return kind_;
  }

 private:
  static constexpr std::size_t kKeptBytes = 4096;

  std::string last_;  // empty: none, as no statement is
  StatementKind kind_ = StatementKind::kAlone;
};

}  // namespace sqlbus
