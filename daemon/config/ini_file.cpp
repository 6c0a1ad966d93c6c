#include "daemon/config/ini_file.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "daemon/config/escape.hpp"

namespace sqlbus {
namespace {

// Takes the next character that counts: in lower case, '_' passed over. kEnd where none is left.
constexpr int kEnd = -1;
int take_character(std::string_view& name) {
  while (name.starts_with('_')) name.remove_prefix(1);
  if (name.empty()) return kEnd;
  const char c = name.front();
  name.remove_prefix(1);
  return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : static_cast<unsigned char>(c);
}

std::string folded(std::string_view name) {
  std::string out;
  for (int c = take_character(name); c != kEnd; c = take_character(name)) {
    out += static_cast<char>(c);
  }
  return out;
}

// The name of a database becomes part of names of keys and of every fault in its section.
bool is_section_name(std::string_view name) {
  constexpr std::size_t kBytesMax = 128;
  const auto is_refused = [](char c) {
    return c == '[' || c == ']' || c == '\x7f' || (c >= '\0' && c < ' ');
  };
  return !name.empty() && name.size() <= kBytesMax &&
         std::none_of(name.begin(), name.end(), is_refused);
}

class IniReader {
 public:
  explicit IniReader(Faults& faults) : faults_(faults) {}

  IniFile read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      read_line(trim(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(file_);
  }

 private:
  void read_line(std::string_view line) {
    if (line.find('\0') != std::string_view::npos) return faults_.add(line_, "a NUL character");
    if (line.empty() || line.front() == '#' || line.front() == ';') return;
    if (line.front() == '[') return read_header(line);
    read_entry(line);
  }

  void read_header(std::string_view line) {
    state_ = State::kSkipping;  // until the header turns out to be good
    if (line.back() != ']') {
      return faults_.add(line_, "a section is written [name], alone on its line");
    }
    const std::string_view name = trim(line.substr(1, line.size() - 2));
    if (!is_section_name(name)) {
      return faults_.add(line_,
                         "a section's name has 1 to 128 bytes and no bracket or control "
                         "character");
    }
    state_ = State::kInSection;
    const auto [found, is_new] = sections_.try_emplace(folded(name), file_.sections.size());
    current_ = found->second;
    if (is_new) {
      file_.sections.push_back({std::string(name), line_, {}});
      return;
    }
    faults_.add(line_, "section " + quote(name) + " is already there in line " +
                           std::to_string(file_.sections[current_].line));
  }

  // The line itself is not told: what looks like no entry may be a piece of a password.
  void read_entry(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      return faults_.add(line_, "neither [section] nor key = value");
    }
    const std::string_view key = trim(line.substr(0, equals));
    if (key.empty()) return faults_.add(line_, "no key before '='");
    if (state_ == State::kOutside) return faults_.add(line_, quote(key) + " is in no section");
    if (state_ == State::kSkipping) return;
    if (!keys_.emplace(current_, folded(key)).second) {
      return faults_.add(
          line_, "[" + file_.sections[current_].name + "] " + quote(key) + " is given twice");
    }
    const std::string_view value = trim(line.substr(equals + 1));
    file_.sections[current_].entries.push_back({std::string(key), std::string(value), line_});
  }

  enum class State { kOutside, kInSection, kSkipping };

  Faults& faults_;
  IniFile file_;
  std::size_t line_ = 0;
  State state_ = State::kOutside;
  std::size_t current_ = 0;                             // index into file_.sections
  std::map<std::string, std::size_t> sections_;         // folded name → index
  std::set<std::pair<std::size_t, std::string>> keys_;  // section's index, folded key
};

}  // namespace

const IniEntry* IniSection::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const IniEntry& each) { return same_name(each.key, key); });
  return found == entries.end() ? nullptr : &*found;
}

std::size_t IniSection::line_of(std::string_view key) const {
  const IniEntry* entry = find(key);
  return entry != nullptr ? entry->line : line;
}

const IniSection* IniFile::find(std::string_view name) const {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const IniSection& each) {
    return same_name(each.name, name);
  });
  return found == sections.end() ? nullptr : &*found;
}

IniFile read_ini(std::string_view text, Faults& faults) { return IniReader(faults).read(text); }

bool same_name(std::string_view a, std::string_view b) {
  int of_a = 0;
  do {
    of_a = take_character(a);
    if (of_a != take_character(b)) return false;
  } while (of_a != kEnd);
  return true;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace sqlbus
