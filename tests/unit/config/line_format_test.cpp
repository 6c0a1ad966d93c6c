#include "daemon/log/line_format.hpp"

#include <doctest/doctest.h>

namespace sqlbus {
namespace {

using Level = Log::Level;

std::chrono::system_clock::time_point moment() {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(1'795'215'361'007));
}

LogLine line(Level level, std::string_view message, Log::Fields fields) {
  return {moment(), level, message, fields};
}

TEST_CASE("a text line has its time, level, message and fields") {
  CHECK(format_text(line(Level::kInfo, "the bus is ready", {{"pid", "42"}, {"queue", "q 1"}})) ==
        R"(2026-11-20T22:56:01.007Z level=info msg="the bus is ready" pid=42 queue="q 1")");
  CHECK(format_text(line(Level::kError, "", {})) ==
        R"(2026-11-20T22:56:01.007Z level=error msg="")");
}

TEST_CASE("a JSON line is one object") {
  CHECK(format_json(line(Level::kWarning, "a \"b\"", {{"error", "x\ny"}})) ==
        R"({"time":"2026-11-20T22:56:01.007Z","level":"warning","msg":"a \"b\"","error":"x\ny"})");
}

TEST_CASE("the journal gets a priority, and no time") {
  CHECK(format_journal(line(Level::kDebug, "m", {{"k", "v"}})) == R"(<7>level=debug msg="m" k=v)");
  CHECK(format_journal(line(Level::kInfo, "m", {})) == R"(<6>level=info msg="m")");
  CHECK(format_journal(line(Level::kWarning, "m", {})) == R"(<4>level=warning msg="m")");
  CHECK(format_journal(line(Level::kError, "m", {})) == R"(<3>level=error msg="m")");
}

TEST_CASE("whatever a value holds, it stays one value on one line") {
  struct Case {
    std::string value, text, json;
  };
  const Case cases[] = {
      {"", R"("")", R"("")"},
      {"plain-1.5/x:y", "plain-1.5/x:y", R"("plain-1.5/x:y")"},
      {"a=b", R"("a=b")", R"("a=b")"},
      {"a\" b=\"c", R"("a\" b=\"c")", R"("a\" b=\"c")"},
      {"back\\slash", R"("back\\slash")", R"("back\\slash")"},
      {"two\nlines\r\n", R"("two\nlines\r\n")", R"("two\nlines\r\n")"},
      {"\x1b[31m", R"("\u001b[31m")", R"("\u001b[31m")"},
      {std::string("\0", 1), R"("\u0000")", R"("\u0000")"},
      {"\xE4\xB8\xAD", "\"\xE4\xB8\xAD\"", "\"\xE4\xB8\xAD\""},
      {"\xFF\xFE", R"("\xff\xfe")", R"("\\xff\\xfe")"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.value);
    const LogField field{"k", each.value};
    CHECK(format_journal(line(Level::kInfo, "m", {field})) ==
          R"(<6>level=info msg="m" k=)" + each.text);
    CHECK(format_json(line(Level::kInfo, "m", {field})).ends_with("\"k\":" + each.json + "}"));
  }
}

TEST_CASE("what is long is cut, between characters, and says so") {
  const std::string plain(5000, 'a');
  const LogField field{"k", plain};
  const auto text = format_text(line(Level::kInfo, "m", {field}));
  CHECK(text.ends_with(" k=\"" + std::string(4096, 'a') + "...\""));
  std::string wide = "x";
  while (wide.size() < 5000) wide += "\xE4\xB8\xAD";
  const auto json = format_json(line(Level::kInfo, wide, {}));
  CHECK(json.ends_with("\xE4\xB8\xAD...\"}"));
  CHECK(json.size() < 4200);
}

}  // namespace
}  // namespace sqlbus
