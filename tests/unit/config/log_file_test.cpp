#include "daemon/log/log_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "daemon/log/rotated_files.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/text_file.hpp"

namespace sqlbus {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::seconds;

// A file with a clock that is set by hand.
struct Scene {
  test::TempDir dir;
  LogSettings settings;
  LogFile::Time now = std::chrono::system_clock::now();

  Scene() { settings.filename = dir / "a.log"; }

  std::unique_ptr<LogFile> open() {
    auto file = LogFile::open(settings, {.now = [this] { return now; }, .hurry = nullptr});
    REQUIRE_MESSAGE(file.ok(), file.error().message);
    return *std::move(file);
  }
  std::string text() const { return test::read_text_file(settings.filename); }
  // The texts of renamed files, the oldest first.
  std::vector<std::string> rotated() const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(dir.path())) {
      if (is_rotated_name("a.log", entry.path().filename().string())) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> texts;
    for (const auto& path : paths) texts.push_back(test::read_text_file(path));
    return texts;
  }
};

using Texts = std::vector<std::string>;

TEST_CASE("a file that would grow beyond its size is renamed before") {
  Scene scene;
  scene.settings.size_max = 10;
  const auto file = scene.open();
  for (const auto* line : {"1234\n", "6789\n", "two\n", "longer than all of it\n", "x\n"}) {
    CHECK(file->write(line));
  }
  CHECK(scene.rotated() == Texts{"1234\n6789\n", "two\n", "longer than all of it\n"});
  CHECK(scene.text() == "x\n");
}

TEST_CASE("what is in the file at the start counts") {
  Scene scene;
  scene.settings.size_max = 10;
  test::write_text_file(scene.settings.filename, "1234\n");
  const auto file = scene.open();
  CHECK(file->write("567890\n"));
  CHECK(scene.rotated() == Texts{"1234\n"});
}

TEST_CASE("so many renamed files are kept, the newest") {
  Scene scene;
  scene.settings.size_max = 1;
  scene.settings.keep_files = 2;
  const auto file = scene.open();
  for (const auto* line : {"1\n", "2\n", "3\n", "4\n", "5\n"}) {
    CHECK(file->write(line));
    scene.now += seconds(1);
  }
  CHECK(scene.rotated() == Texts{"3\n", "4\n"});
}

TEST_CASE("a file is renamed once a day at its time, and never an empty one") {
  Scene scene;
  scene.settings.rotate_at = "23:59:59";
  const auto file = scene.open();
  const auto first = file->next_rotation();
  REQUIRE(first);
  CHECK(*first > scene.now);
  CHECK(*first - scene.now <= hours(25));
  CHECK(file->write("one\n"));
  scene.now = *first - seconds(1);
  CHECK(file->write("two\n"));
  CHECK(scene.rotated().empty());
  scene.now = *first;
  file->rotate_if_due();
  CHECK(scene.rotated() == Texts{"one\ntwo\n"});
  const auto second = file->next_rotation();
  REQUIRE(second);
  CHECK(*second - *first >= hours(23));
  CHECK(*second - *first <= hours(25));
  // Nothing that day.
  scene.now = *second;
  file->rotate_if_due();
  CHECK(scene.rotated().size() == 1);
  CHECK(*file->next_rotation() > *second);
  CHECK(file->write("three\n"));
  CHECK(scene.rotated().size() == 1);
  // The line of a new day goes into a new file.
  scene.now = *file->next_rotation() + hours(3);
  CHECK(file->write("four\n"));
  CHECK(scene.rotated() == Texts{"one\ntwo\n", "three\n"});
  CHECK(scene.text() == "four\n");
}

TEST_CASE("a file of yesterday is renamed when the daemon starts after its time") {
  Scene scene;
  scene.settings.rotate_at = "12:00";
  test::write_text_file(scene.settings.filename, "yesterday\n");
  fs::last_write_time(scene.settings.filename, fs::file_time_type::clock::now() - hours(26));
  const auto file = scene.open();
  CHECK(file->write("today\n"));
  CHECK(scene.rotated() == Texts{"yesterday\n"});
}

TEST_CASE("a file that was moved or deleted is made anew, within a second") {
  Scene scene;
  const auto file = scene.open();
  CHECK(file->write("one\n"));
  fs::rename(scene.settings.filename, scene.dir / "moved");
  scene.now += seconds(1);
  CHECK(file->write("two\n"));
  CHECK(scene.text() == "two\n");
  CHECK(test::read_text_file(scene.dir / "moved") == "one\n");
  fs::remove(scene.settings.filename);
  CHECK(file->write("lost with the file\n"));
  scene.now += seconds(1);
  CHECK(file->write("three\n"));
  CHECK(scene.text() == "three\n");
}

TEST_CASE("a folder that was deleted is made anew where it is the log's own") {
  Scene scene;
  scene.settings.filename = "a.log";
  scene.settings.catalog = scene.dir / "log";
  const auto file = scene.open();
  fs::remove_all(scene.dir / "log");
  scene.now += seconds(1);
  CHECK(file->write("one\n"));
  CHECK(test::read_text_file(scene.dir / "log/a.log") == "one\n");
}

