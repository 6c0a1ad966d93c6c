#include "client/command/load/record_source.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "client/command/display_width.hpp"
#include "client/command/load/csv_record.hpp"
#include "client/command/load/envelope_maker.hpp"

namespace sqlbus {

namespace {

using Fill = Input::Fill;
using Next = RecordSource::Next;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t\r";

Error at_line(Error error, std::uint64_t line) {
  return std::move(error).within("line " + std::to_string(line));
}

// A request a line: SQL, or an envelope.
class Lines : public RecordSource {
 public:
  Lines(LoadIdentity identity, Input& input) : input_(input), maker_(std::move(identity), "") {}

  Result<Next> next(std::string& envelope) override {
    for (;;) {
      const auto rest = input_.rest();
      auto end = rest.find('\n', seen_);
      if (end == std::string_view::npos) {
        seen_ = rest.size();
        if (!is_ended_) {
          auto filled = input_.fill();
          if (!filled) return std::move(filled).error();
          if (*filled == Fill::kInterrupted) return Next::kInterrupted;
          if (*filled == Fill::kIdle) return Next::kIdle;
          is_ended_ = *filled == Fill::kEnd;
          continue;
        }
        if (rest.empty()) return Next::kEnd;
        end = rest.size();
      }
      seen_ = 0;
      const auto bytes = std::min(end + 1, rest.size());
      const auto line = input_.place().line;
      auto made = make(line, rest.substr(0, end), envelope);
      if (!made) return at_line(std::move(made).error(), line);
      input_.consume(bytes, bytes > end ? 1 : 0);
      if (*made) return Next::kRequest;
    }
  }

  void read_clock() override { maker_.read_clock(); }

 private:
  // False where the line says nothing.
  Result<bool> make(std::uint64_t number, std::string_view line, std::string& envelope) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    const auto first = line.find_first_not_of(kBlanks);
    if (first == std::string_view::npos || line.substr(first).starts_with("--")) return false;
    Status made = line[first] == '{' ? maker_.envelope(number, line, envelope)
                                     : maker_.statement(number, line, envelope);
    if (!made) return std::move(made).error();
    return true;
  }

  Input& input_;
  EnvelopeMaker maker_;
  std::size_t seen_ = 0;  // bytes of what is left that hold no end of a line
  bool is_ended_ = false;
};

class CsvRows : public RecordSource {
 public:
  CsvRows(const LoadOptions& options, LoadIdentity identity, Input& input)
      : options_(options), identity_(std::move(identity)), input_(input) {}

  // Reads what is known only from the first record: the columns, or their number. kEnd: there is
  // none.
  Result<Next> begin() {
    const bool has_header = options_.has_header.value_or(options_.columns.empty());
    std::string columns = options_.columns;
    auto first = read_record(is_single(columns));
    while (first && *first == Next::kIdle) first = read_record(is_single(columns));
    if (!first) return std::move(first).error();
    if (*first != Next::kRequest) return first;
    const std::size_t count = fields_.size();
    if (has_header) {
      if (columns.empty()) {
        auto named = columns_of_header();
        if (!named) return at_line(std::move(named).error(), 1);
        columns = *std::move(named);
      }
      consume();
    }
    count_ = options_.columns.empty() ? count : columns_in(options_.columns);
    maker_.emplace(identity_, statement(columns));
    rehearsal_ =
        "select " + (columns.empty() ? "*" : columns) + " from " + options_.table + " where 1 = 0";
    return Next::kRequest;
  }

  Result<Next> next(std::string& envelope) override {
    if (!maker_) return Next::kEnd;
    auto read = read_record(count_ == 1);
    if (!read || *read != Next::kRequest) return read;
    const auto line = input_.place().line;
    if (fields_.size() != count_) return at_line(count_error(fields_.size()), line);
    Status made = maker_->row(line, extent_.text, fields_, envelope);
    if (!made) return at_line(std::move(made).error(), line);
    consume();
    return Next::kRequest;
  }

  std::string rehearsal() const override { return rehearsal_; }

  void read_clock() override {
    if (maker_) maker_->read_clock();
  }

