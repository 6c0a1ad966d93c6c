#include <algorithm>
#include <sstream>

#include "manual/pages.hpp"
#include "manual/roff.hpp"

namespace sqlbus::manual {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

std::string placed(const OptionEntry& entry) {
  const std::string name = entry.value + (entry.is_repeated ? "…" : "");
  return entry.is_required ? name : "[" + name + "]";
}

// "sqlbus dead ls [OPTIONS] [ID…]", one line for each command that has none below it.
void write_synopsis(Roff& roff, const CommandEntry& command, const std::string& above) {
  const std::string name = above + command.name;
  for (const auto& each : command.commands) write_synopsis(roff, each, name + " ");
  if (!command.commands.empty()) return;
  std::string rest = command.options.empty() ? "" : " [OPTIONS]";
  for (const auto& entry : command.positionals) rest += " " + placed(entry);
  roff.line(name, rest);
}

void write_options(Roff& roff, const CommandEntry& command) {
  for (const auto& entry : command.positionals) roff.item(entry.value, "", entry.help);
  for (const auto& entry : command.options) {
    std::string help = entry.help;
    if (!entry.fallback.empty()) help += " (default: " + entry.fallback + ")";
    roff.item(joined(entry.names), entry.value.empty() ? "" : " " + entry.value, help);
  }
}

void write_commands(Roff& roff, const CommandEntry& command, const std::string& above) {
  for (const auto& each : command.commands) {
    const std::string name = above + each.name;
    roff.subheading(name);
    roff.paragraph(each.help);
    write_options(roff, each);
    write_commands(roff, each, name + " ");
  }
}

// A footer is told once, however many commands have it, also behind what is their own.
void collect_footers(const CommandEntry& command, std::vector<std::string>& footers) {
  std::string footer = command.footer;
  if (!footers.empty() && footer.ends_with(footers.front())) {
    footer.resize(footer.size() - footers.front().size());
  }
  const bool is_told = std::find(footers.begin(), footers.end(), footer) != footers.end();
  if (!footer.empty() && !is_told) footers.push_back(footer);
  for (const auto& each : command.commands) collect_footers(each, footers);
}

void write_ending(Roff& roff, std::string_view ending) {
  std::istringstream lines{std::string(ending)};
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# ")) {
      section += line + "\n";
      continue;
    }
    roff.prose(section);
    section.clear();
    roff.heading(line.substr(2));
  }
  roff.prose(section);
}

}  // namespace

std::string command_page(const CommandEntry& command, const CommandProse& prose) {
  std::string name = command.name;
  std::replace(name.begin(), name.end(), ' ', '-');
  Roff roff(name, prose.section, "SQLBUS " SQLBUS_VERSION);
  roff.heading("NAME");
  roff.raw(Roff::escape(name) + " \\- " + Roff::escape(prose.summary));
  roff.heading("SYNOPSIS");
  write_synopsis(roff, command, "");
  roff.heading("DESCRIPTION");
  roff.prose(prose.description);
  roff.heading("OPTIONS");
  write_options(roff, command);
  if (!command.commands.empty()) {
    roff.heading("COMMANDS");
    write_commands(roff, command, "");
  }
  std::vector<std::string> footers;
  collect_footers(command, footers);
  if (!footers.empty()) roff.heading("NOTES");
  for (const auto& footer : footers) roff.prose(footer);
  write_ending(roff, prose.ending);
  return roff.text();
}

}  // namespace sqlbus::manual
