#include "client/command/load/csv_record.hpp"

#include <doctest/doctest.h>

using sqlbus::CsvField;
using sqlbus::find_csv_record;
using sqlbus::read_csv_record;

namespace {

using Fields = std::vector<CsvField>;

Fields fields_of(std::string_view record, char separator = ',') {
  Fields fields{"left", "from", "another", "record"};
  const auto read = read_csv_record(record, separator, fields);
  REQUIRE_MESSAGE(read.ok(), record);
  return fields;
}

std::string fault_of(std::string_view record) {
  Fields fields;
  const auto read = read_csv_record(record, ',', fields);
  REQUIRE_MESSAGE(!read.ok(), record);
  return read.error().message;
}

}  // namespace

TEST_CASE("fields stand between separators, quotes in quotes are two") {
  CHECK(fields_of("1,two words,3") == Fields{"1", "two words", "3"});
  CHECK(fields_of("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"") ==
        Fields{"a,b", "say \"hi\"", "two\nlines"});
  CHECK(fields_of("1;a,b", ';') == Fields{"1", "a,b"});
  CHECK(fields_of(" a , b ") == Fields{" a ", " b "});
}

TEST_CASE("an empty field is none, the empty text is in quotes") {
  CHECK(fields_of(",") == Fields{{}, {}});
  CHECK(fields_of("") == Fields{CsvField{}});
  CHECK(fields_of("a,,\"\",") == Fields{"a", {}, "", {}});
}

TEST_CASE("what is no CSV is told with its field") {
  CHECK(fault_of("a,b\"c") == "field 2: a quote in a field that does not begin with one");
  CHECK(fault_of("\"a\"b,c") == "field 1: there is text behind the closing quotes");
  CHECK(fault_of("a,\"b") == "field 2: the quotes are not closed");
}

TEST_CASE("a record ends with its line, but not within quotes") {
  const auto plain = find_csv_record("a,b\r\nc,d\n", false);
  REQUIRE(plain);
  CHECK(plain->text == "a,b");
  CHECK(plain->bytes == 5);
  CHECK(plain->lines == 1);
  const auto quoted = find_csv_record("a,\"b\n\"\"c\n\"\"\",d\nnext\n", false);
  REQUIRE(quoted);
  CHECK(quoted->text == "a,\"b\n\"\"c\n\"\"\",d");
  CHECK(quoted->lines == 3);
  const auto lone = find_csv_record("\"x\"\n", false);
  REQUIRE(lone);
  CHECK(lone->text == "\"x\"");
}

TEST_CASE("a record without its end is none until nothing more can come") {
  CHECK_FALSE(find_csv_record("a,b", false));
  CHECK_FALSE(find_csv_record("a,\"b\n", false));
  CHECK_FALSE(find_csv_record("", true));
  const auto last = find_csv_record("a,b", true);
  REQUIRE(last);
  CHECK(last->text == "a,b");
  CHECK(last->bytes == 3);
  CHECK(last->lines == 0);
}
