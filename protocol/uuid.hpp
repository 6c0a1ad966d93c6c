// UUID version 7 (RFC 9562): time-ordered, so that the ledger's index grows at its end.
#pragma once

#include <string>

#include "protocol/clock.hpp"

namespace sqlbus {

// 36 characters in lower case; ordered within a process, unique across processes.
std::string make_uuid_v7();
// The same instead of what `uuid` held, in its memory; `now` is the time by the system's clock.
void make_uuid_v7(EpochTime now, std::string& uuid);

// False where the system has no random numbers to give; make_uuid_v7() would end the process.
bool can_make_uuids();

}  // namespace sqlbus
