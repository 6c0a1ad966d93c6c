#include "daemon/process/version.hpp"

namespace sqlbus {

std::string_view version() { return SQLBUS_VERSION; }

}  // namespace sqlbus
