#include "tests/chaos/caller.hpp"

#include <charconv>
#include <utility>

#include "protocol/request_codec.hpp"
#include "protocol/response_codec.hpp"
#include "protocol/uuid.hpp"

namespace sqlbus::chaos {
namespace {

constexpr std::chrono::seconds kAnswerLimit{90};
constexpr int kPauseMsMax = 40;
// From this length of the queue on callers slow down, so that a run can be drained in bounded time.
constexpr std::int64_t kLongQueue = 1500;
constexpr std::chrono::milliseconds kLongPause{500};

struct Share {
  Kind kind;
  int percent;
};
constexpr Share kShares[] = {
    {Kind::kInsert, 62}, {Kind::kInsertReturning, 10}, {Kind::kSelectMax, 8},
    {Kind::kArray, 8},   {Kind::kFunction, 6},         {Kind::kBad, 4},
    {Kind::kBadSync, 2},
};
constexpr int kCopyPercent = 6;
constexpr int kDeadlinePercent = 25;  // of the SYNC inserts
constexpr int kDeadlineMsLeast = 300;
constexpr int kDeadlineMsMost = 2500;

int effects_of(Kind kind) {
  if (is_bad(kind) || kind == Kind::kSelectMax) return 0;
  return kind == Kind::kArray ? 2 : 1;
}

std::optional<Answer> read_answer(const std::string& json) {
  const auto response = decode_response(json);
  if (!response) return Answer{.uuid = "", .message = "not a response: " + json};
  Answer answer{
      .uuid = response->uuid, .error_id = response->error_id, .message = response->message};
  if (response->rows.empty() || response->rows[0].empty()) return answer;
  const auto& cell = response->rows[0][0];
  std::int64_t value = 0;
  const auto* end = cell.text.data() + cell.text.size();
  if (std::from_chars(cell.text.data(), end, value).ptr == end) answer.value = value;
  return answer;
}

EpochTime now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

Caller::Caller(Identity identity, std::string redis_socket)
    : identity_(identity),
      random_(identity.seed * 1000 + static_cast<std::uint64_t>(identity.number)),
      line_(std::move(redis_socket)) {}

void Caller::run(StopBell& bell, std::vector<Pushed>& out) {
  while (!bell.has_rung()) {
    Draw next = draw();
    const auto length = hand_over(next);
    learn(next.pushed);
    out.push_back(std::move(next.pushed));
    const std::chrono::milliseconds usual{random(kPauseMsMax)};
    if (bell.pause(length > kLongQueue ? kLongPause : usual)) return;
  }
}

Kind Caller::draw_kind() {
  int left = random(100);
  for (const Share& share : kShares) {
    if ((left -= share.percent) >= 0) continue;
    const bool is_unknown = share.kind == Kind::kFunction && identity_.store == Store::kSqlite;
    return is_unknown ? Kind::kInsert : share.kind;
  }
  return Kind::kInsert;
}

Caller::Draw Caller::draw() {
  Draw draw;
  Pushed& pushed = draw.pushed;
  pushed.caller = identity_.number;
  pushed.kind = draw_kind();
  pushed.effects = effects_of(pushed.kind);
  pushed.number = next_number_;
  pushed.seen_least = certain_;
  pushed.seen_most = next_number_ - 1;
  pushed.uuid = make_uuid_v7();
  const bool is_doubled = random(100) < kCopyPercent;
  const bool is_urgent = pushed.kind == Kind::kInsertReturning && random(100) < kDeadlinePercent;
  pushed.wanted_copies = is_doubled && !identity_.is_plain ? 2 : 1;
  pushed.has_deadline = is_urgent && !identity_.is_plain;
  next_number_ += pushed.effects;

  Request& request = draw.request;
  request.uuid = pushed.uuid;
  request.app = "chaos-" + std::to_string(identity_.number);
  request.pid = identity_.number;
  request.sync = is_sync(pushed.kind);
  if (request.sync) request.rchannel = "answer:" + pushed.uuid;
  request.timestamp = now();
  if (pushed.has_deadline) {
    const int ms = kDeadlineMsLeast + random(kDeadlineMsMost - kDeadlineMsLeast);
    request.deadline = now() + std::chrono::milliseconds(ms);
  }
  write_statements(draw);
  return draw;
}

void Caller::write_statements(Draw& draw) {
  Request& request = draw.request;
  const std::string caller = std::to_string(identity_.number);
  const auto values = [&](int number) {
    return "(" + caller + ", " + std::to_string(number) + ")";
  };
  const std::string insert = "insert into effects (caller, number) values ";
  const int number = draw.pushed.number;
  const auto add = [&](std::string sql) { request.statements.push_back({std::move(sql), {}}); };
  switch (draw.pushed.kind) {
    case Kind::kInsert:
      return add(insert + values(number));
    case Kind::kInsertReturning:
      return add(insert + values(number) + " returning number");
    case Kind::kSelectMax:
      return add("select coalesce(max(number), 0) from effects where caller = " + caller);
    case Kind::kArray:
      request.form = Request::Form::kTransaction;
      add(insert + values(number));
      return add(insert + values(number + 1));
    case Kind::kFunction:
      return add("select log_fn" + values(number));
    case Kind::kBad:
    case Kind::kBadSync:
      return add("insert into nowhere values " + values(number));
  }
}

std::int64_t Caller::hand_over(Draw& draw) {
  const std::string envelope = encode_request(draw.request);
  Pushed& pushed = draw.pushed;
  pushed.copies = 0;
  std::int64_t length = 0;
  for (int copy = 0; copy < pushed.wanted_copies; ++copy) {
    const auto push = line_.push(envelope);
    pushed.copies += push.tries;
    length = push.length;
  }
  if (draw.request.sync) {
    const auto json = line_.answer(draw.request.rchannel.str(), kAnswerLimit);
    if (json) pushed.answer = read_answer(*json);
  }
  return length;
}

void Caller::learn(const Pushed& pushed) {
  if (pushed.effects == 0) return;
  const bool is_due = !pushed.has_deadline || (pushed.answer && pushed.answer->error_id == 0);
  if (is_due) certain_ = pushed.number + pushed.effects - 1;
}

}  // namespace sqlbus::chaos