 private:
  // A column's name may hold a comma, in quotes.
  static std::size_t columns_in(std::string_view columns) {
    std::size_t count = 1;
    char quote = 0;
    for (const char c : columns) {
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '`') {
        quote = c;
      } else if (c == ',') {
        ++count;
      }
    }
    return count;
  }
  static bool is_single(std::string_view columns) {
    return !columns.empty() && columns_in(columns) == 1;
  }

  Error count_error(std::size_t count) const {
    return Error{std::to_string(count) + (count == 1 ? " field" : " fields") + " where there are " +
                 std::to_string(count_) + " columns"};
  }

  // Looks at the next record, and leaves it where it is. An empty line is one where there is a
  // single column, else it is none.
  Result<Next> read_record(bool is_single_column) {
    for (;;) {
      const auto found = find_csv_record(input_.rest(), is_ended_);
      if (!found) {
        if (is_ended_) return Next::kEnd;
        auto filled = input_.fill();
        if (!filled) return std::move(filled).error();
        if (*filled == Fill::kInterrupted) return Next::kInterrupted;
        if (*filled == Fill::kIdle) return Next::kIdle;
        is_ended_ = *filled == Fill::kEnd;
        continue;
      }
      extent_ = *found;
      const bool is_first = input_.place().offset == 0;
      if (is_first && extent_.text.starts_with(kByteOrderMark)) {
        extent_.text.remove_prefix(kByteOrderMark.size());
      }
      if (extent_.text.empty() && !is_single_column) {
        consume();
        continue;
      }
      Status read = read_csv_record(extent_.text, options_.separator, fields_);
      if (!read) return at_line(std::move(read).error(), input_.place().line);
      return Next::kRequest;
    }
  }

  void consume() { input_.consume(extent_.bytes, extent_.lines); }

  // Names come from data: only those that need no quotes are put into a statement.
  Result<std::string> columns_of_header() const {
    std::string columns;
    for (const CsvField& field : fields_) {
      const std::string name = field.value_or("");
      const bool is_plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                            std::all_of(name.begin(), name.end(), [](char c) {
                              const auto byte = static_cast<unsigned char>(c);
                              return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_';
                            });
      if (!is_plain) {
        return Error{"the header has a column '" + printable(name) +
                     "', which is no plain name: use --columns"};
      }
      columns += (columns.empty() ? "" : ",") + name;
    }
    return columns;
  }

  std::string statement(const std::string& columns) const {
    std::string sql = "insert into " + options_.table;
    if (!columns.empty()) sql += " (" + columns + ")";
    sql += " values (";
    for (std::size_t i = 1; i <= count_; ++i) {
      if (i > 1) sql += ',';
      const bool is_dollar = options_.placeholder != LoadOptions::Placeholder::kQuestion;
      sql += is_dollar ? "$" + std::to_string(i) : "?";
    }
    return sql + ")";
  }

  const LoadOptions& options_;
  LoadIdentity identity_;
  Input& input_;
  std::optional<EnvelopeMaker> maker_;
  std::vector<CsvField> fields_;
  CsvExtent extent_;
  std::size_t count_ = 0;  // of columns
  std::string rehearsal_;
  bool is_ended_ = false;
};

}  // namespace

Result<std::unique_ptr<RecordSource>> open_records(const LoadOptions& options,
                                                   LoadIdentity identity, Input& input) {
  using Source = std::unique_ptr<RecordSource>;
  Source source;
  if (options.table.empty()) {
    source = std::make_unique<Lines>(std::move(identity), input);
  } else {
    auto rows = std::make_unique<CsvRows>(options, std::move(identity), input);
    auto begun = rows->begin();
    if (!begun) return std::move(begun).error();
    if (*begun == Next::kInterrupted) return Source();
    source = std::move(rows);
  }
  if (options.offset <= input.place().offset) return source;
  auto skipped = input.skip_to(options.offset);
  if (!skipped) return std::move(skipped).error();
  if (*skipped == Fill::kInterrupted) return Source();
  return source;
}

}  // namespace sqlbus
