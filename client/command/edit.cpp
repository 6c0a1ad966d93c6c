#include "client/command/edit.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <variant>

#include "protocol/request_codec.hpp"

namespace sqlbus {
namespace {

std::string editor() {
  for (const char* name : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "vi";
}

// A file below the folder for temporary ones that goes with its owner.
class TempFile {
 public:
  TempFile() : path_((std::filesystem::temp_directory_path() / "sqlbus-XXXXXX.json").string()) {
    const int fd = mkstemps(path_.data(), 5);  // only its owner may read it
    if (fd >= 0) close(fd);
    is_made_ = fd >= 0;
  }
  ~TempFile() {
    if (is_made_) unlink(path_.c_str());
  }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;

  bool is_made() const { return is_made_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool is_made_ = false;
};

}  // namespace

Result<std::string> edit_text(const std::string& text) {
  const TempFile file;
  if (!file.is_made()) return Error{"cannot make a temporary file"};
  std::ofstream(file.path(), std::ios::binary) << text;
  // By a shell: the variables may hold arguments.
  const auto command = editor() + " '" + file.path() + "'";
  const int status = std::system(command.c_str());
  if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{"the editor failed: " + editor()};
  }
  std::ifstream edited(file.path(), std::ios::binary);
  return std::string{std::istreambuf_iterator<char>(edited), std::istreambuf_iterator<char>()};
}

Result<std::string> edit_envelope(const std::string& envelope, const std::string& uuid) {
  auto edited = edit_text(envelope);
  if (!edited) return edited;
  while (!edited->empty() && (edited->back() == '\n' || edited->back() == '\r')) edited->pop_back();
  if (*edited == envelope) return edited;
  const auto decoded = decode_request(*edited, std::numeric_limits<std::size_t>::max());
  if (const auto* refusal = std::get_if<Refusal>(&decoded)) return Error{refusal->message};
  if (!uuid.empty() && std::get<Request>(decoded).uuid != uuid) {
    return Error{"UUID: stays what it was, so that the request cannot take effect twice"};
  }
  return edited;
}

}  // namespace sqlbus
