// The form of a configuration file: sections of `key = value` lines.
//
// Comments (# or ;) stand on lines of their own: a value is taken whole, because a password may
// hold " ;" and "#". Names match without regard to case and '_'.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/faults.hpp"

namespace sqlbus {

struct IniEntry {
  std::string key;
  std::string value;  // trimmed
  std::size_t line = 0;
};

struct IniSection {
  std::string name;
  std::size_t line = 0;
  std::vector<IniEntry> entries;

  const IniEntry* find(std::string_view key) const;
  std::size_t line_of(std::string_view key) const;  // the section's own where the key is not there
};

struct IniFile {
  std::vector<IniSection> sections;

  const IniSection* find(std::string_view name) const;
};

// Reads on behind a fault, so that all of them are found. A repeated section is a fault, its
// entries join the first one's.
IniFile read_ini(std::string_view text, Faults& faults);

bool same_name(std::string_view a, std::string_view b);

std::string_view trim(std::string_view text);

}  // namespace sqlbus
