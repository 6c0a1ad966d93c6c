#include "tests/support/server_user.hpp"

#include <pwd.h>
#include <unistd.h>

#include <stdexcept>

namespace sqlbus::test {

std::optional<User> server_user(const std::string& name) {
  if (geteuid() != 0) return std::nullopt;
  const passwd* entry = getpwnam(name.c_str());
  if (entry == nullptr)
    throw std::runtime_error("there is no user " + name + " to run a server as");
  return User{.uid = entry->pw_uid, .gid = entry->pw_gid};
}

}  // namespace sqlbus::test
