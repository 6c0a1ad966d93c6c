// A query of a caller that runs while its session's thread does something else: sent at once, its
// rows taken as they come. Only what needs no other round trip goes this way.
#pragma once

#include <cstdint>

#include "drivers/driver_kit.hpp"
#include "drivers/postgres/answer.hpp"
#include "drivers/postgres/cells.hpp"
#include "drivers/postgres/link.hpp"
#include "drivers/postgres/prepared_statements.hpp"

namespace sqlbus::postgres {

class SteppedStatement {
 public:
  // Sends it. Throws SQLBUS_UNSUPPORTED, and has done nothing, where sending might wait or the
  // statement would have to be prepared first. The item stays where it is until the end.
  SteppedStatement(Link& link, PreparedStatements& prepared, sqlbus_item& item);
  SteppedStatement(const SteppedStatement&) = delete;
  SteppedStatement& operator=(const SteppedStatement&) = delete;

  // Takes what has come; whether that was all. Throws the statement's fault at its end.
  bool step(std::uint32_t& wants);

 private:
  void end();

  Link& link_;
  PreparedStatements& prepared_;
  sqlbus_item& item_;
  Params params_;
  bool is_prepared_ = false;
  Answer answer_;
};

}  // namespace sqlbus::postgres
