#include "client/command/dead.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/bus_client.hpp"
#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "client/command/dead_list.hpp"
#include "client/command/edit.hpp"
#include "client/command/rehearsal.hpp"
#include "client/command/table_printer.hpp"
#include "client/progress_bar.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kMessageShown = 60;
constexpr std::chrono::seconds kBetweenWakes{1};

EpochTime local_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

ResponseCell cell(std::string text) { return {.text = std::move(text)}; }

std::string shortened(std::string text, std::size_t size) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size) + "…";
}

std::string error_text(const Letter& letter) {
  return std::to_string(static_cast<int>(letter.dead.error)) + " " + error_name(letter.dead.error);
}

// One sub-command's run over the letters that are meant.
class DeadCommand {
 public:
  DeadCommand(const CommandOptions& options, DeadList list)
      : options_(options.dead), config_(options.config_file), list_(std::move(list)) {}

  ExitCode run() {
    switch (options_.verb) {
      case DeadOptions::Verb::kList:
        return options_.group ? group() : list();
      case DeadOptions::Verb::kShow:
        return show();
      case DeadOptions::Verb::kReplay:
        return options_.dry_run ? rehearse() : replay();
      case DeadOptions::Verb::kDrop:
        return drop();
    }
    return ExitCode::kUsage;
  }

 private:
  bool is_meant(const Letter& letter) const { return options_.filter.matches(letter, now_); }
  ExitCode list();
  ExitCode group();
  ExitCode show();
  ExitCode rehearse();
  ExitCode replay();
  ExitCode drop();
  // How many are meant, and whether they may be touched.
  std::optional<ExitCode> confirm(const std::string& what, std::int64_t& count);
  Result<DeadList::Visit> replay_one(Letter& letter);

  const DeadOptions& options_;
  std::string config_;
  DeadList list_;
  EpochTime now_ = local_now();
};

ExitCode DeadCommand::list() {
  Response table;
  table.fields = {"ID", "FAILED_AT", "ERROR", "SQLSTATE", "APP", "DATABASE", "MESSAGE"};
  table.types.assign(table.fields.size(), "text");
  std::size_t shown = 0;
  const auto done = list_.for_each_newest([&](Letter& letter) {
    if (!is_meant(letter)) return true;
    if (options_.json) {
      std::cout << letter.raw << "\n";
    } else {
      table.rows.push_back({cell(letter.dead.id), cell(to_local_text(letter.dead.failed_at)),
                            cell(error_text(letter)), cell(letter.dead.sqlstate), cell(letter.app),
                            cell(letter.database),
                            cell(shortened(letter.dead.message, kMessageShown))});
    }
    return ++shown < options_.limit;
  });
  if (!done) return complain(done.error(), ExitCode::kUnreachable);
  if (!options_.json) std::cout << render_table(table);
  if (!options_.json && shown == options_.limit) {
    std::cout << "the newest " << shown << " (--limit)\n";
  }
  return ExitCode::kOk;
}

ExitCode DeadCommand::group() {
  struct Cause {
    std::int64_t count = 0;
    EpochTime first, last;
    std::string example;
    Letter letter;
  };
  std::map<std::string, Cause> causes;
  const auto done = list_.for_each_newest([&](Letter& letter) {
    if (!is_meant(letter)) return true;
    auto& cause = causes[cause_of(letter)];
    if (cause.count++ == 0) {
      cause.last = letter.dead.failed_at;
      cause.letter = letter;
    }
    cause.first = letter.dead.failed_at;
    return true;
  });
  if (!done) return complain(done.error(), ExitCode::kUnreachable);
  std::vector<const Cause*> sorted;
  sorted.reserve(causes.size());
  for (const auto& [name, cause] : causes) sorted.push_back(&cause);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Cause* a, const Cause* b) { return a->count > b->count; });
  Response table;
  table.fields = {"COUNT", "ERROR", "SQLSTATE", "FIRST", "LAST", "EXAMPLE", "MESSAGE"};
  table.types = {"int", "text", "text", "text", "text", "text", "text"};
  for (const auto* cause : sorted) {
    table.rows.push_back({cell(std::to_string(cause->count)), cell(error_text(cause->letter)),
                          cell(cause->letter.dead.sqlstate), cell(to_local_text(cause->first)),
                          cell(to_local_text(cause->last)), cell(cause->letter.dead.id),
                          cell(shortened(cause->letter.dead.message, kMessageShown))});
  }
  std::cout << render_table(table);
  return ExitCode::kOk;
}

ExitCode DeadCommand::show() {
  std::size_t shown = 0;
  const auto done = list_.for_each_newest([&](Letter& letter) {
    if (!is_meant(letter)) return true;
    ++shown;
    if (options_.json) {
      std::cout << letter.raw << "\n";
      return true;
    }
    std::cout << "ID         " << letter.dead.id << "\nUUID       " << letter.uuid
              << "\nAPP        " << letter.app << "\nDATABASE   "
              << (letter.database.empty() ? "(default)" : letter.database) << "\nFAILED_AT  "
              << to_local_text(letter.dead.failed_at) << "\nERROR      " << error_text(letter)
              << "\nSQLSTATE   " << letter.dead.sqlstate << "\nMESSAGE    " << letter.dead.message
              << "\nATTEMPTS   " << letter.dead.attempts << "\nINSTANCE   " << letter.dead.instance
              << "\nSTATEMENT  " << letter.text() << "\nREQUEST    " << letter.dead.request
              << "\n\n";
    return true;
  });
  if (!done) return complain(done.error(), ExitCode::kUnreachable);
  if (shown > 0) return ExitCode::kOk;
  return complain("no such dead letter", ExitCode::kRefused);
}

