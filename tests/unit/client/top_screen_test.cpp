#include <doctest/doctest.h>

#include <algorithm>

#include "client/command/display_width.hpp"
#include "client/command/top/screen.hpp"
#include "client/command/top/short_number.hpp"

using namespace sqlbus;  // NOLINT(google-build-using-namespace)

namespace {

TopState::Queue queue(const std::string& name, std::int64_t depth) {
  TopState::Queue one;
  one.sample.redis.queue = name;
  one.sample.redis.depth = depth;
  one.sample.redis.now = from_epoch_seconds(1000);
  one.sample.redis.waiting = {{"billing", depth + 1}};
  one.sample.instance = "one";
  one.sample.has_words = true;
  one.sample.state = "working";
  one.sample.databases = {
      {.name = "main", .driver = "sqlite", .lanes = "0 idle", .is_default = true},
      {.name = "billing", .driver = "postgres", .reason = "refused", .is_up = false}};
  return one;
}

TopState state_of(std::vector<TopState::Queue> queues) {
  return {.address = "redis here", .interval = "1.0 s", .queues = std::move(queues), .away = {}};
}

std::string text_of(const std::vector<ScreenLine>& lines) {
  std::string text;
  for (const auto& line : lines) text += line.text + "\n";
  return text;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("numbers take five columns at most") {
  CHECK(short_count(0) == "0");
  CHECK(short_count(-3) == "0");
  CHECK(short_count(99999) == "99999");
  CHECK(short_count(100000) == "100k");
  CHECK(short_count(999499) == "999k");
  CHECK(short_count(999500) == "1.0M");
  CHECK(short_count(1234567) == "1.2M");
  CHECK(short_count(12.3e9) == "12G");
  CHECK(short_count(5e12) == "5.0T");
  CHECK(short_rate(0) == "0");
  CHECK(short_rate(0.01) == "0");
  CHECK(short_rate(0.26) == "0.3");
  CHECK(short_rate(99.94) == "99.9");
  CHECK(short_rate(99.96) == "100");
  CHECK(short_rate(812.4) == "812");
  CHECK(short_rate(123456) == "123k");
  for (double value = 0.001; value < 9e14; value *= 1.7) {
    CAPTURE(value);
    CHECK(short_count(value).size() <= 5);
    CHECK(short_rate(value).size() <= 5);
  }
}

TEST_CASE("a screen has as many lines as the window, none of them wider") {
  auto state = state_of({queue("日本語の待ち行列の長い名前です", 12), queue("second", 1234567)});
  state.away = std::string(300, 'x');
  state.queues[0].sample.causes = {{.count = 3, .error = "E", .message = std::string(200, 'y')}};
  for (const bool shows_help : {false, true}) {
    state.shows_help = shows_help;
    for (const std::size_t columns : {0, 1, 2, 7, 40, 60, 80, 200}) {
      for (const std::size_t rows : {0, 1, 2, 3, 15, 24, 60}) {
        CAPTURE(columns);
        CAPTURE(rows);
        const auto lines = render_screen(state, {.columns = columns, .rows = rows});
        CHECK(lines.size() == (columns == 0 ? 0 : rows));
        for (const auto& line : lines) CHECK(display_width(line.text) <= columns);
      }
    }
  }
}

TEST_CASE("what does not fit is counted") {
  const auto state = state_of({queue("q", 1)});
  const auto all = render_lines(state).size();
  const auto lines = render_screen(state, {.columns = 80, .rows = 8});
  CHECK(lines[6].text.starts_with("… " + std::to_string(all - 6) + " more lines"));
  CHECK(lines[7].text.starts_with("q quit"));
}

TEST_CASE("what is wrong stands out, in words as well") {
  auto state = state_of({queue("q", 1)});
  auto& sample = state.queues[0].sample;
  const auto shown = [&](const std::string& part) {
    const auto lines = render_lines(state);
    return std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
      return line.style == Style::kAlarm && holds(line.text, part);
    });
  };
  CHECK(shown("DOWN"));
  CHECK(shown("billing: refused"));
  CHECK_FALSE(shown("working"));
  sample.pauses = {{.database = "main", .by = "ops", .reason = "why", .since = 990}};
  CHECK(shown("paused: q, database main by ops 10.0 s ago: why"));
  CHECK(shown("main *    sqlite    PAUSED"));
  CHECK_FALSE(shown("working"));
  sample.pauses[0].database.clear();
  CHECK(shown("q      PAUSED"));
  sample.pauses.clear();
  sample.is_healthy = false;
  sample.state = "stuck";
  CHECK(shown("STUCK"));
  sample.blocked = "memory";
  CHECK(shown("q: nothing is claimed: memory"));
  sample.is_ready = false;
  CHECK(shown("NOT READY"));
  sample.instance.clear();
  sample.redis.batches = 2;
  CHECK(shown("NO DAEMON"));
  CHECK(shown("q: batches in flight 2"));
  state.away = "refused\x1b[2J";
  CHECK(shown("redis is away: refused\\x1b[2J"));
}

TEST_CASE("how long requests take stands there, of the databases that had some") {
  auto state = state_of({queue("q", 1)});
  CHECK_FALSE(holds(text_of(render_lines(state)), "LATENCY"));
  state.queues[0].sample.databases[0].latency = {.requests = 812,
                                                 .queued = {0.0004, 0.0042},
                                                 .executed = {0.012, 0.9996},
                                                 .total = {4.2, 300}};
  CHECK(holds(text_of(render_lines(state)),
              "LATENCY  COUNT  QUEUED 50%     99%  EXECUTED 50%     99%  TOTAL 50%    99%\n"
              "main       812      0.4 ms  4.2 ms         12 ms  999 ms      4.2 s  300 s\n"));
  const auto narrow = text_of(render_screen(state, {.columns = 80, .rows = 24}));
  CHECK(holds(narrow, "999 ms      4.2 s  300 s\n"));
}

TEST_CASE("queues stand as they are named, or by what there is most of") {
  auto state = state_of({queue("first", 1), queue("second", 5), queue("third", 3)});
  state.queues[0].sample.redis.dead_letters = 9;
  state.queues[2].rates.in = 70;
  const auto top = [&](QueueOrder order) {
    state.order = order;
    return render_lines(state)[3].text.substr(0, 5);
  };
  CHECK(top(QueueOrder::kAsNamed) == "first");
  CHECK(top(QueueOrder::kDepth) == "secon");
  CHECK(top(QueueOrder::kRate) == "third");
  CHECK(top(QueueOrder::kDeadLetters) == "first");
}

TEST_CASE("a daemon of several queues is told once, with what waits in all of them") {
  const auto text = text_of(render_lines(state_of({queue("a", 10), queue("b", 20)})));
  CHECK(text.find("sqlbusd ") == text.rfind("sqlbusd "));
  CHECK(holds(text, "billing   postgres  DOWN     32"));
}
