// A folder of one's own, gone at the end.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

namespace sqlbus {

// A user that a server runs as.
struct User {
  uid_t uid = 0;
  gid_t gid = 0;
};

// Made below $TMPDIR, or /tmp where that is unset or too long: the path of a unix socket has at
// most 107 bytes. Removed with everything in it. Throws std::system_error.
class TempDir {
 public:
  explicit TempDir(mode_t mode = 0700);
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Hands the folder over to a server's user.
  void give_to(User user) const;

 private:
  std::filesystem::path path_;
};

}  // namespace sqlbus
