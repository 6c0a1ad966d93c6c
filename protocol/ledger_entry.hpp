// What a request is called in the ledger of its database, and how a copy of it is told from
// another request that uses its UUID.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/request.hpp"

namespace sqlbus {

// 1 to 64 bytes. A UUID in its usual form (36 characters, lower case) is kept in 17 bytes: 0x01,
// which no other UUID of a request begins with, and its 16 bytes. Any other is kept as it is.
std::string ledger_id_of(std::string_view uuid);
// The way back, for people.
std::string uuid_of_ledger_id(std::string_view id);

// SipHash-2-4, under a key of zeros, of APP, STATEMENT with its form, PARAMS and KEY: what makes
// two envelopes the same request. It stays the same over versions of the bus and on all machines.
std::uint64_t digest_of(const Request& request);
// The same in memory that is used again; what it holds before and after means nothing.
std::uint64_t digest_of(const Request& request, std::string& scratch);

}  // namespace sqlbus
