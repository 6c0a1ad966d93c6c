#include <array>
#include <limits>
#include <span>
#include <utility>

#include "protocol/json_number.hpp"
#include "protocol/json_reader.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/member_names.hpp"
#include "protocol/response_codec.hpp"

namespace sqlbus {
namespace {

using Kind = JsonScalar::Kind;

bool read_to(std::string& target, const JsonScalar& scalar) {
  target = scalar.text;
  return scalar.kind == Kind::kString;
}

bool read_to(std::int64_t& target, const JsonScalar& scalar) {
  if (scalar.kind != Kind::kNumber) return false;
  const auto value = to_int64(scalar.text);
  target = value.value_or(0);
  return value.has_value();
}

bool read_to(std::int32_t& target, const JsonScalar& scalar) {
  std::int64_t value = 0;
  if (!read_to(value, scalar) || !std::in_range<std::int32_t>(value)) return false;
  target = static_cast<std::int32_t>(value);
  return true;
}

bool read_to(bool& target, const JsonScalar& scalar) {
  target = scalar.boolean;
  return scalar.kind == Kind::kBool;
}

bool read_to(std::optional<double>& target, const JsonScalar& scalar) {
  if (scalar.kind == Kind::kNumber) target = to_double(scalar.text);
  return target.has_value();
}

struct MemberRow {
  std::string_view name;
  bool (*read)(Response&, const JsonScalar&);  // null where the member is an array
};

// APP, TYPE, FIELDS and ROWS say nothing that the others do not.
constexpr auto kResponseMembers = std::to_array<MemberRow>({
    {"UUID", [](Response& r, const JsonScalar& s) { return read_to(r.uuid, s); }},
    {"PID", [](Response& r, const JsonScalar& s) { return read_to(r.pid, s); }},
    {"DBTYPE", [](Response& r, const JsonScalar& s) { return read_to(r.dbtype, s); }},
    {"TIMESTAMP", [](Response& r, const JsonScalar& s) { return read_to(r.timestamp_s, s); }},
    {"MESSAGE", [](Response& r, const JsonScalar& s) { return read_to(r.message, s); }},
    {"ERRORID", [](Response& r, const JsonScalar& s) { return read_to(r.error_id, s); }},
    {"AFFECTED", [](Response& r, const JsonScalar& s) { return read_to(r.affected, s); }},
    {"SQLSTATE", [](Response& r, const JsonScalar& s) { return read_to(r.sqlstate, s); }},
    {"DUPLICATE", [](Response& r, const JsonScalar& s) { return read_to(r.is_duplicate, s); }},
    {"TRUNCATED", [](Response& r, const JsonScalar& s) { return read_to(r.is_truncated, s); }},
    {"QUEUED_MS", [](Response& r, const JsonScalar& s) { return read_to(r.queued_ms, s); }},
    {"EXECUTED_MS", [](Response& r, const JsonScalar& s) { return read_to(r.executed_ms, s); }},
    {"TRACEPARENT", [](Response& r, const JsonScalar& s) { return read_to(r.traceparent, s); }},
    {"FIELD", nullptr},
    {"TYPES", nullptr},
    {"RESULT", nullptr},
});
constexpr std::size_t kUuid = 0;
constexpr std::size_t kErrorId = 5;
constexpr std::size_t kField = 13;
constexpr std::size_t kResult = 15;
static_assert(kResponseMembers[kUuid].name == "UUID" &&
              kResponseMembers[kErrorId].name == "ERRORID" &&
              kResponseMembers[kField].name == "FIELD" &&
              kResponseMembers[kResult].name == "RESULT");

constexpr auto kResponseMemberNames = [] {
  std::array<std::string_view, kResponseMembers.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kResponseMembers[i].name;
  return names;
}();

// Levels of nesting: 1 in the response, 2 in RESULT, 3 in a row, 4 and deeper in a native cell.
class ResponseReader final : public JsonVisitor {
 public:
  bool on_scalar(const JsonScalar& scalar) override;
  bool on_name(std::string_view name) override;
  bool on_open(JsonContainer container) override;
  bool on_close(JsonContainer container) override;

  bool has(std::size_t member) const { return (has_ & (1U << member)) != 0; }
  // Why the reading was ended, else empty.
  const std::string& fault() const { return fault_; }
  Response take() && { return std::move(response_); }

