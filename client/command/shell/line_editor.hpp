// Lines that are typed on a terminal, by libedit.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/command/shell/line_reader.hpp"

namespace sqlbus {

// With a history that is kept in a file, and completion of words. Ctrl-C drops the line, Ctrl-D on
// an empty one ends. One at a time.
class LineEditor : public LineReader {
 public:
  // What a word that begins so may be.
  using Complete = std::function<std::vector<std::string>(const std::string& beginning)>;

  // The file is made, readable for its owner alone, with its folder; where that cannot be there is
  // no history from one time to the next. An empty path: none is kept.
  LineEditor(std::string history_file, Complete complete);
  ~LineEditor() override;
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  Next read(const std::string& prompt, std::string& line) override;

 private:
  struct Impl;  // libedit's
  std::unique_ptr<Impl> impl_;
};

// $XDG_STATE_HOME/sqlbus/history, else ~/.local/state/sqlbus/history; empty where neither is known.
std::string shell_history_file();

}  // namespace sqlbus