TEST_CASE("lines for a deleted file that cannot be made anew are lost, and why is told once") {
  Scene scene;
  scene.settings.filename = scene.dir / "sub/a.log";
  fs::create_directory(scene.dir / "sub");
  const auto file = scene.open();
  fs::remove_all(scene.dir / "sub");
  scene.now += seconds(1);
  CHECK_FALSE(file->write("one\n"));
  CHECK(file->take_trouble() ==
        "log file " + scene.settings.filename + ": No such file or directory");
  scene.now += seconds(1);
  CHECK_FALSE(file->write("two\n"));
  CHECK(file->take_trouble().empty());
  fs::create_directory(scene.dir / "sub");
  scene.now += seconds(1);
  CHECK(file->write("three\n"));
  CHECK(scene.text() == "three\n");
}

TEST_CASE("a file that was cut to nothing by another program is counted anew") {
  Scene scene;
  scene.settings.size_max = 10;
  const auto file = scene.open();
  CHECK(file->write("12345678\n"));
  fs::resize_file(scene.settings.filename, 0);
  CHECK(file->write("12345678\n"));
  CHECK(scene.rotated().empty());
}

TEST_CASE("where the path is a link, the file behind it is renamed and the link stays") {
  Scene scene;
  fs::create_directory(scene.dir / "disk");
  fs::create_symlink("disk/a.log", scene.settings.filename);
  scene.settings.size_max = 1;
  const auto file = scene.open();
  CHECK(file->write("1\n"));
  CHECK(file->write("2\n"));
  CHECK(fs::is_symlink(scene.settings.filename));
  CHECK(scene.text() == "2\n");
  CHECK(std::distance(fs::directory_iterator(scene.dir / "disk"), fs::directory_iterator()) == 2);
}

TEST_CASE("two daemons with one file lose no line of each other, however often it is renamed") {
  Scene scene;
  scene.settings.size_max = 2000;
  scene.settings.keep_files = 10000;
  constexpr int kLines = 5000;
  std::vector<std::thread> daemons;
  for (const char name : {'a', 'b'}) {
    daemons.emplace_back([&scene, name] {
      auto file = LogFile::open(scene.settings, {});
      for (int i = 0; i < kLines; ++i) {
        (*file)->write(name + std::to_string(i) + std::string(20, '.') + "\n");
      }
    });
  }
  for (auto& daemon : daemons) daemon.join();
  auto all = scene.text();
  for (const auto& text : scene.rotated()) all += text;
  CHECK(scene.rotated().size() > 10);
  CHECK(std::count(all.begin(), all.end(), '\n') == 2 * kLines);
  std::size_t found = 0;
  for (int i = 0; i < kLines; ++i) {
    for (const char name : {'a', 'b'}) {
      found += all.find(name + std::to_string(i) + std::string(20, '.') + "\n") != all.npos ? 1 : 0;
    }
  }
  CHECK(found == 2 * kLines);
}

TEST_CASE("while another daemon is about to rename the file it is written to, and left to it") {
  Scene scene;
  scene.settings.size_max = 1;
  const auto file = scene.open();
  const int other = open(scene.settings.filename.c_str(), O_RDONLY);
  REQUIRE(flock(other, LOCK_EX) == 0);
  CHECK(file->write("1\n"));
  CHECK(file->write("2\n"));
  CHECK(scene.rotated().empty());
  close(other);
  scene.now += seconds(1);
  CHECK(file->write("3\n"));
  CHECK(scene.rotated() == Texts{"1\n2\n"});
}

TEST_CASE("a file that cannot be renamed is written to all the same, and why is told") {
  if (geteuid() == 0) return;  // nothing is forbidden
  Scene scene;
  scene.settings.size_max = 1;
  const auto file = scene.open();
  CHECK(file->write("1\n"));
  fs::permissions(scene.dir.path(), fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(file->write("2\n"));
  CHECK(file->take_trouble().find("not renamed") != std::string::npos);
  fs::permissions(scene.dir.path(), fs::perms::owner_all);
  CHECK(scene.text() == "1\n2\n");
  scene.now += seconds(60);
  CHECK(file->write("3\n"));
  CHECK(scene.rotated() == Texts{"1\n2\n"});
}

TEST_CASE("a line that was cut by a full disk is ended before the next one") {
  Scene scene;
  const auto file = scene.open();
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  auto* const old_action = signal(SIGXFSZ, SIG_IGN);
  auto limited = before;
  limited.rlim_cur = 12;
  setrlimit(RLIMIT_FSIZE, &limited);
  const bool first = file->write("1234567\n");
  const bool second = file->write("cut in the middle\n");
  const bool third = file->write("lost\n");
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, old_action);
  CHECK(first);
  CHECK_FALSE(second);
  CHECK_FALSE(third);
  CHECK(file->write("whole\n"));
  CHECK(scene.text() == "1234567\ncut \nwhole\n");
}

}  // namespace
}  // namespace sqlbus
