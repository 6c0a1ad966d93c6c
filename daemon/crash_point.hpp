// Named places at which a test lets the daemon die. They are compiled into development builds only
// (SQLBUS_CRASH_POINTS); elsewhere they are nothing.
#pragma once

namespace sqlbus {

#ifdef SQLBUS_CRASH_POINTS
// SIGKILL where SQLBUS_CRASH_AT names this place, "before_commit" or "before_commit:3" for the
// third time it is reached. From any thread.
void crash_point(const char* name);
#else
inline void crash_point(const char*) {}
#endif

}  // namespace sqlbus
