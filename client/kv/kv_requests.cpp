#include "client/kv/kv_requests.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sqlbus::kv {
namespace {

constexpr std::string_view kLives = "(expires_us IS NULL OR expires_us > ?)";

Value text(std::string_view value) { return {.kind = Value::Kind::kText, .text = value}; }
Value bytes(std::string_view value) { return {.kind = Value::Kind::kBytes, .text = value}; }
Value moment(EpochTime time) {
  return {.kind = Value::Kind::kInteger, .integer = time.time_since_epoch().count()};
}
Value moment(std::optional<EpochTime> time) { return time ? moment(*time) : Value{}; }

Request about(const std::optional<Path>& path) {
  Request request;
  request.sync = true;
  if (path) request.key = path->key();
  return request;
}

Request single(const Speech& speech, const std::optional<Path>& path, const std::string& sql,
               Params params) {
  auto request = about(path);
  request.statements.push_back({.sql = speech.written(sql), .params = std::move(params)});
  return request;
}

std::size_t length_of(const Dialect& dialect, std::string_view text) {
  if (dialect.counts_bytes) return text.size();
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // not the continuation of one
  }));
}

// What stands behind the folder's path, up to the next '/' and with it.
std::string name_below(const Dialect& dialect, const std::optional<Path>& path) {
  const auto start = path ? length_of(dialect, path->first()) + 1 : 1;
  const auto rest = "substr(path, " + std::to_string(start) + ")";
  const auto slash = std::string(dialect.position) + "(" + rest + ", '/')";
  return "CASE WHEN " + slash + " = 0 THEN " + rest + " ELSE substr(" + rest + ", 1, " + slash +
         ") END";
}

}  // namespace

Request probe_request(const std::optional<Path>& path) {
  auto request = about(path);
  request.statements.push_back(
      {.sql = kProbe, .params = {{.kind = Value::Kind::kInteger, .integer = 1}}});
  return request;
}

Request create_request(const Speech& speech) {
  Request request;
  request.sync = true;
  const auto& statements = speech.dialect->create;
  if (statements.size() > 1) request.form = Request::Form::kTransaction;
  for (const auto sql : statements) request.statements.push_back({.sql = sql, .params = {}});
  return request;
}

Request set_request(const Speech& speech, const Path& path, std::string_view value,
                    std::optional<EpochTime> expires, EpochTime now) {
  auto request = about(path);
  request.form = Request::Form::kTransaction;
  request.statements.push_back(
      {.sql = speech.written(speech.dialect->purge), .params = {moment(now)}});
  request.statements.push_back({.sql = speech.written(speech.dialect->upsert),
                                .params = {text(path.str()), bytes(value), moment(expires)}});
  return request;
}

Request get_request(const Speech& speech, const Path& path, EpochTime now) {
  return single(speech, path,
                "SELECT value FROM sqlbus_kv WHERE path = ? AND " + std::string(kLives),
                {text(path.str()), moment(now)});
}

Request delete_request(const Speech& speech, const Path& path, bool is_recursive, EpochTime now) {
  const std::string lives(kLives);
  if (!is_recursive) {
    return single(speech, path, "DELETE FROM sqlbus_kv WHERE path = ? AND " + lives,
                  {text(path.str()), moment(now)});
  }
  return single(speech, path,
                "DELETE FROM sqlbus_kv WHERE (path = ? OR (path >= ? AND path < ?)) AND " + lives,
                {text(path.str()), text(path.first()), text(path.end()), moment(now)});
}

Request list_request(const Speech& speech, const std::optional<Path>& path, bool is_recursive,
                     EpochTime now) {
  const auto shown =
      is_recursive ? std::string("path") : "DISTINCT " + name_below(*speech.dialect, path);
  auto sql = "SELECT " + shown + " AS name FROM sqlbus_kv WHERE " + std::string(kLives);
  Params params{moment(now)};
  if (path) {
    sql += " AND path >= ? AND path < ?";
    params.push_back(text(path->first()));
    params.push_back(text(path->end()));
  }
  auto request = single(speech, path, sql + " ORDER BY name", std::move(params));
  request.rows_max = kEntriesMax;
  return request;
}

Request expiry_request(const Speech& speech, const Path& path, EpochTime now) {
  return single(speech, path,
                "SELECT expires_us FROM sqlbus_kv WHERE path = ? AND " + std::string(kLives),
                {text(path.str()), moment(now)});
}

Request expire_request(const Speech& speech, const Path& path, std::optional<EpochTime> expires,
                       EpochTime now) {
  return single(speech, path,
                "UPDATE sqlbus_kv SET expires_us = ? WHERE path = ? AND " + std::string(kLives),
                {moment(expires), text(path.str()), moment(now)});
}

}  // namespace sqlbus::kv
