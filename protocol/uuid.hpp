// UUID version 7 (RFC 9562): time-ordered, so that the ledger's index grows at its end.
#pragma once

#include <string>

namespace sqlbus {

// 36 characters in lower case; ordered within a process, unique across processes.
std::string make_uuid_v7();

}  // namespace sqlbus
