// Programs of tests are started as the daemon starts its own.
#pragma once

#include "daemon/process/child_process.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {

using sqlbus::ChildProcess;
using sqlbus::ExitStatus;

}  // namespace sqlbus::test
