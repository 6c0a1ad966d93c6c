// The faults of a configuration file, gathered so that all of them are told at once.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "protocol/result.hpp"

namespace sqlbus {

class Faults {
 public:
  explicit Faults(std::string file) : file_(std::move(file)) {}

  // line 0: of the file as a whole. The message never holds a secret.
  void add(std::size_t line, std::string message);
  bool empty() const { return faults_.empty(); }

  // One line per fault, "sqlbus.ini:12: [limits] lease: …", by line number; of very many the first.
  Error to_error() const;

 private:
  struct Fault {
    std::size_t line;
    std::string message;
  };

  std::string file_;
  std::vector<Fault> faults_;
  std::size_t untold_ = 0;
};

}  // namespace sqlbus
