// A driver whose calls are noted.
#pragma once

#include "client/driver_check/call_note.hpp"
#include "drivers/sqlbus_driver.h"

namespace sqlbus::check {

// Its functions note each call and pass it on to the driver; what the driver lacks is lacking here.
// One driver in a process. All live as long as that.
const sqlbus_driver& observed(const sqlbus_driver& driver, CallNote& note);

}  // namespace sqlbus::check
