#include "client/command/complain.hpp"

#include <iostream>

namespace sqlbus {

ExitCode complain(const std::string& message, ExitCode code) {
  std::cerr << "sqlbus: " << message << "\n";
  return code;
}

ExitCode complain(const Error& error, ExitCode code) { return complain(error.message, code); }

}  // namespace sqlbus
