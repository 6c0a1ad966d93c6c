#include "daemon/log/rotated_files.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <vector>

namespace sqlbus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStamp = "00000000-000000";  // 0 stands for any digit
constexpr std::string_view kLongStamp = "00000000-000000-000";
constexpr int kNamesMax = 1000;  // of one second

bool has_shape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char wanted) {
    return wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
  });
}

bool is_taken(const std::string& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

}  // namespace

std::optional<std::string> rotated_name(const std::string& path,
                                        std::chrono::system_clock::time_point time) {
  const std::time_t second = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  localtime_r(&second, &local);
  std::array<char, 32> stamp{};
  std::strftime(stamp.data(), stamp.size(), ".%Y%m%d-%H%M%S", &local);
  const auto name = path + stamp.data();
  if (!is_taken(name)) return name;
  for (int i = 1; i < kNamesMax; ++i) {
    std::array<char, 16> suffix{};
    std::snprintf(suffix.data(), suffix.size(), "-%03d", i);
    if (!is_taken(name + suffix.data())) return name + suffix.data();
  }
  return std::nullopt;
}

bool is_rotated_name(std::string_view file, std::string_view name) {
  if (!name.starts_with(file) || name.substr(file.size(), 1) != ".") return false;
  const auto stamp = name.substr(file.size() + 1);
  return has_shape(stamp, kStamp) || has_shape(stamp, kLongStamp);
}

Status remove_rotated(const std::string& path, std::size_t keep) {
  const fs::path file(path);
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const bool is_ours = is_rotated_name(file.filename().string(), it->path().filename().string());
    std::error_code ignored;
    if (is_ours && fs::is_regular_file(it->symlink_status(ignored))) found.push_back(it->path());
  }
  if (error) return Error{"log folder " + folder.string() + ": " + error.message()};
  std::sort(found.begin(), found.end());
  for (std::size_t i = 0; i + keep < found.size(); ++i) {
    fs::remove(found[i], error);
    if (error) return Error{"log file " + found[i].string() + ": " + error.message()};
  }
  return Done{};
}

}  // namespace sqlbus
