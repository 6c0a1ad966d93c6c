// A socket that listens where the operator said.
#pragma once

#include "daemon/config/listen_address.hpp"
#include "daemon/process/unique_fd.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// A unix socket that nobody listens on any more is taken the place of.
Result<UniqueFd> open_listen_socket(const ListenAddress& address);

}  // namespace sqlbus
