// How the findings are told: in lines as they come, or as JSON behind the last. No secret is told.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "client/driver_check/checker.hpp"
#include "daemon/config/secrets.hpp"

namespace sqlbus::check {

class CheckReport {
 public:
  explicit CheckReport(const CheckOptions& options);

  void on_driver(const Target& target);
  void on_finding(Finding finding);
  void end();

  bool has_failed() const { return counts_[static_cast<std::size_t>(Outcome::kFailed)] > 0; }
  // With the secrets taken out.
  std::string masked(std::string text) const { return secrets_.masked(std::move(text)); }

 private:
  std::size_t count(Outcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }
  void print_json() const;

  bool is_json_;
  Secrets secrets_;
  Target target_;
  std::vector<Finding> findings_;
  std::size_t counts_[3] = {};
};

}  // namespace sqlbus::check
