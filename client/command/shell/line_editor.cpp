#include "client/command/shell/line_editor.hpp"

#include <histedit.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string_view>
#include <system_error>
#include <utility>

#include "client/command/display_width.hpp"
#include "client/command/shell/completion.hpp"

namespace sqlbus {

namespace {

constexpr int kHistoryLines = 1000;
// Their number is told where there are more.
constexpr std::size_t kShownCandidates = 60;

struct EndEdit {
  void operator()(EditLine* edit) const { el_end(edit); }
};
struct EndHistory {
  void operator()(History* history) const { history_end(history); }
};

int characters_in(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

// Only for its owner, as it may hold what others are not to read.
bool prepare_file(const std::string& file) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  const mode_t before = umask(077);
  std::FILE* opened = std::fopen(file.c_str(), "a");
  umask(before);
  if (opened == nullptr) return false;
  const bool is_private = fchmod(fileno(opened), S_IRUSR | S_IWUSR) == 0;
  std::fclose(opened);
  return is_private;
}

}  // namespace

struct LineEditor::Impl {
  static Impl& of(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<Impl*>(self);
  }

  static char* on_prompt(EditLine* edit) { return of(edit).prompt.data(); }

  // The line ends where it is, and counts for nothing.
  static unsigned char on_interrupt(EditLine* edit, int /*key*/) {
    of(edit).is_dropped = true;
    return CC_NEWLINE;
  }

  static unsigned char on_suspend(EditLine* edit, int /*key*/) {
    el_set(edit, EL_PREP_TERM, 0);
    raise(SIGTSTP);
    el_set(edit, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
  }

  static unsigned char on_complete(EditLine* edit, int /*key*/) noexcept {
    try {
      return of(edit).complete_word();
    } catch (const std::exception&) {
      return CC_ERROR;
    }
  }

  unsigned char complete_word() {
    const LineInfo* info = el_line(edit.get());
    const std::string_view before(info->buffer,
                                  static_cast<std::size_t>(info->cursor - info->buffer));
    const std::string word(last_word(before));
    const auto candidates = complete(word);
    if (candidates.empty()) return CC_ERROR;
    const std::string common = common_beginning(candidates);
    if (common.size() > word.size() || candidates.size() == 1) {
      // What was typed may differ in its case.
      el_deletestr(edit.get(), characters_in(word));
      const std::string whole = candidates.size() == 1 ? candidates.front() + " " : common;
      el_insertstr(edit.get(), whole.c_str());
      return CC_REFRESH;
    }
    show(candidates);
    return CC_REDISPLAY;
  }

  static void show(const std::vector<std::string>& candidates) {
    std::cout << "\n";
    const auto shown = std::min(candidates.size(), kShownCandidates);
    for (std::size_t i = 0; i < shown; ++i) std::cout << printable(candidates[i]) << "  ";
    if (shown < candidates.size()) std::cout << "… " << candidates.size() << " in all";
    std::cout << std::endl;
  }

  std::string history_file;
  Complete complete;
  std::unique_ptr<History, EndHistory> history;
  std::unique_ptr<EditLine, EndEdit> edit;
  std::string prompt;
  bool is_dropped = false;
};

LineEditor::LineEditor(std::string history_file, Complete complete)
    : impl_(std::make_unique<Impl>()) {
  std::setlocale(LC_CTYPE, "");
  impl_->complete = std::move(complete);
  impl_->history.reset(history_init());
  HistEvent event;
  history(impl_->history.get(), &event, H_SETSIZE, kHistoryLines);
  history(impl_->history.get(), &event, H_SETUNIQUE, 1);
  if (!history_file.empty() && prepare_file(history_file)) {
    impl_->history_file = std::move(history_file);
    history(impl_->history.get(), &event, H_LOAD, impl_->history_file.c_str());
  }

  EditLine* edit = el_init("sqlbus", stdin, stdout, stderr);
  impl_->edit.reset(edit);
  el_set(edit, EL_CLIENTDATA, impl_.get());
  el_set(edit, EL_PROMPT, &Impl::on_prompt);
  el_set(edit, EL_SIGNAL, 1);
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_HIST, history, impl_->history.get());
  el_source(edit, nullptr);
  // What the terminal would make signals of comes as keys. The wide form keeps the words that it is
  // given, of which the other one would lose copies.
  el_set(edit, EL_SETTY, "-d", "-isig", nullptr);
  el_wset(edit, EL_ADDFN, L"sqlbus-interrupt", L"drop the line", &Impl::on_interrupt);
  el_set(edit, EL_BIND, "^C", "sqlbus-interrupt", nullptr);
  el_wset(edit, EL_ADDFN, L"sqlbus-suspend", L"stop for a while", &Impl::on_suspend);
  el_set(edit, EL_BIND, "^Z", "sqlbus-suspend", nullptr);
  el_wset(edit, EL_ADDFN, L"sqlbus-complete", L"complete the word", &Impl::on_complete);
  el_set(edit, EL_BIND, "\t", "sqlbus-complete", nullptr);
}

LineEditor::~LineEditor() = default;

LineEditor::Next LineEditor::read(const std::string& prompt, std::string& line) {
  impl_->prompt = prompt;
  impl_->is_dropped = false;
  int count = 0;
  const char* read = el_gets(impl_->edit.get(), &count);
  if (impl_->is_dropped) {
    std::cout << "^C\n" << std::flush;
    el_reset(impl_->edit.get());
    return Next::kDropped;
  }
  if (read == nullptr || count <= 0) {
    std::cout << "\n";
    return Next::kEnd;
  }
  line.assign(read, static_cast<std::size_t>(count));
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  if (line.find_first_not_of(" \t") != std::string::npos) {
    HistEvent event;
    history(impl_->history.get(), &event, H_ENTER, line.c_str());
    // Each time: a terminal may go away at any moment.
    if (!impl_->history_file.empty()) {
      history(impl_->history.get(), &event, H_SAVE, impl_->history_file.c_str());
    }
  }
  return Next::kLine;
}

std::string shell_history_file() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/sqlbus/history";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return std::string(home) + "/.local/state/sqlbus/history";
}

}  // namespace sqlbus
