// The SQLite driver, on a file in a folder of its own.
#include <filesystem>
#include <stdexcept>

#include "daemon/session/driver_library.hpp"
#include "tests/conformance/subject.hpp"
#include "tests/support/temp_dir.hpp"

namespace sqlbus::test {
namespace {

class SqliteSubject final : public Subject {
 public:
  std::string driver_path() const override { return SQLBUS_BUILD_DIR "/drivers/sqlite.so"; }
  const char* dbtype() const override { return "SQLITE"; }
  Options options() override { return {{"database", file_}, {"busy_timeout", "300"}}; }
  Options unreachable() const override {
    return {{"database", folder_ / "absent/file.db"}, {"password", "s3cret"}};
  }
  const Dialect& dialect() const override { return dialect_; }
  std::vector<ColumnCase> column_cases() const override {
    return column_cases_of(dbtype(), dialect_);
  }
  bool kill_sessions() override { return false; }
  void clear() override {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_ + suffix);
  }

 private:
  TempDir folder_;
  std::string file_ = folder_ / "test.db";
  Dialect dialect_ = dialect_of("SQLITE");
};

}  // namespace

Subject& subject() {
  static SqliteSubject instance;
  return instance;
}

const sqlbus_driver& driver() {
  static const auto loaded = load_driver(subject().driver_path());
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded->table;
}

}  // namespace sqlbus::test
