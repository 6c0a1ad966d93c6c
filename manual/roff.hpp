// A manual page in the language of man(7).
#pragma once

#include <string>
#include <string_view>

namespace sqlbus::manual {

class Roff {
 public:
  // "sqlbusd", 8, "SQLBUS 0.1.0": the page's name, its section, and what it is of.
  Roff(std::string_view name, int section, std::string_view source);

  void heading(std::string_view text);
  void subheading(std::string_view text);
  void paragraph(std::string_view text);
  // A paragraph that begins in bold.
  void line(std::string_view bold, std::string_view text);
  // What is explained, in bold up to `bold`'s end and in italics behind it, and its explanation.
  void item(std::string_view bold, std::string_view italic, std::string_view text);
  // Paragraphs with empty lines between; lines that begin with two blanks stay as they are.
  void prose(std::string_view text);
  void verbatim(std::string_view lines);
  // A line that has been made ready.
  void raw(std::string_view line);

  const std::string& text() const { return text_; }

  static std::string escape(std::string_view text);

 private:
  // Below a heading one begins by itself.
  void begin_paragraph(std::string_view macro);

  std::string text_;
  bool is_below_heading_ = false;
};

}  // namespace sqlbus::manual
