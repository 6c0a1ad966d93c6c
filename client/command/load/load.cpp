#include "client/command/load/load.hpp"

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <utility>

#include "client/bus_client.hpp"
#include "client/command/answer_printer.hpp"
#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "client/command/load/envelope_maker.hpp"
#include "client/command/load/load_progress.hpp"
#include "client/command/load/load_pusher.hpp"
#include "client/command/load/placeholder.hpp"
#include "client/command/load/record_source.hpp"
#include "client/command/query.hpp"
#include "client/progress_bar.hpp"
#include "protocol/limits.hpp"

namespace sqlbus {

namespace {

using Next = RecordSource::Next;
using Outcome = LoadPusher::Outcome;
using Clock = std::chrono::steady_clock;

// So long a daemon may take to say whether a table is there.
constexpr std::chrono::milliseconds kRehearsalTime{2000};

// What could not be loaded, and how the command ends then.
struct Failure {
  std::string message;
  ExitCode code = ExitCode::kUsage;
};

std::string name_of(const LoadOptions& options) {
  if (!options.name.empty()) return options.name;
  return std::filesystem::path(options.file).filename().string();
}

LoadIdentity identity_of(const CommandOptions& options) {
  const std::string name = name_of(options.load);
  return {.name = name,
          .app = options.app,
          .pid = getpid(),
          .key = options.key.value_or(name),
          .database = options.database};
}

std::string in_shell_quotes(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

class Load {
 public:
  Load(const CommandOptions& options, BusAddress address, StopSignals& stop, Input& input)
      : options_(options.load),
        stop_(stop),
        input_(input),
        pusher_(std::move(address), {.queue_max = options_.queue_max, .retry = options_.retry},
                stop, [this](const std::string& why) { pause(why); }) {}

  Status connect() { return pusher_.connect(); }

  ExitCode run(RecordSource& source) {
    started_ = Clock::now();
    pusher_.begin_at(input_.place());
    numbers_.bytes_total = input_.size();
    numbers_.bytes_before = input_.place().offset;
    const auto failure = push_all(source);
    update();
    progress_.clear();
    if (stop_.caught() == 0 && failure.message.empty()) return tell_end();
    if (!failure.message.empty()) complain(failure.message, failure.code);
    tell_way_on();
    return failure.code;
  }

 private:
  // No message: it went well, or a signal came.
  Failure push_all(RecordSource& source) {
    std::string envelope;
    for (;;) {
      const auto next = source.next(envelope);
      const bool is_over = !next || *next != Next::kRequest;
      if (!is_over) pusher_.add(envelope, input_.place());
      if (!is_over && !pusher_.is_full()) continue;
      // What came before a line with a fault is handed over all the same.
      if (auto failure = ship(is_over); !failure.message.empty()) return failure;
      if (!next) return {.message = next.error().message, .code = ExitCode::kUsage};
      if ((is_over && *next != Next::kIdle) || stop_.caught() != 0) return {};
      source.read_clock();
    }
  }

  Failure ship(bool is_last) {
    auto outcome = pusher_.ship();
    if (outcome && is_last && *outcome == Outcome::kDone) outcome = pusher_.finish();
    if (!outcome) return {.message = outcome.error().message, .code = ExitCode::kUnreachable};
    if (stop_.caught() != 0) {
      // Whether the last push is on the queue is soon known.
      const auto finished = pusher_.finish();
      if (!finished) return {.message = finished.error().message, .code = ExitCode::kUnreachable};
    }
    tell_progress();
    return {};
  }

  void update() {
    numbers_.requests = pusher_.requests();
    numbers_.bytes = pusher_.confirmed().offset;
    numbers_.elapsed = Clock::now() - started_;
  }

  void tell_progress() {
    if (!progress_.is_due()) return;
    update();
    progress_.show(numbers_);
  }

  // Where nobody sees the line change, a pause is told as it begins, and not each time where there
  // are many for one cause.
  void pause(const std::string& why) {
    const bool is_new = why != told_pause_ && !why.empty();
    numbers_.pause = why;
    if (is_new && !progress_.is_terminal()) {
      told_pause_ = why;
      complain("waits: " + why, ExitCode::kOk);
    } else {
      tell_progress();
    }
  }

  ExitCode tell_end() const {
    complain(progress_sum(numbers_) + "; the queue holds " + grouped(pusher_.queue_length()),
             ExitCode::kOk);
    return ExitCode::kOk;
  }

  void tell_way_on() const {
    const auto offset = std::to_string(pusher_.confirmed().offset);
    complain(progress_sum(numbers_) + " are on the queue, and no more", ExitCode::kOk);
    complain("to go on: sqlbus load " + in_shell_quotes(options_.file) + " --offset " + offset +
                 " and the other options as they were; to begin anew does no harm either",
             ExitCode::kOk);
  }

  const LoadOptions& options_;
  StopSignals& stop_;
  Input& input_;
  LoadPusher pusher_;
  LoadProgress progress_;
  LoadNumbers numbers_;
  std::string told_pause_;
  Clock::time_point started_;
};

ExitCode look_only(RecordSource& source, StopSignals& stop) {
  std::string envelope;
  std::int64_t count = 0;
  for (;;) {
    const auto next = source.next(envelope);
    if (!next) return complain(next.error().message, ExitCode::kUsage);
    if (*next == Next::kIdle) continue;
    if (*next != Next::kRequest) break;
    if (++count % 1000 == 0 && stop.caught() != 0) break;
  }
  return complain(grouped(count) + " requests could be sent", ExitCode::kOk);
}

// A table or column that is not there is told before each row is refused for it. The first failure
// that is; where nobody answers, or for other reasons, the rows go all the same.
std::optional<std::string> rehearse(const CommandOptions& options, const BusAddress& address,
                                    const std::string& sql) {
  if (sql.empty()) return std::nullopt;
  CommandOptions asking = options;
  asking.sync = true;
  Request request = make_request(asking, sql);
  auto bus = BusClient::connect(address.redis, address.queue, address.connect_timeout);
  if (!bus) return std::nullopt;
  const auto now = bus->now();
  if (!now) return std::nullopt;
  request.deadline = *now + kRehearsalTime;
  const auto answer = bus->ask(request, kRehearsalTime);
  if (!answer || !*answer) return std::nullopt;
  const Response& response = (**answer).response;
  const bool is_missing = response.sqlstate == "42P01" || response.sqlstate == "42703";
  if (!is_missing) return std::nullopt;
  return error_text(response);
}

// Where the rows of CSV go to a database of another kind than the placeholders are for, each would
// be refused by itself.
Status find_placeholder(CommandOptions& options, const BusAddress& address) {
  if (options.load.table.empty()) return Done{};
  if (options.load.placeholder != LoadOptions::Placeholder::kByDriver) return Done{};
  auto redis = RedisSession::connect(address.redis, address.connect_timeout);
  if (!redis) return std::move(redis).error();
  options.load.placeholder = placeholder_of(driver_of(*redis, options, address.queue));
  return Done{};
}

ExitCode load(CommandOptions options, StopSignals& stop) {
  auto address = find_bus(options);
  if (!address) return complain(address.error().message, ExitCode::kUsage);
  auto identity = identity_of(options);
  if (identity.key.size() > limits::kKeyBytesMax || identity.app.size() > limits::kAppBytesMax) {
    return complain("--key, --name or --app is too long", ExitCode::kUsage);
  }
  auto input = Input::open(options.load.file, stop);
  if (!input) return complain(input.error().message, ExitCode::kUsage);
  if (!options.load.dry_run) {
    if (Status found = find_placeholder(options, *address); !found) {
      return complain(found.error().message, ExitCode::kUnreachable);
    }
  }
  auto source = open_records(options.load, std::move(identity), *input);
  if (!source) return complain(source.error().message, ExitCode::kUsage);
  if (*source == nullptr) return ExitCode::kOk;  // a signal came
  if (options.load.dry_run) return look_only(**source, stop);
  if (const auto refusal = rehearse(options, *address, (*source)->rehearsal())) {
    return complain(*refusal, ExitCode::kRefused);
  }
  Load load(options, *std::move(address), stop, *input);
  if (Status connected = load.connect(); !connected) {
    return complain(connected.error().message, ExitCode::kUnreachable);
  }
  return load.run(**source);
}

}  // namespace

ExitCode run_load(const CommandOptions& options) {
  int signal = 0;
  auto code = ExitCode::kOk;
  {
    StopSignals stop;
    code = load(options, stop);
    signal = stop.caught();
  }
  // Whoever started this is to see what ended it.
  if (signal != 0) raise(signal);
  return code;
}

}  // namespace sqlbus
