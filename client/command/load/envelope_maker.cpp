#include "client/command/load/envelope_maker.hpp"

#include <utility>

#include "client/command/load/member_scan.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/utf8.hpp"

namespace sqlbus {

namespace {

using Member = EnvelopeMember;

// The members by a real reader.
class MemberVisitor : public JsonVisitor {
 public:
  bool on_scalar(const JsonScalar& /*scalar*/) override { return depth_ > 0; }
  bool on_name(std::string_view name) override {
    if (depth_ == 1) members_.add(name);
    return true;
  }
  bool on_open(JsonContainer /*container*/) override {
    ++depth_;
    return true;
  }
  bool on_close(JsonContainer /*container*/) override {
    --depth_;
    return true;
  }

  const EnvelopeMembers& members() const { return members_; }

 private:
  EnvelopeMembers members_;
  std::size_t depth_ = 0;
};

std::string json_of(std::string_view text) {
  std::string json;
  JsonWriter(json).string(text);
  return json;
}

}  // namespace

Status check_text(std::string_view text) {
  if (!is_utf8(text)) return Error{"is not UTF-8"};
  if (text.find('\0') != std::string_view::npos) return Error{"holds a NUL"};
  return Done{};
}

EnvelopeMaker::EnvelopeMaker(LoadIdentity identity, const std::string& sql)
    : identity_(std::move(identity)), uuids_(identity_.name, sql), sql_(json_of(sql)) {
  facts_ = R"(,"APP":)" + json_of(identity_.app) + R"(,"PID":)" + std::to_string(identity_.pid) +
           R"(,"TYPE":"REQUEST","SYNC":false)";
  if (identity_.database) facts_ += R"(,"DATABASE":)" + json_of(*identity_.database);
  facts_ += R"(,"KEY":)" + json_of(identity_.key);
  facts_ += R"(,"TIMESTAMP":)";
  read_clock();
}

void EnvelopeMaker::read_clock() {
  timestamp_.clear();
  append_epoch_text(timestamp_, system_now());
}

void EnvelopeMaker::begin(std::uint64_t line, std::string_view content, std::string& out) const {
  out.assign(R"({"UUID":")");
  uuids_.append(out, line, content);
  out.append("\"").append(facts_).append(timestamp_).append(R"(,"STATEMENT":)");
}

Status EnvelopeMaker::statement(std::uint64_t line, std::string_view sql, std::string& out) const {
  if (Status checked = check_text(sql); !checked) return checked;
  begin(line, sql, out);
  JsonWriter json(out);
  json.string(sql);
  out += '}';
  return Done{};
}

Status EnvelopeMaker::row(std::uint64_t line, std::string_view record,
                          const std::vector<CsvField>& fields, std::string& out) const {
  if (Status checked = check_text(record); !checked) return checked;
  begin(line, record, out);
  out.append(sql_).append(R"(,"PARAMS":)");
  JsonWriter json(out);
  json.open(JsonContainer::kArray);
  for (const CsvField& field : fields) field ? json.string(*field) : json.null();
  json.close(JsonContainer::kArray);
  out += '}';
  return Done{};
}

// A complete one goes byte for byte: whoever sends it again by other means sends the same.
Status EnvelopeMaker::envelope(std::uint64_t line, std::string_view json, std::string& out) {
  auto found = scan_members(json);
  if (!found || !found->is_complete()) {
    MemberVisitor visitor;
    if (Status read = json_.read(json, visitor); !read) {
      return Error{"begins with { and is no JSON: " + read.error().message};
    }
    found = visitor.members();
  }
  if (!found->has(Member::kStatement)) return Error{"an envelope without STATEMENT"};
  if (found->is_complete()) {
    out.assign(json);
    return Done{};
  }
  out.assign("{");
  const auto add = [&](Member member, std::string_view value) {
    if (found->has(member)) return;
    out.append("\"")
        .append(kEnvelopeMembers[static_cast<std::size_t>(member)])
        .append("\":")
        .append(value)
        .append(",");
  };
  std::string uuid = "\"";
  uuids_.append(uuid, line, json);
  add(Member::kUuid, uuid += '"');
  add(Member::kApp, json_of(identity_.app));
  add(Member::kPid, std::to_string(identity_.pid));
  add(Member::kType, "\"REQUEST\"");
  add(Member::kSync, "false");
  add(Member::kTimestamp, timestamp_);
  add(Member::kKey, json_of(identity_.key));
  if (identity_.database) add(Member::kDatabase, json_of(*identity_.database));
  out.append(json.substr(json.find('{') + 1));
  return Done{};
}

}  // namespace sqlbus
