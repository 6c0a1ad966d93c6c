#include "protocol/request_reader.hpp"

#include <utility>

#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"
#include "protocol/value_codec.hpp"

namespace sqlbus {
namespace {

using Kind = JsonScalar::Kind;

std::uint32_t bit_of(std::size_t index) { return std::uint32_t{1} << index; }

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace

RequestReader::RequestReader(RequestScratch& scratch, const Storage& storage)
    : request_{.statements = std::pmr::vector<Statement>(&storage.memory)},
      params_(&storage.memory),
      frames_(scratch.frames),
      keeps_text_(storage.keeps_text) {
  frames_.clear();
  frames_.reserve(kPlaceDepthMax);
}

bool RequestReader::on_scalar(const JsonScalar& scalar) {
  if (frames_.empty()) return refuse_root();
  Frame& frame = frames_.back();
  if (skipped_depth_ == 0) next_element(frame);
  if (has_nul(scalar.text)) {
    fail_here("holds a NUL character");
    return true;
  }
  if (skipped_depth_ > 0 || is_moot(frame)) return true;
  JsonScalar kept = scalar;
  kept.is_in_place = scalar.is_in_place && keeps_text_;
  if (!take_scalar(frame, kept)) fail_here(rule_at(frame.place, frame.at));
  return true;
}

bool RequestReader::on_name(std::string_view name) {
  if (has_nul(name)) fail("the name of a member holds a NUL character");
  Frame& frame = frames_.back();
  if (skipped_depth_ > 0 || is_moot(frame)) return true;

  frame.at = frame.names.take(name);
  if (frame.names.is_repeated()) {
    // Which of the two was meant, nobody knows: neither counts.
    frame.valid &= ~bit_of(frame.at);
    fail_member(frame.names.known(frame.at), "repeated");
    frame.at = MemberNames::kUnknown;
  }
  if (frame.names.unknown_count() > limits::kUnknownMembersMax) {
    fail_member(name, "more unknown members than 10000");
  }
  if (frame.place == Place::kBytes && frame.at == MemberNames::kUnknown) {
    fail_member(name, "must not stand beside BASE64");
  }
  return true;
}

bool RequestReader::on_open(JsonContainer container) {
  if (frames_.empty()) {
    if (container != JsonContainer::kObject) return refuse_root();
    is_object_ = true;
    enter(Place::kRequest);
    return true;
  }
  Frame& frame = frames_.back();
  if (skipped_depth_ == 0) next_element(frame);
  if (skipped_depth_ > 0 || !fault_.empty() || is_ignored(frame, container)) {
    ++skipped_depth_;
    return true;
  }
  const auto place = place_within(frame.place, frame.at, container);
  if (!place) {
    fail_here(rule_at(frame.place, frame.at));
    ++skipped_depth_;
    return true;
  }
  if (!is_array(frame.place)) frame.valid |= bit_of(frame.at);
  enter(*place);
  return true;
}

bool RequestReader::on_close(JsonContainer /*container*/) {
  if (skipped_depth_ > 0) {
    --skipped_depth_;
    return true;
  }
  leave(frames_.back());
  frames_.pop_back();
  return true;
}

bool RequestReader::is_valid(RequestMember member) const {
  return (valid_ & bit_of(index_of(member))) != 0;
}

Refusal RequestReader::take_facts() && {
  Refusal facts;
  if (is_valid(RequestMember::kUuid)) facts.uuid = request_.uuid.str();
  if (is_valid(RequestMember::kApp)) facts.app = request_.app.str();
  if (is_valid(RequestMember::kRchannel)) facts.rchannel = request_.rchannel.str();
  if (is_valid(RequestMember::kSync)) facts.sync = request_.sync;
  if (is_valid(RequestMember::kTraceparent)) facts.traceparent = request_.traceparent.str();
  return facts;
}

bool RequestReader::refuse_root() {
  fail("the envelope is JSON, but not an object");
  return false;
}

// ---- Containers --------------------------------------------------------------------------------

// After a fault only the envelope's own members are of interest.
bool RequestReader::is_moot(const Frame& frame) const {
  return !fault_.empty() && frame.place != Place::kRequest;
}

bool RequestReader::is_ignored(const Frame& frame, JsonContainer container) const {
  if (is_array(frame.place)) return false;
  if (frame.at == MemberNames::kUnknown) return true;
  return frame.place == Place::kRequest && frame.at == index_of(RequestMember::kSignature) &&
         container == JsonContainer::kObject;
}

void RequestReader::enter(Place place) {
  if (place == Place::kPair) {
    request_.form = Request::Form::kUpsert;
    add_statement();
    add_statement();
  } else if (place == Place::kList) {
    request_.form = Request::Form::kTransaction;
  } else if (place == Place::kStatement && frames_.back().place == Place::kList) {
    add_statement();
  }
  frames_.push_back({.place = place, .names = MemberNames(names_at(place))});
}

void RequestReader::leave(Frame& frame) {
  if (const auto name = frame.names.repeated_unknown()) fail_member(*name, "repeated");
  const auto needs = [&](std::size_t index) {
    if ((frame.valid & bit_of(index)) == 0) fail_member(frame.names.known(index), "missing");
  };
  switch (frame.place) {
    case Place::kRequest:
      return finish_request(frame);
    case Place::kPair:
      needs(0);
      return needs(1);
    case Place::kList:
      if (frame.at == 0) fail_statement();
      return;
    case Place::kStatement:
      return needs(kSqlIndex);
    case Place::kParams:
      return;
    case Place::kBytes:
      return needs(0);
  }
}

void RequestReader::finish_request(const Frame& frame) {
  valid_ = frame.valid;
  for (std::size_t i = 0; i < request_members().size(); ++i) {
    const RequestMemberRow& row = request_members()[i];
    if (row.is_required && (valid_ & bit_of(i)) == 0) fail_member(row.name, "missing");
  }
  if (request_.sync && request_.rchannel.empty()) {
    fail_member("RCHANNEL", "missing, and SYNC is true");
  }
  if (!is_valid(RequestMember::kParams)) return;
  if (request_.form != Request::Form::kSingle) {
    fail_member("PARAMS", "only with a STATEMENT that is one string");
  }
  if (fault_.empty()) request_.statements.front().params = std::move(params_);
}

// ---- Scalars -----------------------------------------------------------------------------------

void RequestReader::next_element(Frame& frame) {
  if (!is_array(frame.place)) return;
  ++frame.at;
  if (frame.place == Place::kList && frame.at > limits::kStatementsMax) {
    fail_statement();
  }
  if (frame.place == Place::kParams && ++param_count_ > limits::kParamsMax) {
    fail_container("more bind values in one request than 1000000");
  }
}

// A null member counts as absent: many JSON libraries write one for what is not set.
bool RequestReader::take_scalar(Frame& frame, const JsonScalar& scalar) {
  switch (frame.place) {
    case Place::kParams:
      params().push_back(value_of(scalar));
      return true;
    case Place::kBytes:
      return take_bytes(frame, scalar);
    case Place::kList:
      add_statement();
      return take_sql(scalar);
    default:
      break;
  }
  if (frame.at == MemberNames::kUnknown || scalar.kind == Kind::kNull) return true;
  if (frame.place == Place::kRequest) return take_request_member(frame, scalar);
  if (frame.place == Place::kStatement && frame.at == kParamsIndex) return false;
  frame.valid |= bit_of(frame.at);
  return take_sql(scalar);
}

bool RequestReader::take_bytes(Frame& frame, const JsonScalar& scalar) {
  auto value = bytes_value_of(scalar);
  if (!value) return false;
  params().push_back(std::move(*value));
  frame.valid |= bit_of(frame.at);
  return true;
}

bool RequestReader::take_request_member(Frame& frame, const JsonScalar& scalar) {
  const bool is_wanted = fault_.empty() || frame.at != index_of(RequestMember::kStatement);
  const RequestMemberRow& row = request_members()[frame.at];
  if (row.take == nullptr || (is_wanted && !row.take(scalar, request_))) return false;
  frame.valid |= bit_of(frame.at);
  return true;
}

bool RequestReader::take_sql(const JsonScalar& scalar) {
  if (scalar.kind != Kind::kString || scalar.text.empty()) return false;
  statement().sql = text_of(scalar);
  return true;
}

// The PARAMS that are being read: the request's, or those of a statement.
Params& RequestReader::params() {
  const bool is_nested = frames_[1].place != Place::kParams;
  return is_nested ? statement().params : params_;
}

void RequestReader::add_statement() {
  const auto memory = request_.statements.get_allocator();
  request_.statements.push_back({.sql = {}, .params = Params(memory)});
}

// The one that is being read: of a pair the named one, of a list the last one.
Statement& RequestReader::statement() {
  const Frame& outer = frames_[1];
  if (outer.place == Place::kPair) return request_.statements[outer.at];
  return request_.statements.back();
}

// ---- Faults ------------------------------------------------------------------------------------

// Where the reading stands, seen from the outermost frames: "STATEMENT: statement 2: ".
std::string RequestReader::path(std::size_t frames) const {
  std::string text;
  for (std::size_t i = 0; i < frames; ++i) {
    const Frame& frame = frames_[i];
    if (frame.place == Place::kList) {
      text += "statement " + std::to_string(frame.at);
    } else if (frame.place == Place::kParams) {
      text += "element " + std::to_string(frame.at);
    } else if (frame.at == MemberNames::kUnknown) {
      text += "an unknown member";
    } else {
      text += frame.names.known(frame.at);
    }
    text += ": ";
  }
  return text;
}

void RequestReader::fail(std::string_view fault) {
  if (fault_.empty()) fault_ = cut_utf8(fault, limits::kMessageBytesMax);
}

void RequestReader::fail_here(std::string_view rule) {
  if (fault_.empty()) fail(path(frames_.size()).append(rule));
}

void RequestReader::fail_container(std::string_view rule) {
  if (fault_.empty()) fail(path(frames_.size() - 1).append(rule));
}

void RequestReader::fail_statement() {
  fail_container(rule_at(Place::kRequest, index_of(RequestMember::kStatement)));
}

void RequestReader::fail_member(std::string_view name, std::string_view rule) {
  if (fault_.empty()) fail(path(frames_.size() - 1).append(name).append(": ").append(rule));
}

}  // namespace sqlbus
