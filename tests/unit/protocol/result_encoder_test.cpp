#include "protocol/result_encoder.hpp"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>

#include "protocol/base64.hpp"
#include "protocol/json_number.hpp"
#include "protocol/json_reader.hpp"
#include "vectors.hpp"

namespace sqlbus {
namespace {

using Verdict = ResultEncoder::Verdict;

Cell text_cell(std::string_view text) {
  return {.kind = Cell::Kind::kText, .integer = 0, .text = text};
}

// `storage` keeps the bytes that the cell borrows.
Cell cell_from(const rapidjson::Value& vector, std::string& storage) {
  const std::string kind = test::text_at(vector, "kind");
  storage = test::text_at(vector, "value");
  if (kind == "null") return {};
  if (kind == "bool")
    return {.kind = Cell::Kind::kBool, .integer = storage == "true" ? 1 : 0, .text = {}};
  if (kind == "integer") {
    return {.kind = Cell::Kind::kInteger, .integer = to_int64(storage).value(), .text = {}};
  }
  if (kind == "text") return text_cell(storage);
  if (kind != "bytes") throw std::runtime_error("no such kind of cell: " + kind);
  storage = base64_decode(storage).value();
  return {.kind = Cell::Kind::kBytes, .integer = 0, .text = storage};
}

std::string encoded(const Cell& cell, ColumnType type, bool typed) {
  ResultEncoder result({.typed = typed});
  result.begin({{"c", type}});
  CHECK(result.add_row({&cell, 1}) == Verdict::kMore);
  return result.result_json();
}

}  // namespace

TEST_CASE("the cells of the vectors are written as the protocol says, typed and not") {
  const auto vectors = test::load_vectors("values.json");
  for (const auto& vector : vectors["cells"].GetArray()) {
    std::string storage;
    const Cell cell = cell_from(vector, storage);
    const auto type = column_type_of(test::text_at(vector, "type"));
    REQUIRE(type.has_value());
    CAPTURE(test::text_at(vector, "type"));
    CAPTURE(test::text_at(vector, "kind"));
    CAPTURE(test::text_at(vector, "value"));
    CHECK(encoded(cell, *type, false) == "[[" + test::text_at(vector, "untyped") + "]]");
    CHECK(encoded(cell, *type, true) == "[[" + test::text_at(vector, "typed") + "]]");
  }
}

TEST_CASE("a json cell of 200,000 brackets is looked at without a crash") {
  const std::string open(200'000, '[');
  const std::string whole = open + std::string(200'000, ']');
  CHECK(encoded(text_cell(whole), ColumnType::kJson, true) == "[[" + whole + "]]");
  CHECK(encoded(text_cell(open), ColumnType::kJson, true) == "[[\"" + open + "\"]]");
}

TEST_CASE("rows stream into RESULT, a new result set begins anew") {
  ResultEncoder result({});
  CHECK(result.result_json() == "[]");
  result.begin({{"a", ColumnType::kText}, {"b", ColumnType::kText}});
  CHECK(result.result_json() == "[]");
  const std::array<Cell, 2> row = {text_cell("x"), Cell{}};
  CHECK(result.add_row(row) == Verdict::kMore);
  CHECK(result.add_row(row) == Verdict::kMore);
  CHECK(result.rows() == 2);
  CHECK(result.result_json() == R"([["x",null],["x",null]])");

  result.begin({{"c", ColumnType::kInt}});
  CHECK(result.rows() == 0);
  CHECK(result.columns().size() == 1);
  CHECK(result.result_json() == "[]");
  result.clear();
  CHECK(result.columns().empty());
}

TEST_CASE("MAX_ROWS cuts, and says so only where there was more") {
  ResultEncoder result({.typed = false, .rows_max = 2});
  result.begin({{"a", ColumnType::kText}});
  const Cell cell = text_cell("x");
  CHECK(result.add_row({&cell, 1}) == Verdict::kMore);
  CHECK(result.add_row({&cell, 1}) == Verdict::kMore);
  CHECK_FALSE(result.is_truncated());
  CHECK(result.add_row({&cell, 1}) == Verdict::kEnough);
  CHECK(result.is_truncated());
  CHECK_FALSE(result.is_too_large());
  CHECK(result.add_row({&cell, 1}) == Verdict::kEnough);
  CHECK(result.rows() == 2);
  CHECK(result.result_json() == R"([["x"],["x"]])");
}

TEST_CASE("RESULT never grows beyond its limit, and may just reach it") {
  const Cell cell = text_cell("x");
  for (std::size_t limit = 0; limit < 40; ++limit) {
    ResultEncoder result({.typed = false, .rows_max = {}, .bytes_max = limit});
    result.begin({{"a", ColumnType::kText}});
    while (result.add_row({&cell, 1}) == Verdict::kMore) {
    }
    CAPTURE(limit);
    CHECK(result.is_too_large());
    CHECK_FALSE(result.is_truncated());
    CHECK(is_json(result.result_json()));
    // [["x"],["x"]]: six bytes a row with its comma, and the two brackets but one comma.
    CHECK(result.rows() == static_cast<std::int64_t>(limit < 7 ? 0 : (limit - 1) / 6));
    CHECK((result.rows() == 0 || result.result_json().size() <= limit));
  }
}

TEST_CASE("a row that is too large leaves the ones before it whole") {
  ResultEncoder result({.typed = false, .rows_max = {}, .bytes_max = 100});
  result.begin({{"a", ColumnType::kText}, {"b", ColumnType::kText}});
  const std::string huge(1'000, 'x');
  const std::array<Cell, 2> good = {text_cell("1"), text_cell("2")};
  const std::array<Cell, 2> bad = {text_cell("3"), text_cell(huge)};
  CHECK(result.add_row(good) == Verdict::kMore);
  CHECK(result.add_row(bad) == Verdict::kEnough);
  CHECK(result.add_row(good) == Verdict::kEnough);
  CHECK(result.is_too_large());
  CHECK(result.rows() == 1);
  CHECK(result.result_json() == R"([["1","2"]])");
}

TEST_CASE("a row of no columns, and one of more cells than columns, are written") {
  ResultEncoder result({.typed = true});
  result.begin({});
  CHECK(result.add_row({}) == Verdict::kMore);
  const Cell cell = text_cell("1");
  CHECK(result.add_row({&cell, 1}) == Verdict::kMore);
  CHECK(result.result_json() == R"([[],["1"]])");
}

}  // namespace sqlbus
