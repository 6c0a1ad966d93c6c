#include "client/command/shell/shell.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "client/command/answer_printer.hpp"
#include "client/command/bus_address.hpp"
#include "client/command/complain.hpp"
#include "client/command/shell/bus_session.hpp"
#include "client/command/shell/catalog.hpp"
#include "client/command/shell/completion.hpp"
#include "client/command/shell/line_editor.hpp"
#include "client/command/shell/prompt_command.hpp"
#include "client/command/shell/statement_buffer.hpp"
#include "client/command/table_printer.hpp"
#include "protocol/error_id.hpp"

namespace sqlbus {

namespace {

using Kind = BusSession::Answer::Kind;
using Next = LineReader::Next;

// Somebody who waits for a list of names waits for no more than that.
constexpr std::chrono::milliseconds kNamesTimeout{2000};

class StreamReader : public LineReader {
 public:
  Next read(const std::string& /*prompt*/, std::string& line) override {
    return std::getline(std::cin, line) ? Next::kLine : Next::kEnd;
  }
};

class Shell {
 public:
  Shell(const CommandOptions& options, BusAddress address, bool is_interactive)
      : options_(options),
        is_interactive_(is_interactive),
        bus_(options_, std::move(address), is_interactive) {}

  ExitCode run() {
    std::unique_ptr<LineReader> lines;
    if (is_interactive_) {
      lines = std::make_unique<LineEditor>(
          shell_history_file(),
          [this](const std::string& beginning) { return completions(beginning, names()); });
      greet();
    } else {
      lines = std::make_unique<StreamReader>();
    }
    std::string line;
    for (;;) {
      const Next next = lines->read(prompt(), line);
      if (next == Next::kDropped) {
        buffer_.clear();
      } else if (next == Next::kEnd) {
        if (!is_interactive_) run_statement(buffer_.take_rest());
        return exit_code_;
      } else if (!obey(line)) {
        return exit_code_;
      }
    }
  }

 private:
  void greet() {
    std::cout << "sqlbus " SQLBUS_VERSION ", redis " << describe(bus_.address().redis) << ", queue "
              << bus_.address().queue << "\n";
    const auto answer = bus_.ask("select 1", std::min(options_.timeout, kNamesTimeout));
    if (answer.kind == Kind::kAnswered) {
      std::cout << bus_.dbtype() << ". \\? helps, \\q ends.\n";
    } else {
      complain(answer.message + " (does a daemon run? sqlbus status)", ExitCode::kOk);
    }
    buffer_.set_backslashes(has_backslashes(bus_.dbtype()));
  }

  std::string prompt() const {
    const std::string name = options_.database ? *options_.database : "sqlbus";
    if (buffer_.is_blank()) return name + "> ";
    static constexpr std::array<char, 7> kMarks = {'-', '\'', '"', '`', '-', '*', '$'};
    const std::size_t width = name.size();
    return std::string(width > 0 ? width - 1 : 0, ' ') +
           kMarks[static_cast<std::size_t>(buffer_.state())] + "> ";
  }

  // False where the shell is to end.
  bool obey(const std::string& line) {
    if (buffer_.is_blank() && buffer_.state() == StatementBuffer::State::kText) {
      if (const auto command = parse_prompt_command(line)) return run_command(*command);
    }
    buffer_.add_line(line);
    while (const auto statement = buffer_.take()) {
      if (!run_statement(*statement) && !is_interactive_ && !options_.shell.keeps_going) {
        return false;
      }
    }
    return true;
  }

  // True where it was done.
  bool run_statement(const std::string& sql) {
    if (sql.empty()) return true;
    const auto answer = bus_.ask(sql);
    buffer_.set_backslashes(has_backslashes(bus_.dbtype()));
    names_.reset();
    return show(answer, options_.format);
  }

  bool show(const BusSession::Answer& answer, OutputFormat format) {
    auto code = ExitCode::kOk;
    switch (answer.kind) {
      case Kind::kAnswered:
        code = print_answer(answer.answer, format);
        explain(answer.answer.response);
        break;
      case Kind::kUnreachable:
        code = complain(answer.message, ExitCode::kUnreachable);
        break;
      case Kind::kTimeout:
        code = complain(answer.message, ExitCode::kTimeout);
        break;
      case Kind::kGivenUp:
        complain(answer.message, ExitCode::kOk);
        break;
    }
    if (is_timing_ && answer.kind == Kind::kAnswered) tell_times(answer);
    std::cout << std::flush;
    // At a prompt each error was seen when it came.
    if (code != ExitCode::kOk && !is_interactive_) exit_code_ = code;
    return code == ExitCode::kOk;
  }

