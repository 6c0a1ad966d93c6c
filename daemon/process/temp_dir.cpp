#include "daemon/process/temp_dir.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace sqlbus {

namespace {

constexpr std::size_t kBaseBytesMax = 60;

std::string base_folder() {
  const char* set = std::getenv("TMPDIR");
  if (set == nullptr || *set == '\0') return "/tmp";
  const std::string base = std::filesystem::absolute(set);
  return base.size() > kBaseBytesMax ? "/tmp" : base;
}

[[noreturn]] void give_up(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

TempDir::TempDir(mode_t mode) {
  std::string name = base_folder() + "/sqlbus-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) give_up("mkdtemp " + name);
  path_ = name;
  if (::chmod(path_.c_str(), mode) != 0) give_up("chmod " + name);
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TempDir::give_to(User user) const {
  if (::chown(path_.c_str(), user.uid, user.gid) != 0) give_up("chown " + path_.string());
}

}  // namespace sqlbus
