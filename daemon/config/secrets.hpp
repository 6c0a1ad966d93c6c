// Texts that nobody may read in a log: what a server or a library says of a connection may repeat
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sqlbus {

class Secrets {
 public:
  void add(std::string_view secret);
  // What stands behind PWD= and PASSWORD= there.
  void add_connection_string(std::string_view text);
  // With *** in place of each.
  std::string masked(std::string text) const;

 private:
  std::vector<std::string> secrets_;  // longer ones first: one may hold another
};

}  // namespace sqlbus
