#include "daemon/session/driver_library.hpp"

#include <dlfcn.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <system_error>

namespace sqlbus {
namespace {

// What a driver of this version has at least, up to the last function that its first header had;
// later ones are asked for by struct_size.
constexpr std::size_t kTableSizeMin = offsetof(sqlbus_driver, step) + sizeof(sqlbus_driver::step);

struct CloseLibrary {
  void operator()(void* library) const noexcept { dlclose(library); }
};
using Library = std::unique_ptr<void, CloseLibrary>;

Result<std::string> find(std::string_view driver, std::span<const std::string> folders) {
  if (driver.empty()) return Error{"no driver is named"};
  if (driver.find('/') != std::string_view::npos) return std::string(driver);
  std::string looked_in;
  for (const auto& folder : folders) {
    auto path = folder + "/" + std::string(driver) + ".so";
    std::error_code fault;
    if (std::filesystem::exists(path, fault)) return path;
    looked_in += looked_in.empty() ? "in " : " nor in ";
    looked_in += folder;
  }
  return Error{"there is no " + std::string(driver) + ".so " + looked_in};
}

struct Required {
  const char* name;
  bool is_there;
};

// The name of a function that the table lacks.
const char* missing_function(const sqlbus_driver& table) {
  const Required functions[] = {
      {"connect", table.connect != nullptr},
      {"close", table.close != nullptr},
      {"dbtype", table.dbtype != nullptr},
      {"execute", table.execute != nullptr},
      {"begin", table.begin != nullptr},
      {"commit", table.commit != nullptr},
      {"rollback", table.rollback != nullptr},
      {"transaction", table.transaction != nullptr},
      {"savepoint", table.savepoint != nullptr},
      {"rollback_to_savepoint", table.rollback_to_savepoint != nullptr},
      {"reset", table.reset != nullptr},
      {"cancel", table.cancel != nullptr},
      {"ping", table.ping != nullptr},
  };
  for (const auto& function : functions) {
    if (!function.is_there) return function.name;
  }
  return nullptr;
}

// Only the version and the size may be read of a table whose version is another one.
Status check(const sqlbus_driver* table) {
  if (table == nullptr) {
    return Error{"it does not serve ABI version " + std::to_string(SQLBUS_DRIVER_ABI_VERSION) +
                 ", which this daemon has"};
  }
  if (table->abi_version != SQLBUS_DRIVER_ABI_VERSION) {
    return Error{"made for ABI version " + std::to_string(table->abi_version) +
                 ", this daemon has " + std::to_string(SQLBUS_DRIVER_ABI_VERSION)};
  }
  if (table->struct_size < kTableSizeMin) {
    return Error{"its table of functions has " + std::to_string(table->struct_size) +
                 " bytes, this daemon needs " + std::to_string(kTableSizeMin)};
  }
  if (table->name == nullptr || table->version == nullptr) return Error{"it has no name"};
  if (const char* missing = missing_function(*table)) {
    return Error{std::string("its function ") + missing + " is missing"};
  }
  return Done{};
}

Result<Driver> open(const std::string& path) {
  Library library(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!library) return Error{std::string("cannot be loaded: ") + dlerror()};
  const auto entry =
      reinterpret_cast<sqlbus_driver_entry_function>(dlsym(library.get(), SQLBUS_DRIVER_ENTRY));
  if (entry == nullptr) return Error{"not a SQLBUS driver: no symbol " SQLBUS_DRIVER_ENTRY};
  const sqlbus_driver* table = entry(SQLBUS_DRIVER_ABI_VERSION);
  if (auto status = check(table); !status) return std::move(status).error();
  static_cast<void>(library.release());  // never unloaded, see Driver
  return Driver{table, path};
}

}  // namespace

std::vector<std::string> driver_folders() {
  std::vector<std::string> folders;
  std::error_code fault;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", fault);
  if (!fault) folders.push_back((executable.parent_path() / "drivers").string());
  folders.emplace_back(SQLBUS_DRIVER_DIR);
  return folders;
}

Result<Driver> load_driver(std::string_view driver, std::span<const std::string> folders) {
  const auto context = "driver \"" + std::string(driver) + "\"";
  auto path = find(driver, folders);
  if (!path) return std::move(path).error().within(context);
  auto loaded = open(*path);
  if (!loaded) return std::move(loaded).error().within(context);
  return loaded;
}

}  // namespace sqlbus
