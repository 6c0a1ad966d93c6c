#include "protocol/result_encoder.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "protocol/json_number.hpp"
#include "protocol/json_reader.hpp"
#include "protocol/json_writer.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kBracketBytes = 2;  // of RESULT itself

// A number that every JSON reader takes in without losing a digit.
bool is_safe_integer(std::string_view text) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 53;
  const auto value = to_int64(text);
  return value && *value >= -kLimit && *value <= kLimit && is_json_number(text);
}

// TYPED: the native JSON of a cell's text, or nothing where it has to stay a string.
std::optional<std::string_view> native_json(ColumnType type, std::string_view text) {
  switch (type) {
    case ColumnType::kBool:
      if (text == "true" || text == "1") return "true";
      if (text == "false" || text == "0") return "false";
      return std::nullopt;
    case ColumnType::kInt:
      if (is_safe_integer(text)) return text;
      return std::nullopt;
    case ColumnType::kFloat:
      if (is_json_number(text) && to_double(text)) return text;
      return std::nullopt;
    case ColumnType::kJson:
      if (is_json(text)) return text;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

void write_cell(JsonWriter& json, const Cell& cell, ColumnType type, bool typed) {
  std::array<char, 24> digits{};
  std::string_view text = cell.text;
  switch (cell.kind) {
    case Cell::Kind::kNull:
      json.null();
      return;
    case Cell::Kind::kBytes:
      json.base64(cell.text);
      return;
    case Cell::Kind::kBool:
      text = cell.integer != 0 ? "true" : "false";
      break;
    case Cell::Kind::kInteger: {
      char* const end =
          std::to_chars(digits.data(), digits.data() + digits.size(), cell.integer).ptr;
      text = std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
      break;
    }
    case Cell::Kind::kText:
      break;
  }
  const auto native = typed ? native_json(type, text) : std::nullopt;
  if (native) {
    json.raw(*native);
  } else {
    json.string(text);
  }
}

}  // namespace

ResultEncoder::ResultEncoder(Options options) : options_(options) {}

void ResultEncoder::begin(std::vector<Column> columns) {
  clear();
  columns_ = std::move(columns);
}

ResultEncoder::Verdict ResultEncoder::add_row(std::span<const Cell> cells) {
  if (is_truncated_ || is_too_large_) return Verdict::kEnough;
  if (options_.rows_max && rows_ >= *options_.rows_max) {
    is_truncated_ = true;
    return Verdict::kEnough;
  }
  const std::size_t size_before = rows_json_.size();
  JsonWriter json(rows_json_);
  json.open(JsonContainer::kArray);
  for (std::size_t i = 0; i < cells.size() && !is_too_large_; ++i) {
    const ColumnType type = i < columns_.size() ? columns_[i].type : ColumnType::kOther;
    // Looked at before it is written, so that one huge cell is not copied in vain.
    is_too_large_ = !has_room_for(cells[i].text.size());
    if (!is_too_large_) write_cell(json, cells[i], type, options_.typed);
  }
  json.close(JsonContainer::kArray);
  is_too_large_ = is_too_large_ || !has_room_for(0);
  if (is_too_large_) {
    rows_json_.resize(size_before);
    return Verdict::kEnough;
  }
  ++rows_;
  return Verdict::kMore;
}

void ResultEncoder::clear() {
  columns_.clear();
  rows_json_.clear();
  rows_ = 0;
  is_truncated_ = false;
  is_too_large_ = false;
}

std::string ResultEncoder::result_json() const { return "[" + rows_json_ + "]"; }

bool ResultEncoder::has_room_for(std::size_t bytes) const {
  const std::size_t used = rows_json_.size() + kBracketBytes;
  return used <= options_.bytes_max && bytes <= options_.bytes_max - used;
}

}  // namespace sqlbus
