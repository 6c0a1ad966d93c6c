#include "drivers/postgres/insert_text.hpp"

#include <charconv>

#include "drivers/postgres/sql_scanner.hpp"

namespace sqlbus::postgres {
namespace {

using Kind = InsertElement::Kind;

bool is_zero(std::string_view number) { return number.find_first_of("123456789") == number.npos; }

// The constant that the server's parser makes of it; minus nothing would be another zero for it.
bool read_number(std::string_view text, InsertElement& element) {
  if (text.starts_with('-') && is_zero(text)) return false;
  const bool is_integer = text.find_first_of(".eE") == text.npos;
  element.kind = is_integer ? Kind::kInteger : Kind::kDecimal;
  element.value = {SQLBUS_VALUE_NUMBER, 0, driver::text_of(text)};
  if (!is_integer) return true;
  std::int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{}) {
    element.value = {SQLBUS_VALUE_INTEGER, value, {}};
  }
  return true;
}

// target and (columns), up to VALUES.
bool read_head(SqlScanner& scanner, InsertText& insert) {
  const auto blanks = [&] { return scanner.skip_blanks(); };
  if (!blanks() || !scanner.take_word("insert") || !blanks() || !scanner.take_word("into") ||
      !blanks()) {
    return false;
  }
  const auto target = scanner.at();
  do {
    if (!scanner.take_name()) return false;
  } while (scanner.take('.'));
  insert.target = scanner.text(target, scanner.at());
  if (!blanks()) return false;
  const auto columns = scanner.at();
  if (scanner.take('(')) {
    do {
      if (!blanks() || !scanner.take_name() || !blanks()) return false;
    } while (scanner.take(','));
    if (!scanner.take(')')) return false;
    insert.columns = scanner.text(columns, scanner.at());
  }
  return blanks() && scanner.take_word("values") && blanks();
}

bool read_element(SqlScanner& scanner, std::deque<std::string>& unescaped, InsertElement& element) {
  if (scanner.take_word("null")) {
    element.kind = Kind::kNull;
    return true;
  }
  const bool is_true = scanner.take_word("true");
  if (is_true || scanner.take_word("false")) {
    element.kind = Kind::kBool;
    element.value = {SQLBUS_VALUE_BOOL, is_true ? 1 : 0, {}};
    return true;
  }
  const char c = scanner.peek();
  if (c == '-' || c == '.' || (c >= '0' && c <= '9')) {
    const auto number = scanner.take_number();
    return number && read_number(*number, element);
  }
  auto after_dollar = scanner;
  if (const auto number = after_dollar.take_placeholder(); number > 0) {
    scanner = after_dollar;
    element.kind = Kind::kPlaceholder;
    element.number = number;
    return true;
  }
  const auto text = scanner.take_string(unescaped);
  if (!text) return false;
  element.kind = Kind::kString;
  element.value = {SQLBUS_VALUE_TEXT, 0, driver::text_of(*text)};
  return true;
}

}  // namespace

std::optional<InsertText> parse_insert(std::string_view sql, std::deque<std::string>& unescaped) {
  SqlScanner scanner(sql);
  InsertText insert;
  if (!read_head(scanner, insert) || !scanner.take('(')) return std::nullopt;
  do {
    InsertElement element;
    if (!scanner.skip_blanks() || !read_element(scanner, unescaped, element)) return std::nullopt;
    insert.elements.push_back(element);
    // What follows a string in the next line would belong to it.
    if (!scanner.skip_blanks()) return std::nullopt;
  } while (scanner.take(','));
  if (!scanner.take(')') || !scanner.skip_blanks()) return std::nullopt;
  scanner.take(';');
  if (!scanner.skip_blanks() || !scanner.is_at_end()) return std::nullopt;
  return insert;
}

}  // namespace sqlbus::postgres
