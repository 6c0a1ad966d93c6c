// `sqlbus driver-check`

#include <exception>
#include <iostream>
#include <utility>
#include <variant>

#include "client/driver_check/check_options.hpp"
#include "client/driver_check/check_report.hpp"
#include "client/driver_check/check_run.hpp"
#include "client/driver_check/checker.hpp"

namespace sqlbus::check {
namespace {

ExitCode list_checks() {
  for (const auto& check : all_checks()) {
    std::cout << check.name << "\n             " << check.rule << "\n";
  }
  return ExitCode::kOk;
}

ExitCode check_driver(CheckOptions& options) {
  CheckReport report(options);
  const auto status = run_checks(
      options, {.on_driver = [&](const Target& target) { report.on_driver(target); },
                .on_finding = [&](const Finding& finding) { report.on_finding(finding); }});
  if (!status) {
    std::cerr << "sqlbus driver-check: " << report.masked(status.error().message) << "\n";
    return ExitCode::kUsage;
  }
  report.end();
  return report.has_failed() ? ExitCode::kRefused : ExitCode::kOk;
}

}  // namespace
}  // namespace sqlbus::check

int main(int argc, char** argv) {
  using namespace sqlbus::check;
  try {
    auto parsed = parse_command_line(argc, argv);
    if (const auto* code = std::get_if<sqlbus::ExitCode>(&parsed)) return static_cast<int>(*code);
    auto& options = std::get<CheckOptions>(parsed);
    return static_cast<int>(options.list ? list_checks() : check_driver(options));
  } catch (const std::exception& e) {
    std::cerr << "sqlbus driver-check: " << e.what() << "\n";
    return static_cast<int>(sqlbus::ExitCode::kUsage);
  }
}
