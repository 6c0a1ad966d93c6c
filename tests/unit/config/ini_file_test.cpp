#include "daemon/config/ini_file.hpp"

#include <doctest/doctest.h>

namespace sqlbus {
namespace {

using namespace std::string_literals;

std::string ini_faults_of(std::string_view text) {
  Faults faults("f.ini");
  read_ini(text, faults);
  return faults.empty() ? "" : faults.to_error().message;
}

IniFile read_fine(std::string_view text) {
  Faults faults("f.ini");
  IniFile file = read_ini(text, faults);
  CHECK(faults.empty());
  return file;
}

TEST_CASE("sections, keys and values are read with their lines") {
  const IniFile file = read_fine("# first\n\n[a]\nk = v\n  indented=1\n; note\n[ b c ]\nx=\n");
  REQUIRE(file.sections.size() == 2);
  CHECK(file.sections[0].name == "a");
  CHECK(file.sections[0].line == 3);
  REQUIRE(file.sections[0].entries.size() == 2);
  CHECK(file.sections[0].entries[0].key == "k");
  CHECK(file.sections[0].entries[0].value == "v");
  CHECK(file.sections[0].entries[0].line == 4);
  CHECK(file.sections[0].entries[1].key == "indented");
  CHECK(file.sections[1].name == "b c");
  CHECK(file.sections[1].entries[0].value.empty());
}

TEST_CASE("a value is taken whole") {
  struct Case {
    std::string line;
    std::string value;
  };
  const Case cases[] = {
      {"k = a ; b", "a ; b"},
      {"k = a # b", "a # b"},
      {"k = #1", "#1"},
      {"k = ;x", ";x"},
      {"k = \"quoted\"", "\"quoted\""},
      {"k == =", "= ="},
      {"k = [x]", "[x]"},
      {"k =\t blanks \t ", "blanks"},
      {"k = a\\", "a\\"},
      {"k = \xE4\xB8\xAD", "\xE4\xB8\xAD"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.line);
    const IniFile file = read_fine("[s]\n" + each.line);
    CHECK(file.sections.at(0).entries.at(0).value == each.value);
  }
  const std::string long_value(1'000'000, 'x');
  CHECK(read_fine("[s]\nk=" + long_value + "\n").sections.at(0).entries.at(0).value == long_value);
}

TEST_CASE("files from Windows are read: byte order mark and CRLF") {
  const IniFile file = read_fine("\xEF\xBB\xBF[a]\r\nk = v\r\n");
  CHECK(file.find("a") != nullptr);
  CHECK(file.sections.at(0).entries.at(0).value == "v");
}

TEST_CASE("names match without regard to case and underscores") {
  CHECK(same_name("ConnectTimeout", "connect_timeout"));
  CHECK(same_name("UNIX_SOCKET", "unixsocket"));
  CHECK_FALSE(same_name("port", "ports"));
  const IniFile file = read_fine("[MyData]\nUser_Name = u\n");
  REQUIRE(file.find("my_data") != nullptr);
  CHECK(file.find("my_data")->find("username")->value == "u");
  CHECK(file.find("my_data")->line_of("username") == 2);
  CHECK(file.find("my_data")->line_of("other") == 1);
  CHECK(file.find("other") == nullptr);
}

TEST_CASE("what is not in the form of an ini file is a fault with its line") {
  struct Case {
    std::string text;
    std::string faults;
  };
  const Case cases[] = {
      {"k = v\n", "f.ini:1: 'k' is in no section"},
      {"[a]\nhello\n", "f.ini:2: neither [section] nor key = value"},
      {"[a]\n= v\n", "f.ini:2: no key before '='"},
      {"[a\n", "f.ini:1: a section is written [name], alone on its line"},
      {"[a] # note\n", "f.ini:1: a section is written [name], alone on its line"},
      {"[]\n", "f.ini:1: a section's name has 1 to 128 bytes and no bracket or control character"},
      {"[a\x1b]\n",
       "f.ini:1: a section's name has 1 to 128 bytes and no bracket or control character"},
      {"[" + std::string(129, 'a') + "]\n",
       "f.ini:1: a section's name has 1 to 128 bytes and no bracket or control character"},
      {"[a]\nk=1\nK_=2\n", "f.ini:3: [a] 'K_' is given twice"},
      {"[a]\n[b]\n[A]\n", "f.ini:3: section 'A' is already there in line 1"},
      {"[a]\nk=1\0002\n"s, "f.ini:2: a NUL character"},
      {"# \0\n"s, "f.ini:1: a NUL character"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.text);
    CHECK(ini_faults_of(each.text) == each.faults);
  }
}

TEST_CASE("reading goes on behind a fault") {
  CHECK(ini_faults_of("x=1\n[a\ny=1\n[b]\nz\n[b]\nk=1\nk=2\n") ==
        "f.ini:1: 'x' is in no section\n"
        "f.ini:2: a section is written [name], alone on its line\n"
        "f.ini:5: neither [section] nor key = value\n"
        "f.ini:6: section 'b' is already there in line 4\n"
        "f.ini:8: [b] 'k' is given twice");
}

TEST_CASE("a line that is no entry is not repeated in its fault: it may be a piece of a password") {
  CHECK(ini_faults_of("[a]\nhunter2\n").find("hunter2") == std::string::npos);
}

}  // namespace
}  // namespace sqlbus
