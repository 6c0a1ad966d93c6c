// Folders of tests are made as the daemon makes its own.
#pragma once

#include "daemon/process/temp_dir.hpp"

namespace sqlbus::test {

using sqlbus::TempDir;
using sqlbus::User;

}  // namespace sqlbus::test
