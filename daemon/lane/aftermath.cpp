#include "daemon/lane/aftermath.hpp"

#include <algorithm>
#include <utility>

namespace sqlbus {
namespace {

bool ends_session(const DriverFault& fault) {
  return fault.cls == ErrorClass::kConnection || fault.cls == ErrorClass::kReadOnly;
}

}  // namespace

RunNext Aftermath::tidy(Session& session) {
  auto fault = session.reset();
  return fault ? replace(std::move(*fault)) : RunNext::kGoOn;
}

RunNext Aftermath::roll_back(Session& session, RunNext next) {
  if (session.transaction() == TransactionState::kNone) return next;
  auto fault = session.rollback();
  return fault ? replace(std::move(*fault)) : next;
}

RunNext Aftermath::replace(DriverFault fault) {
  fault_ = std::move(fault);
  return RunNext::kReplace;
}

RunNext Aftermath::blocked(Session& session, DriverFault fault) {
  const bool may_pass = fault.cls == ErrorClass::kTransient || fault.cls == ErrorClass::kCancelled;
  fault_ = std::move(fault);
  if (fault_.cls == ErrorClass::kConnection) return RunNext::kReplace;
  if (may_pass && ++blocked_ < kBlockedMax) {
    house_.metrics->retries.add();
    return roll_back(session, RunNext::kRest);
  }
  blocked_ = 0;
  return RunNext::kDown;
}

RunNext Aftermath::give_way(Session& session, Turn& turn, DriverFault fault, std::size_t count) {
  pace_.shrink_to(count / 2);
  fault_ = std::move(fault);
  if (!ends_session(fault_)) return roll_back(session, RunNext::kRest);
  for (std::size_t i = 0; i < std::min(count, turn.size()); ++i) turn[i].is_in_doubt = true;
  return RunNext::kReplace;
}

}  // namespace sqlbus