  static void explain(const Response& response) {
    if (response.error_id != static_cast<std::int32_t>(ErrorId::kStatementRefused)) return;
    std::cerr
        << "hint: the bus runs each statement in a transaction of its own, in a session that is\n"
           "nobody's. Several together, all or none, are one request whose STATEMENT is a list:\n"
           "see docs/PROTOCOL.md, or `sqlbus load` with a line {\"STATEMENT\": [\"…\", \"…\"]}.\n";
  }

  static void tell_times(const BusSession::Answer& answer) {
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(), "Time: %.3f ms", answer.waited.count());
    std::cout << text.data();
    if (const auto executed = answer.answer.response.executed_ms) {
      std::snprintf(text.data(), text.size(), ", %.3f ms of it in the database", *executed);
      std::cout << text.data();
    }
    std::cout << "\n";
  }

  bool run_command(const PromptCommand& command) {
    switch (command.verb) {
      case PromptCommand::Verb::kQuit:
        return false;
      case PromptCommand::Verb::kHelp:
        std::cout << prompt_help();
        return true;
      case PromptCommand::Verb::kDescribe:
        return describe_tables(command.argument) || is_interactive_ || options_.shell.keeps_going;
      case PromptCommand::Verb::kSideways:
        set_sideways(command.argument);
        return true;
      case PromptCommand::Verb::kFormat:
        set_format(command.argument);
        return true;
      case PromptCommand::Verb::kTiming:
        is_timing_ = switched(is_timing_, command.argument);
        std::cout << "Timing is " << (is_timing_ ? "on" : "off") << ".\n";
        return true;
      case PromptCommand::Verb::kDatabase:
        set_database(command.argument);
        names_.reset();
        return true;
      case PromptCommand::Verb::kUnknown:
        break;
    }
    complain("there is no " + command.word + ": \\? tells what there is", ExitCode::kUsage);
    if (is_interactive_ || options_.shell.keeps_going) return true;
    exit_code_ = ExitCode::kUsage;
    return false;
  }

  static bool switched(bool was, const std::string& argument) {
    if (argument == "on") return true;
    if (argument == "off") return false;
    return !was;
  }

  void set_sideways(const std::string& argument) {
    const bool is_on = switched(options_.format == OutputFormat::kVertical, argument);
    options_.format = is_on ? OutputFormat::kVertical : OutputFormat::kTable;
    if (is_interactive_) std::cout << "Rows on their side: " << (is_on ? "on" : "off") << ".\n";
  }

  void set_format(const std::string& argument) {
    const auto format = parse_output_format(argument.empty() ? "table" : argument);
    if (format) {
      options_.format = *format;
    } else {
      complain("\\o is followed by table, json, csv or vertical", ExitCode::kUsage);
    }
  }

  void set_database(const std::string& name) {
    options_.database = name.empty() ? std::nullopt : std::optional(name);
  }

  // What kind of database it is is known from any answer.
  bool find_dbtype() {
    if (!bus_.dbtype().empty()) return true;
    const auto answer = bus_.ask("select 1");
    return answer.kind == Kind::kAnswered || show(answer, OutputFormat::kTable);
  }

  bool describe_tables(const std::string& table) {
    if (!find_dbtype()) return false;
    const auto sql = table.empty() ? tables_sql(bus_.dbtype()) : columns_sql(bus_.dbtype(), table);
    if (!sql) {
      complain("what " + bus_.dbtype() + " says of its tables is not known here", ExitCode::kOk);
      return true;
    }
    const auto answer = bus_.ask(*sql);
    const bool is_none = answer.kind == Kind::kAnswered && answer.answer.response.error_id == 0 &&
                         answer.answer.response.rows.empty();
    if (!is_none) return show(answer, options_.format);
    complain(table.empty() ? "there are no tables" : "there is no table " + table, ExitCode::kOk);
    return true;
  }

  // Asked for when they are wanted, and kept until a statement may have changed them.
  const std::vector<std::string>& names() {
    if (names_) return *names_;
    names_.emplace();
    const auto sql = names_sql(bus_.dbtype());
    if (!sql) return *names_;
    const auto answer = bus_.ask(*sql, kNamesTimeout);
    for (const auto& row : answer.answer.response.rows) {
      if (!row.empty() && !row[0].is_null) names_->push_back(row[0].text);
    }
    return *names_;
  }

  CommandOptions options_;
  const bool is_interactive_;
  BusSession bus_;
  StatementBuffer buffer_;
  std::optional<std::vector<std::string>> names_;
  bool is_timing_ = false;
  ExitCode exit_code_ = ExitCode::kOk;
};

}  // namespace

ExitCode run_shell(const CommandOptions& options) {
  auto address = find_bus(options);
  if (!address) return complain(address.error().message, ExitCode::kUsage);
  const bool is_interactive = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
  const auto shell = std::make_unique<Shell>(options, *std::move(address), is_interactive);
  return shell->run();
}

}  // namespace sqlbus
