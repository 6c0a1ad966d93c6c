#include "protocol/dead_letter.hpp"

#include <array>
#include <optional>
#include <utility>

#include "protocol/base64.hpp"
#include "protocol/json_number.hpp"
#include "protocol/json_reader.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/member_names.hpp"
#include "protocol/utf8.hpp"

namespace sqlbus {
namespace {

using Kind = JsonScalar::Kind;

bool read_text(std::string& target, const JsonScalar& scalar) {
  target = scalar.text;
  return scalar.kind == Kind::kString;
}

std::optional<std::int64_t> integer_of(const JsonScalar& scalar) {
  return scalar.kind == Kind::kNumber ? to_int64(scalar.text) : std::nullopt;
}

bool read_base64(DeadLetter& letter, const JsonScalar& scalar) {
  auto bytes = scalar.kind == Kind::kString ? base64_decode(scalar.text) : std::nullopt;
  letter.request = bytes ? std::move(*bytes) : std::string();
  return bytes.has_value();
}

bool read_error_id(DeadLetter& letter, const JsonScalar& scalar) {
  const auto value = integer_of(scalar);
  if (!value || !std::in_range<std::int32_t>(*value)) return false;
  letter.error = static_cast<ErrorId>(*value);
  return true;
}

bool read_failed_at(DeadLetter& letter, const JsonScalar& scalar) {
  letter.failed_at = from_epoch_text(scalar.text);
  return scalar.kind == Kind::kNumber;
}

bool read_attempts(DeadLetter& letter, const JsonScalar& scalar) {
  const auto value = integer_of(scalar);
  letter.attempts = value.value_or(0);
  return value.has_value();
}

struct MemberRow {
  std::string_view name;
  bool (*read)(DeadLetter&, const JsonScalar&);
};

constexpr auto kLetterMembers = std::to_array<MemberRow>({
    {"ID", [](DeadLetter& l, const JsonScalar& s) { return read_text(l.id, s); }},
    {"REQUEST", [](DeadLetter& l, const JsonScalar& s) { return read_text(l.request, s); }},
    {"REQUEST_BASE64", read_base64},
    {"ERRORID", read_error_id},
    {"MESSAGE", [](DeadLetter& l, const JsonScalar& s) { return read_text(l.message, s); }},
    {"SQLSTATE", [](DeadLetter& l, const JsonScalar& s) { return read_text(l.sqlstate, s); }},
    {"FAILED_AT", read_failed_at},
    {"ATTEMPTS", read_attempts},
    {"INSTANCE", [](DeadLetter& l, const JsonScalar& s) { return read_text(l.instance, s); }},
});
constexpr std::size_t kRequest = 1;
constexpr std::size_t kRequestBase64 = 2;

constexpr auto kLetterMemberNames = [] {
  std::array<std::string_view, kLetterMembers.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kLetterMembers[i].name;
  return names;
}();

class DeadLetterReader final : public JsonVisitor {
 public:
  bool on_scalar(const JsonScalar& scalar) override {
    if (depth_ == 0) return fail("not an object");
    if (depth_ > 1 || at_ == MemberNames::kUnknown) return true;
    requests_ += at_ == kRequest || at_ == kRequestBase64 ? 1 : 0;
    return kLetterMembers[at_].read(letter_, scalar) || fail("of a wrong type or value");
  }
  bool on_name(std::string_view name) override {
    if (depth_ > 1) return true;
    at_ = names_.take(name);
    return !names_.is_repeated() || fail("repeated");
  }
  bool on_open(JsonContainer container) override {
    ++depth_;
    if (depth_ == 1) return container == JsonContainer::kObject || fail("not an object");
    return at_ == MemberNames::kUnknown || fail("of a wrong type or value");
  }
  bool on_close(JsonContainer /*container*/) override {
    --depth_;
    if (depth_ > 0 || requests_ == 1) return true;
    at_ = MemberNames::kUnknown;
    return fail("needs one of REQUEST and REQUEST_BASE64");
  }

  // Why the reading was ended, else empty.
  const std::string& fault() const { return fault_; }
  DeadLetter take() && { return std::move(letter_); }

 private:
  bool fail(std::string_view rule) {
    if (at_ != MemberNames::kUnknown) fault_.append(kLetterMembers[at_].name).append(": ");
    fault_.append(rule);
    return false;
  }

  DeadLetter letter_;
  MemberNames names_{kLetterMemberNames};
  std::size_t at_ = MemberNames::kUnknown;
  std::size_t depth_ = 0;
  int requests_ = 0;
  std::string fault_;
};

}  // namespace

std::string encode_dead_letter(const DeadLetter& letter) {
  std::string text;
  JsonWriter json(text);
  json.open(JsonContainer::kObject);
  json.name("ID").string(letter.id);
  if (is_utf8(letter.request)) {
    json.name("REQUEST").string(letter.request);
  } else {
    json.name("REQUEST_BASE64").base64(letter.request);
  }
  json.name("ERRORID").integer(static_cast<std::int32_t>(letter.error));
  json.name("MESSAGE").string(message_text(letter.message));
  json.name("SQLSTATE").string(letter.sqlstate);
  json.name("FAILED_AT").raw(to_epoch_text(letter.failed_at));
  json.name("ATTEMPTS").integer(letter.attempts);
  json.name("INSTANCE").string(letter.instance);
  json.close(JsonContainer::kObject);
  return text;
}

Result<DeadLetter> decode_dead_letter(std::string_view json) {
  DeadLetterReader reader;
  Status read = read_json(json, reader);
  if (!reader.fault().empty()) return Error{reader.fault()}.within("dead letter");
  if (!read.ok()) return std::move(read).error().within("dead letter");
  return std::move(reader).take();
}

}  // namespace sqlbus
