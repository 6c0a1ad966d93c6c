// Everything that a driver written in C++ needs. It depends on the ABI header and the standard
// library alone, so that a driver can be built outside this tree: there it is
// <sqlbus/driver_kit.hpp>, which is why the kit's files find each other by where they are.
//
// A driver is a session class (kit/session.hpp says what it looks like) and one entry:
//
//   const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version) {
//     static const sqlbus_driver table = sqlbus::driver::make_table<MySession>(
//         {.name = "mine", .version = "1.0", .capabilities = SQLBUS_CAN_TRANSACTIONS});
//     return host_abi_version == SQLBUS_DRIVER_ABI_VERSION ? &table : nullptr;
//   }
#pragma once

#include "kit/driver_error.hpp"
#include "kit/options.hpp"
#include "kit/session.hpp"
#include "kit/sqlstate.hpp"
#include "kit/table.hpp"
#include "kit/text.hpp"
#include "sqlbus_driver.h"
