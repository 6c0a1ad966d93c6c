#include "daemon/config/setting_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <type_traits>

#include "daemon/config/escape.hpp"
#include "daemon/config/ini_file.hpp"
#include "daemon/config/time_of_day.hpp"
#include "protocol/keys.hpp"

namespace sqlbus {
namespace {

using Level = LogSettings::Level;
using Format = LogSettings::Format;
using Target = DatabaseSettings::Target;

constexpr std::size_t kNamesMax = 64;

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::array<Unit, 5> kDurationUnits{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 3> kSizeUnits{{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};
// What the old program wrote behind a size.
constexpr std::array<Unit, 7> kOldSizeUnits{{{"b", 1},
                                             {"k", 1 << 10},
                                             {"kb", 1 << 10},
                                             {"m", 1 << 20},
                                             {"mb", 1 << 20},
                                             {"g", 1 << 30},
                                             {"gb", 1 << 30}}};

bool is_duration(const SettingRow& row) { return row.type == SettingType::kDuration; }

std::span<const Unit> units_of(const SettingRow& row) {
  return is_duration(row) ? std::span<const Unit>(kDurationUnits)
                          : std::span<const Unit>(kSizeUnits);
}

std::string show_scaled(std::span<const Unit> units, std::int64_t value) {
  if (value == 0) return "0" + std::string(units[1].name);
  const auto unit = std::find_if(units.rbegin(), units.rend(), [value](const Unit& candidate) {
    return value % candidate.factor == 0;
  });
  if (unit == units.rend()) return std::to_string(value);
  return std::to_string(value / unit->factor) + std::string(unit->name);
}

std::string show_number(const SettingRow& row, std::int64_t value) {
  if (row.type == SettingType::kCount) return std::to_string(value);
  return show_scaled(units_of(row), value);
}

std::string show_range(const SettingRow& row) {
  return show_number(row, row.range.min) + " to " + show_number(row, row.range.max);
}

Status fail(std::string message) { return Error{std::move(message)}; }

// The table pairs types and slots; a test walks through all rows.
Status put_number(Slot slot, std::int64_t value) {
  std::visit(
      [value](auto* member) {
        using Member = std::remove_pointer_t<decltype(member)>;
        if constexpr (std::is_same_v<Member, milliseconds>) {
          *member = milliseconds(value);
        } else if constexpr (std::is_integral_v<Member> && !std::is_same_v<Member, bool>) {
          *member = static_cast<Member>(value);
        }
      },
      slot);
  return Done{};
}

Status set_count(const SettingRow& row, Slot slot, std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < row.range.min ||
      value > row.range.max) {
    return fail("is not a whole number from " + show_range(row));
  }
  return put_number(slot, value);
}

std::optional<std::int64_t> find_factor(const SettingRow& row, std::string_view name) {
  if (name.empty() && row.is_old) return is_duration(row) ? 1000 : 1;
  for (const Unit& unit : units_of(row)) {
    if (same_name(unit.name, name)) return unit.factor;
  }
  if (!row.is_old || is_duration(row)) return std::nullopt;
  for (const Unit& unit : kOldSizeUnits) {
    if (same_name(unit.name, name)) return unit.factor;
  }
  return std::nullopt;
}

// A number, which may be a fraction, and its unit.
Status set_scaled(const SettingRow& row, Slot slot, std::string_view text) {
  const std::string_view units = is_duration(row) ? "ms, s, m, h or d" : "KiB, MiB or GiB";
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + digits, number, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + digits) {
    return fail("is not a number with its unit: " + std::string(units));
  }
  const std::string_view name = trim(text.substr(digits));
  const auto factor = find_factor(row, name);
  if (!factor) {
    return fail((name.empty() ? "lacks its unit: " : "has none of the units ") +
                std::string(units));
  }
  if (name.empty() && number == 0) return Done{};  // the old program's way to say "not set"
  const double value = std::round(number * static_cast<double>(*factor));
  if (value < static_cast<double>(row.range.min) || value > static_cast<double>(row.range.max)) {
    return fail("is not within " + show_range(row));
  }
  return put_number(slot, static_cast<std::int64_t>(value));
}

Status set_text(const SettingRow& row, Slot slot, std::string_view text) {
  if (text.size() > static_cast<std::size_t>(row.range.max)) {
    return fail("is longer than " + std::to_string(row.range.max) + " bytes");
  }
  *std::get<std::string*>(slot) = text;
  return Done{};
}

Status set_time_of_day(const SettingRow& row, Slot slot, std::string_view text) {
  if (text.empty() || parse_time_of_day(text)) return set_text(row, slot, text);
  return fail("is not a time of day: 23:59:59 or 23:59");
}

Status set_names(Slot slot, std::string_view text) {
  std::vector<std::string> names;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view name = trim(text.substr(0, comma));
    if (!keys::is_queue_name(name) || name.find_first_of(" \t") != std::string_view::npos) {
      return fail("is not a list of names, separated by commas, without blanks, { and }");
    }
    for (const std::string& other : names) {
      if (other == name) return fail("names " + quote(name) + " twice");
    }
    names.emplace_back(name);
    if (comma == text.size()) break;
    text.remove_prefix(comma + 1);
  }
  if (names.size() > kNamesMax)
    return fail("has more than " + std::to_string(kNamesMax) + " names");
  *std::get<std::vector<std::string>*>(slot) = std::move(names);
  return Done{};
}

Status set_switch(Slot slot, std::string_view text) {
  for (const bool value : {true, false}) {
    for (const std::string_view name :
         value ? std::array{"on", "yes", "true", "1"} : std::array{"off", "no", "false", "0"}) {
      if (!same_name(name, text)) continue;
      *std::get<bool*>(slot) = value;
      return Done{};
    }
  }
  return fail("is neither on nor off");
}

Status set_level(Slot slot, std::string_view text) {
  if (same_name(text, "warn")) text = to_string(Level::kWarning);
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (!same_name(to_string(level), text)) continue;
    *std::get<Level*>(slot) = level;
    return Done{};
  }
  return fail("is not one of debug, info, warning and error");
}

