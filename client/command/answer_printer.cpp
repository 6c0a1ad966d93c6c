#include "client/command/answer_printer.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "client/command/colours.hpp"
#include "client/command/complain.hpp"
#include "client/command/csv_printer.hpp"
#include "client/command/table_printer.hpp"
#include "client/command/vertical_printer.hpp"
#include "protocol/error_id.hpp"

namespace sqlbus {

namespace {

std::string rows_text(const Response& response, OutputFormat format) {
  if (format == OutputFormat::kCsv) return render_csv(response);
  if (response.fields.empty()) return "AFFECTED " + std::to_string(response.affected) + "\n";
  if (format == OutputFormat::kVertical) return render_vertical(response);
  return render_table(response);
}

}  // namespace

std::string error_text(const Response& response) {
  std::string text = "error " + std::to_string(response.error_id);
  const auto rows = error_table();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const ErrorRow& candidate) {
    return static_cast<std::int32_t>(candidate.id) == response.error_id;
  });
  if (row != rows.end()) text.append(" ").append(row->name);
  if (!response.sqlstate.empty()) text += " (" + response.sqlstate + ")";
  return text + ": " + response.message;
}

void print_error(const Response& response) {
  const bool is_red = wants_colours(STDERR_FILENO);
  std::cerr << (is_red ? "\x1b[31m" : "") << error_text(response) << (is_red ? "\x1b[0m" : "")
            << "\n";
}

ExitCode print_answer(const BusClient::Answer& answer, OutputFormat format) {
  const Response& response = answer.response;
  const bool has_failed = response.error_id != 0;
  if (format == OutputFormat::kJson) {
    std::cout << answer.json << "\n";
  } else if (has_failed) {
    print_error(response);
  } else {
    std::cout << rows_text(response, format);
    // Who reads CSV is told elsewhere that there is more.
    if (format == OutputFormat::kCsv && response.is_truncated) {
      complain("cut: there are more rows than these", ExitCode::kOk);
    }
  }
  return has_failed ? ExitCode::kRefused : ExitCode::kOk;
}

}  // namespace sqlbus
