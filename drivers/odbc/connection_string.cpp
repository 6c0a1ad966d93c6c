#include "drivers/odbc/connection_string.hpp"

#include <algorithm>
#include <cctype>

namespace sqlbus::odbc {
namespace {

using driver::DriverError;

// A value in braces may hold anything but a brace that is not doubled. Not every driver knows
// braces, so a value goes without where it can.
std::string quoted(std::string_view value) {
  const bool is_plain = value.find_first_of(";{}[]()?*=!@, ") == std::string_view::npos;
  if (is_plain) return std::string(value);
  std::string text = "{";
  for (const char c : value) text += c == '}' ? "}}" : std::string(1, c);
  return text + "}";
}

void add(std::string& string, std::string_view keyword, std::string_view value) {
  if (value.empty()) return;
  if (!string.empty() && string.back() != ';') string += ';';
  string += keyword;
  string += '=';
  string += quoted(value);
}

bool has_keyword(std::string_view string, std::string_view keyword) {
  const auto found =
      std::search(string.begin(), string.end(), keyword.begin(), keyword.end(),
                  [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
  if (found == string.end()) return false;
  const auto at = found - string.begin();
  return (at == 0 || string[static_cast<std::size_t>(at) - 1] == ';') &&
         found + static_cast<std::ptrdiff_t>(keyword.size()) != string.end() &&
         *(found + static_cast<std::ptrdiff_t>(keyword.size())) == '=';
}

}  // namespace

std::string connection_string_of(const driver::Options& options) {
  std::string string(options.text("connection_string"));
  if (string.empty()) {
    const auto driver = options.text("odbc_driver");
    if (driver.empty()) {
      throw DriverError("08001", "neither option connection_string nor odbc_driver is set");
    }
    string = "DRIVER={" + std::string(driver) + "}";
    const auto server = options.text("server");
    // A path is that of a socket; PostgreSQL's driver takes its folder for the host.
    const bool is_socket = server.starts_with('/');
    add(string, "SERVER", server);
    if (is_socket) add(string, "SOCKET", server);
    add(string, "PORT", options.text("port"));
    add(string, "DATABASE", options.text("database"));
  }
  if (!has_keyword(string, "UID")) add(string, "UID", options.text("username"));
  if (!has_keyword(string, "PWD")) add(string, "PWD", options.text("password"));
  return string;
}

std::string with_keywords(std::string string, std::string_view keywords) {
  if (!string.empty() && string.back() != ';') string += ';';
  return string += keywords;
}

}  // namespace sqlbus::odbc