ExitCode DeadCommand::rehearse() {
  auto settings = load_bus_settings(config_);
  if (!settings) return complain(settings.error(), ExitCode::kUsage);
  Rehearsal rehearsal(*settings);
  const auto done = list_.for_each([&](Letter& letter) -> Result<DeadList::Visit> {
    if (!is_meant(letter)) return DeadList::Visit::kKept;
    std::cout << letter.dead.id << "  "
              << (letter.request ? rehearsal.tell(*letter.request)
                                 : "would be refused again: it is no request")
              << "\n";
    return DeadList::Visit::kKept;
  });
  return done ? ExitCode::kOk : complain(done.error(), ExitCode::kUnreachable);
}

std::optional<ExitCode> DeadCommand::confirm(const std::string& what, std::int64_t& count) {
  if (options_.filter.is_empty() && !options_.all) {
    return complain(what + ": say which ones, or --all", ExitCode::kUsage);
  }
  count = 0;
  const auto done = list_.for_each([&](Letter& letter) -> Result<DeadList::Visit> {
    if (is_meant(letter)) ++count;
    return DeadList::Visit::kKept;
  });
  if (!done) return complain(done.error(), ExitCode::kUnreachable);
  if (count == 0) {
    std::cout << "no dead letter is meant\n";
    return ExitCode::kOk;
  }
  if (options_.yes) return std::nullopt;
  if (isatty(STDIN_FILENO) == 0) return complain(what + ": needs --yes", ExitCode::kUsage);
  std::cout << what << " " << grouped(count) << " dead letters? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return std::nullopt;
  return ExitCode::kOk;
}

Result<DeadList::Visit> DeadCommand::replay_one(Letter& letter) {
  std::string envelope = letter.dead.request;
  if (options_.edit) {
    auto edited = edit_envelope(envelope, letter.uuid);
    if (!edited) {
      std::cerr << "sqlbus: " << letter.dead.id << ": " << edited.error().message
                << "; it stays where it is\n";
      return DeadList::Visit::kKept;
    }
    envelope = *std::move(edited);
  }
  auto is_moved = list_.replay(letter, envelope);
  if (!is_moved) return std::move(is_moved).error();
  return DeadList::Visit::kRemoved;  // by us or by somebody else
}

ExitCode DeadCommand::replay() {
  std::int64_t count = 0;
  if (const auto ended = confirm("replay", count)) return *ended;
  using std::chrono::steady_clock;
  const auto begun = steady_clock::now();
  auto woken = begun - kBetweenWakes;
  ProgressBar bar(count);
  std::int64_t seen = 0;
  std::int64_t moved = 0;
  const auto done = list_.for_each([&](Letter& letter) -> Result<DeadList::Visit> {
    if (seen == count)
      return DeadList::Visit::kStop;  // what has died meanwhile is for another time
    if (!is_meant(letter)) return DeadList::Visit::kKept;
    if (options_.rate > 0) {
      std::this_thread::sleep_until(
          begun + std::chrono::duration_cast<steady_clock::duration>(
                      std::chrono::duration<double>(static_cast<double>(seen) / options_.rate)));
    }
    auto visited = replay_one(letter);
    ++seen;
    if (steady_clock::now() - woken >= kBetweenWakes) {
      list_.wake_owner();
      woken = steady_clock::now();
    }
    if (visited && *visited == DeadList::Visit::kRemoved) ++moved;
    bar.show(seen);
    return visited;
  });
  list_.wake_owner();
  if (!done) return complain(done.error(), ExitCode::kUnreachable);
  std::cout << "sent " << grouped(moved) << " again\n";
  return moved == count ? ExitCode::kOk : ExitCode::kRefused;
}

ExitCode DeadCommand::drop() {
  std::int64_t count = 0;
  if (const auto ended = confirm("drop", count)) return *ended;
  std::int64_t dropped = 0;
  const auto done = list_.for_each([&](Letter& letter) -> Result<DeadList::Visit> {
    if (dropped == count) return DeadList::Visit::kStop;
    if (!is_meant(letter)) return DeadList::Visit::kKept;
    auto is_dropped = list_.drop(letter);
    if (!is_dropped) return std::move(is_dropped).error();
    ++dropped;
    return DeadList::Visit::kRemoved;
  });
  if (!done) return complain(done.error(), ExitCode::kUnreachable);
  std::cout << "dropped " << grouped(dropped) << "\n";
  return ExitCode::kOk;
}

}  // namespace

ExitCode run_dead(const CommandOptions& options) {
  auto address = find_bus(options);
  if (!address) return complain(address.error(), ExitCode::kUsage);
  auto redis = RedisSession::connect(address->redis, address->connect_timeout);
  if (!redis) return complain(redis.error(), ExitCode::kUnreachable);
  return DeadCommand(options, DeadList(*redis, address->queue)).run();
}

}  // namespace sqlbus