Status set_format(Slot slot, std::string_view text) {
  for (const Format format : {Format::kText, Format::kJson}) {
    if (!same_name(to_string(format), text)) continue;
    *std::get<Format*>(slot) = format;
    return Done{};
  }
  return fail("is neither text nor json");
}

Status set_target(Slot slot, std::string_view text) {
  for (const Target target : {Target::kAny, Target::kPrimary}) {
    if (!same_name(to_string(target), text)) continue;
    *std::get<Target*>(slot) = target;
    return Done{};
  }
  return fail("is neither any nor primary");
}

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

Status set_value(const SettingRow& row, Slot slot, std::string_view text) {
  switch (row.type) {
    case SettingType::kText:
      return set_text(row, slot, text);
    case SettingType::kNames:
      return set_names(slot, text);
    case SettingType::kSwitch:
      return set_switch(slot, text);
    case SettingType::kCount:
      return set_count(row, slot, text);
    case SettingType::kSize:
    case SettingType::kDuration:
      return set_scaled(row, slot, text);
    case SettingType::kTimeOfDay:
      return set_time_of_day(row, slot, text);
    case SettingType::kLevel:
      return set_level(slot, text);
    case SettingType::kFormat:
      return set_format(slot, text);
    case SettingType::kTarget:
      break;
  }
  return set_target(slot, text);
}

std::string show_value(const SettingRow& row, const Slot& slot) {
  return std::visit(
      [&row](const auto* member) -> std::string {
        using Member = std::remove_cv_t<std::remove_pointer_t<decltype(member)>>;
        if constexpr (std::is_same_v<Member, std::string>) {
          return *member;
        } else if constexpr (std::is_same_v<Member, std::vector<std::string>>) {
          return join(*member);
        } else if constexpr (std::is_same_v<Member, bool>) {
          return *member ? "on" : "off";
        } else if constexpr (std::is_same_v<Member, milliseconds>) {
          return show_number(row, member->count());
        } else if constexpr (std::is_enum_v<Member>) {
          return std::string(to_string(*member));
        } else {
          return show_number(row, static_cast<std::int64_t>(*member));
        }
      },
      slot);
}

bool have_same_value(const Slot& left, const Slot& right) {
  return std::visit(
      [&right](auto* member) { return *member == *std::get<decltype(member)>(right); }, left);
}

void copy_value(const Slot& from, const Slot& to) {
  std::visit([&to](auto* member) { *std::get<decltype(member)>(to) = *member; }, from);
}

std::string describe_type(const SettingRow& row) {
  switch (row.type) {
    case SettingType::kText:
      return "text";
    case SettingType::kNames:
      return "names, separated by commas";
    case SettingType::kSwitch:
      return "on or off";
    case SettingType::kCount:
      return "number, " + show_range(row);
    case SettingType::kSize:
      return "size, " + show_range(row);
    case SettingType::kDuration:
      return "duration, " + show_range(row);
    case SettingType::kTimeOfDay:
      return "time of day";
    case SettingType::kLevel:
      return "debug, info, warning or error";
    case SettingType::kFormat:
      return "text or json";
    case SettingType::kTarget:
      break;
  }
  return "any or primary";
}

}  // namespace sqlbus
