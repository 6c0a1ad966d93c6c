#include <algorithm>
#include <string>

#include "daemon/config/help_config.hpp"
#include "daemon/config/settings_table.hpp"
#include "manual/pages.hpp"
#include "manual/roff.hpp"

namespace sqlbus::manual {
namespace {

constexpr std::string_view kFormat =
    R"(Sections and keys match without regard to case and '_'. A key or section that is not listed here,
or given twice, is a fault, and sqlbusd does not start with it. An empty value leaves the default.

Comments stand on lines of their own, behind # or ;. A value is taken whole, to the end of its
line without the blanks around it: quotes, # and ; belong to it.

${NAME} is replaced by the environment variable NAME; $${ stands for ${ itself. Durations are
written with ms, s, m, h or d, sizes with KiB, MiB or GiB: 1.5s, 64MiB. Keys of the old program also
take a bare number, in seconds or bytes; its 0 leaves the default.

SIGHUP (systemctl reload sqlbusd) takes a changed file over while requests run. What is fixed at
start keeps its value until a restart, and the log says so. A file with a fault is refused whole.)";

constexpr std::string_view kPasswords =
    R"(A password need not stand in the file: password_file names one that holds it on its only line. A
relative name starts from the folder of the configuration. LoadCredential= in the unit (systemctl
edit sqlbusd) gives the service such a file, which nobody else can read and which goes when it ends:

  [Service]
  LoadCredential=redis.password:/etc/sqlbus/redis.password

and in this file:

  password_file = ${CREDENTIALS_DIRECTORY}/redis.password

Whoever else reads the configuration, sqlbusd --check-config or the command sqlbus, is told the
folder of the passwords in its environment: CREDENTIALS_DIRECTORY=/etc/sqlbus.
)";

constexpr std::string_view kExample =
    R"(  [default]
  database = orders
  [redis]
  host = 127.0.0.1
  [orders]
  driver = sqlite
  database = /var/lib/sqlbus/orders.db)";

std::string remarks_of(const SettingRow& row, const SettingHelp& help) {
  std::string text = help.remarks;
  if (!row.fixed_because.empty()) text += ": " + std::string(row.fixed_because);
  if (!row.alias.empty()) text += "; also " + std::string(row.alias);
  return text;
}

std::string default_of(const SettingHelp& help) {
  if (help.value.empty()) return "";
  return (help.is_example ? "example: " : "default: ") + help.value;
}

// What stands in a cell must neither end it nor be taken for markup.
std::string cell(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '|' || letter == '*' || letter == '_' || letter == '<') out += '\\';
    out += letter;
  }
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? "" : "`" + std::string(text) + "`";
}

std::string title_of(const SectionHelp& section) {
  return section.kind == SectionKind::kDatabase ? "A database"
                                                : "[" + std::string(section.header) + "]";
}

// Lines that begin with two blanks are an example.
std::string markdown(std::string_view prose) {
  std::string out;
  bool is_example = false;
  while (!prose.empty()) {
    const std::size_t end = std::min(prose.find('\n'), prose.size());
    const auto line = prose.substr(0, end);
    prose.remove_prefix(std::min(end + 1, prose.size()));
    if (line.starts_with("  ") != is_example) out += is_example ? "```\n" : "```ini\n";
    is_example = line.starts_with("  ");
    out += line.substr(is_example ? 2 : 0);
    out += '\n';
  }
  return out + (is_example ? "```\n" : "");
}

}  // namespace

std::string settings_page() {
  Roff roff("sqlbus.ini", 5, "SQLBUS " SQLBUS_VERSION);
  roff.heading("NAME");
  roff.raw("sqlbus.ini \\- the configuration of sqlbusd");
  roff.heading("DESCRIPTION");
  roff.prose("sqlbusd(8) reads /etc/sqlbus.ini, or the file that --config names.");
  roff.prose(kFormat);
  for (const SectionHelp& section : section_helps()) {
    roff.heading(title_of(section));
    roff.paragraph(section.help);
    for (const SettingRow& row : settings_table()) {
      if (row.section != section.kind) continue;
      const SettingHelp help = help_of(row);
      roff.item(row.key, "", row.help);
      roff.raw(".br");
      const std::string fallback = default_of(help);
      roff.raw(Roff::escape("(" + remarks_of(row, help) +
                            (fallback.empty() ? "" : "; " + fallback) + ")"));
    }
  }
  roff.heading("PASSWORDS");
  roff.prose(kPasswords);
  roff.heading("EXAMPLE");
  roff.prose(kExample);
  roff.heading("SEE ALSO");
  roff.paragraph("sqlbusd(8), sqlbus(1), systemd.exec(5)");
  return roff.text();
}

std::string settings_markdown() {
  std::string out =
      "# Configuration\n\n"
      "<!-- Made from the program's table of settings: ./dev manual -->\n\n"
      "`sqlbusd` reads `/etc/sqlbus.ini`, or the file that `--config` names. The same is said by\n"
      "`sqlbusd --help-config` and `man sqlbus.ini`.\n\n" +
      markdown(kFormat) + "\nThe smallest file that works:\n\n" + markdown(kExample);
  for (const SectionHelp& section : section_helps()) {
    out += "\n## " + title_of(section) + "\n\n" + std::string(section.help) +
           "\n\n| key | default | value | |\n| --- | --- | --- | --- |\n";
    for (const SettingRow& row : settings_table()) {
      if (row.section != section.kind) continue;
      const SettingHelp help = help_of(row);
      out += "| " + code(row.key) + " | " + (help.is_example ? "" : code(help.value)) + " | " +
             cell(remarks_of(row, help)) + (help.is_example ? "; like " + code(help.value) : "") +
             " | " + cell(row.help) + " |\n";
    }
  }
  return out + "\n## Passwords\n\n" + markdown(kPasswords);
}

}  // namespace sqlbus::manual
