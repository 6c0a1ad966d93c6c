// Whether text may be coloured.
#pragma once

namespace sqlbus {

// Only where it goes to a terminal that understands colours, and never where NO_COLOR is set in the
// environment (https://no-color.org).
bool wants_colours(int fd);

// Whether NO_COLOR says nothing against them.
bool allows_colours();

}  // namespace sqlbus
