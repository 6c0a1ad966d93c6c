#include "daemon/config/fingerprint.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace sqlbus {
namespace {

// With its length in front, so that no two lists of parts read the same.
void append_part(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

// Of a connection string: passwords may differ, and are nobody's business.
std::string without_password(std::string string) {
  const auto is_same = [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == b;
  };
  for (const std::string_view keyword : {"PWD=", "PASSWORD="}) {
    const auto found =
        std::search(string.begin(), string.end(), keyword.begin(), keyword.end(), is_same);
    if (found != string.end()) string.erase(found, std::find(found, string.end(), ';'));
  }
  return string;
}

std::string describe(const DatabaseSettings& database) {
  std::string out;
  for (const std::string_view part :
       {database.name, database.driver, database.server, database.port, database.database}) {
    append_part(out, part);
  }
  if (database.driver == "odbc") {
    append_part(out, database.odbc_driver);
    append_part(out, without_password(database.connection_string));
  }
  return out;
}

}  // namespace

std::string fingerprint_of(const Settings& settings) {
  std::vector<std::string> databases;
  for (const DatabaseSettings& database : settings.databases) {
    if (!database.is_removed) databases.push_back(describe(database));
  }
  std::sort(databases.begin(), databases.end());
  std::string text;
  append_part(text, settings.default_database);
  for (const std::string& database : databases) append_part(text, database);

  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  std::array<char, 2 * crypto_generichash_BYTES_MIN + 1> hex{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  return sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
}

}  // namespace sqlbus
