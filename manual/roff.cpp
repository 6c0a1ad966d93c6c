#include "manual/roff.hpp"

#include <sstream>

namespace sqlbus::manual {

Roff::Roff(std::string_view name, int section, std::string_view source) {
  text_ = ".\\\" Made by sqlbus-manual from the program's own tables.\n.TH \"" + escape(name) +
          "\" " + std::to_string(section) + " \"\" \"" + escape(source) +
          "\" \"SQLBUS\"\n.nh\n.ad l\n";
}

void Roff::heading(std::string_view text) {
  raw(".SH \"" + escape(text) + "\"");
  is_below_heading_ = true;
}

void Roff::subheading(std::string_view text) {
  raw(".SS \"" + escape(text) + "\"");
  is_below_heading_ = true;
}

void Roff::begin_paragraph(std::string_view macro) {
  if (!is_below_heading_) raw(macro);
}

void Roff::paragraph(std::string_view text) {
  begin_paragraph(".PP");
  raw(escape(text));
}

void Roff::line(std::string_view bold, std::string_view text) {
  begin_paragraph(".PP");
  raw("\\fB" + escape(bold) + "\\fR" + escape(text));
}

void Roff::item(std::string_view bold, std::string_view italic, std::string_view text) {
  raw(".TP");
  raw("\\fB" + escape(bold) + "\\fR" + (italic.empty() ? "" : "\\fI" + escape(italic) + "\\fR"));
  raw(escape(text));
}

void Roff::prose(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string paragraph_lines;
  std::string kept;
  const auto flush = [&] {
    if (!paragraph_lines.empty()) paragraph(paragraph_lines);
    if (!kept.empty()) verbatim(kept);
    paragraph_lines.clear();
    kept.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    const bool is_kept = line.starts_with("  ");
    if (line.empty() || (is_kept ? !paragraph_lines.empty() : !kept.empty())) flush();
    if (is_kept) {
      kept += line.substr(2) + "\n";
    } else if (!line.empty()) {
      paragraph_lines += (paragraph_lines.empty() ? "" : " ") + line;
    }
  }
  flush();
}

void Roff::verbatim(std::string_view lines) {
  begin_paragraph(".sp");
  raw(".RS 4");
  raw(".nf");
  std::istringstream each{std::string(lines)};
  for (std::string line; std::getline(each, line);) raw(escape(line));
  raw(".fi");
  raw(".RE");
}

void Roff::raw(std::string_view line) {
  text_ += line;
  text_ += '\n';
  is_below_heading_ = false;
}

std::string Roff::escape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_line = i == 0 || text[i - 1] == '\n';
    if (begins_line && (text[i] == '.' || text[i] == '\'')) out += "\\&";
    switch (text[i]) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      default:
        out += text[i];
    }
  }
  return out;
}

}  // namespace sqlbus::manual