 private:
  static constexpr std::size_t kRowDepth = 3;

  bool is_in_cell() const { return at_ == kResult && depth_ > kRowDepth; }
  std::string& cell_text() { return response_.rows.back().back().text; }
  bool take_element(const JsonScalar& scalar);
  bool fail(std::string_view rule);

  Response response_;
  MemberNames names_{kResponseMemberNames};
  std::size_t at_ = MemberNames::kUnknown;
  std::uint32_t has_ = 0;
  std::size_t depth_ = 0;
  std::string fault_;
};

void write_scalar(JsonWriter& json, const JsonScalar& scalar) {
  switch (scalar.kind) {
    case Kind::kNull:
      json.null();
      return;
    case Kind::kBool:
      json.boolean(scalar.boolean);
      return;
    case Kind::kNumber:
      json.raw(scalar.text);
      return;
    case Kind::kString:
      json.string(scalar.text);
      return;
  }
}

bool ResponseReader::on_scalar(const JsonScalar& scalar) {
  if (depth_ == 0) return fail("not an object");
  if (at_ == MemberNames::kUnknown) return true;
  if (depth_ > 1) return take_element(scalar);
  if (scalar.kind == Kind::kNull) return true;
  if (kResponseMembers[at_].read == nullptr) return fail("must be an array");
  if (!kResponseMembers[at_].read(response_, scalar)) return fail("of a wrong type or value");
  has_ |= 1U << at_;
  return true;
}

bool ResponseReader::take_element(const JsonScalar& scalar) {
  if (at_ != kResult) {
    if (depth_ > 2 || scalar.kind != Kind::kString) return fail("must hold strings");
    (at_ == kField ? response_.fields : response_.types).emplace_back(scalar.text);
    return true;
  }
  if (depth_ < kRowDepth) return fail("must hold rows");
  if (!is_in_cell()) {
    ResponseCell& cell = response_.rows.back().emplace_back();
    cell.is_null = scalar.kind == Kind::kNull;
    cell.is_native = scalar.kind == Kind::kBool || scalar.kind == Kind::kNumber;
    if (scalar.kind == Kind::kString) {
      cell.text = scalar.text;
      return true;
    }
    if (cell.is_null) return true;
  }
  JsonWriter json(cell_text());
  write_scalar(json, scalar);
  return true;
}

bool ResponseReader::on_name(std::string_view name) {
  if (is_in_cell()) {
    JsonWriter(cell_text()).name(name);
    return true;
  }
  if (depth_ > 1) return true;
  at_ = names_.take(name);
  return !names_.is_repeated() || fail("repeated");
}

bool ResponseReader::on_open(JsonContainer container) {
  const bool is_array = container == JsonContainer::kArray;
  ++depth_;
  if (depth_ == 1) return !is_array || fail("not an object");
  if (at_ == MemberNames::kUnknown) return true;
  if (depth_ == 2) {
    const bool may_be_array = kResponseMembers[at_].read == nullptr;
    return (may_be_array && is_array) || fail("of a wrong type or value");
  }
  if (at_ != kResult) return fail("must hold strings");
  if (depth_ == kRowDepth) {
    response_.rows.emplace_back();
    return is_array || fail("must hold rows");
  }
  if (depth_ == kRowDepth + 1) response_.rows.back().emplace_back().is_native = true;
  JsonWriter(cell_text()).open(container);
  return true;
}

bool ResponseReader::on_close(JsonContainer container) {
  if (at_ != MemberNames::kUnknown && is_in_cell()) JsonWriter(cell_text()).close(container);
  --depth_;
  return true;
}

bool ResponseReader::fail(std::string_view rule) {
  if (at_ != MemberNames::kUnknown) fault_.append(kResponseMembers[at_].name).append(": ");
  fault_.append(rule);
  return false;
}

}  // namespace

Result<Response> decode_response(std::string_view json) {
  ResponseReader reader;
  Status read = read_json(json, reader);
  if (!reader.fault().empty()) return Error{reader.fault()}.within("response");
  if (!read.ok()) return std::move(read).error().within("response");
  for (const std::size_t member : {kUuid, kErrorId}) {
    if (!reader.has(member)) {
      return Error{std::string(kResponseMembers[member].name) + ": missing"}.within("response");
    }
  }
  return std::move(reader).take();
}

}  // namespace sqlbus
