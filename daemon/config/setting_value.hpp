// The text of one value, read and shown as its row of the settings table says.
#pragma once

#include <string>
#include <string_view>

#include "daemon/config/settings_table.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

// Puts the value into its slot. The error is the end of a sentence that begins with the value
// ("is not within 1s to 10m") and never holds the value itself, which may be a secret.
Status set_value(const SettingRow& row, Slot slot, std::string_view text);

// As it would stand in the file.
std::string show_value(const SettingRow& row, const Slot& slot);

bool have_same_value(const Slot& left, const Slot& right);  // slots of one row
void copy_value(const Slot& from, const Slot& to);

// "duration, 1s to 10m"
std::string describe_type(const SettingRow& row);

}  // namespace sqlbus
