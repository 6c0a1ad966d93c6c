#include "protocol/json_reader.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <cstring>
#include <limits>
#include <string>

#include "protocol/json_text.hpp"

namespace sqlbus {
namespace {

// The text as RapidJSON wants to see it: one that ends with a NUL. The names are RapidJSON's.
// NOLINTBEGIN(readability-identifier-naming)
struct TextStream {
  using Ch = char;

  Ch Peek() const { return at == end ? '\0' : *at; }
  Ch Take() { return at == end ? '\0' : *at++; }
  std::size_t Tell() const { return static_cast<std::size_t>(at - begin); }

  // Of the writing half of a stream RapidJSON needs only the names.
  Ch* PutBegin() { return nullptr; }
  void Put(Ch /*c*/) {}
  std::size_t PutEnd(Ch* /*begin*/) { return 0; }

  const char* at;
  const char* end;
  const char* begin;
};
// NOLINTEND(readability-identifier-naming)

// UTF-8 that is validated as RapidJSON does it, only not byte by byte: what needs no escape and
// is no part of a longer character is passed on by whole runs, which is most of what there is.
struct RunsOfUtf8 : rapidjson::UTF8<> {
  template <typename InputStream, typename OutputStream>
  static bool Validate(InputStream& is, OutputStream& os) {
    const char* const run = is.at;
    is.at = end_of_plain(run, is.end);
    const auto size = static_cast<std::size_t>(is.at - run);
    if (size == 0) return rapidjson::UTF8<>::Validate(is, os);
    std::memcpy(os.Push(static_cast<rapidjson::SizeType>(size)), run, size);
    return true;
  }
  // For decoding in place, which is compiled but not used.
  static bool Validate(TextStream& is, TextStream& os) {
    return rapidjson::UTF8<>::Validate(is, os);
  }
};

}  // namespace
}  // namespace sqlbus

// Its few words are kept in registers while a string is read.
template <>
struct rapidjson::StreamTraits<sqlbus::TextStream> {
  enum { copyOptimization = 1 };  // NOLINT(readability-identifier-naming)
};

namespace sqlbus {
namespace {

constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                            rapidjson::kParseNumbersAsStringsFlag;

constexpr std::size_t kStackBytes = 1024;  // at the start; grows with depth and longest string
constexpr std::size_t kKeptBytes = std::size_t{1} << 20U;  // after a longer text memory goes back

// RapidJSON 1.1 lets the escape of a lone low surrogate pass and writes it as three bytes that
// are not UTF-8.
bool has_surrogate(std::string_view text) {
  for (std::size_t at = text.find('\xED'); at != text.npos; at = text.find('\xED', at + 1)) {
    if (static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

// RapidJSON's events as ours.
class Adapter : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Adapter> {
 public:
  Adapter(JsonVisitor& visitor, const TextStream& stream, bool has_escapes)
      : visitor_(visitor), stream_(stream), has_escapes_(has_escapes) {}

  bool Null() { return visitor_.on_scalar({}); }
  bool Bool(bool value) {
    return visitor_.on_scalar({.kind = JsonScalar::Kind::kBool, .boolean = value, .text = {}});
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    return visitor_.on_scalar(placed(JsonScalar::Kind::kNumber, {text, size}, 0));
  }
  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    const std::string_view string(text, size);
    if (has_escapes_ && has_surrogate(string))
      return fails("The surrogate pair in string is invalid.");
    return visitor_.on_scalar(placed(JsonScalar::Kind::kString, string, 1));
  }
  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    const std::string_view name(text, size);
    if (has_escapes_ && has_surrogate(name))
      return fails("The surrogate pair in string is invalid.");
    return visitor_.on_name(name);
  }
  bool StartObject() { return opens(JsonContainer::kObject); }
  bool EndObject(rapidjson::SizeType /*members*/) { return closes(JsonContainer::kObject); }
  bool StartArray() { return opens(JsonContainer::kArray); }
  bool EndArray(rapidjson::SizeType /*elements*/) { return closes(JsonContainer::kArray); }

  // Why the adapter itself ended the reading, else empty.
  std::string_view fault() const { return fault_; }

 private:
  // RapidJSON hands out copies. Of what it is about the stream still shows the beginning, so that
  // the text itself is found there where it needs no decoding.
  JsonScalar placed(JsonScalar::Kind kind, std::string_view copy, std::size_t quote) const {
    const std::string_view rest(stream_.at, static_cast<std::size_t>(stream_.end - stream_.at));
    const bool is_there = rest.size() >= quote && rest.substr(quote).starts_with(copy);
    const auto text = is_there ? rest.substr(quote, copy.size()) : copy;
    return {.kind = kind, .boolean = false, .text = text, .is_in_place = is_there};
  }

  bool opens(JsonContainer container) {
    if (++depth_ > kJsonDepthMax) return fails("Nested too deeply.");
    return visitor_.on_open(container);
  }
  bool closes(JsonContainer container) {
    --depth_;
    return visitor_.on_close(container);
  }
  bool fails(std::string_view fault) {
    fault_ = fault;
    return false;
  }

  JsonVisitor& visitor_;
  const TextStream& stream_;
  bool has_escapes_;
  std::size_t depth_ = 0;
  std::string_view fault_;
};

class AcceptAll final : public JsonVisitor {
 public:
  bool on_scalar(const JsonScalar&) override { return true; }
  bool on_name(std::string_view) override { return true; }
  bool on_open(JsonContainer) override { return true; }
  bool on_close(JsonContainer) override { return true; }
};

Error error_at(std::size_t offset, std::string_view what) {
  return Error{"at byte " + std::to_string(offset) + ": " + std::string(what)};
}

}  // namespace

struct JsonReader::Impl {
  rapidjson::CrtAllocator allocator;
  rapidjson::GenericReader<RunsOfUtf8, RunsOfUtf8> reader{&allocator, kStackBytes};
};

JsonReader::JsonReader() : impl_(std::make_unique<Impl>()) {}
JsonReader::~JsonReader() = default;

Status read_json(std::string_view text, JsonVisitor& visitor) {
  JsonReader reader;
  return reader.read(text, visitor);
}

Status JsonReader::read(std::string_view text, JsonVisitor& visitor) {
  if (text.size() >= std::numeric_limits<rapidjson::SizeType>::max()) {
    return Error{"longer than 4 GiB"};
  }
  TextStream stream{text.data(), text.data() + text.size(), text.data()};
  Adapter adapter(visitor, stream, text.find('\\') != text.npos);
  const rapidjson::ParseResult result = impl_->reader.Parse<kFlags>(stream, adapter);
  if (text.size() > kKeptBytes) impl_ = std::make_unique<Impl>();
  if (!adapter.fault().empty()) return error_at(result.Offset(), adapter.fault());
  if (result.IsError()) {
    return error_at(result.Offset(), rapidjson::GetParseError_En(result.Code()));
  }
  // To RapidJSON a NUL is the end of the text, whatever stands behind it.
  if (stream.Tell() != text.size()) return error_at(stream.Tell(), "A NUL character.");
  return Done{};
}

bool is_json(std::string_view text) {
  AcceptAll visitor;
  return read_json(text, visitor).ok();
}

}  // namespace sqlbus
