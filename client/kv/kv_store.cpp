#include "client/kv/kv_store.hpp"

#include <cstdlib>
#include <utility>

#include "client/kv/kv_requests.hpp"
#include "protocol/base64.hpp"

namespace sqlbus::kv {
namespace {

constexpr std::string_view kNoTable = "42P01";

bool lacks_table(const Response& response) { return response.sqlstate == kNoTable; }

Error error_of(const Response& response) {
  return Error{"error " + std::to_string(response.error_id) +
               (response.sqlstate.empty() ? "" : " (" + response.sqlstate + ")") + ": " +
               response.message};
}

// The bytes of the first cell: base64 where the column is of bytes.
Result<std::string> first_cell(const Response& response, std::size_t row) {
  const auto& cells = response.rows[row];
  if (cells.empty()) return Error{"a row without a cell"};
  const bool is_bytes = !response.types.empty() && response.types[0] == "bytes";
  if (!is_bytes) return cells[0].text;
  auto decoded = base64_decode(cells[0].text);
  if (!decoded) return Error{"a value that is no base64"};
  return *std::move(decoded);
}

std::optional<EpochTime> after(EpochTime now, Store::Lifetime lifetime) {
  if (!lifetime) return std::nullopt;
  return now + *lifetime;
}

}  // namespace

Result<Store::Moment> Store::begin(const std::optional<Path>& path) {
  const auto now = way_.now();
  if (!now) return now.error();
  if (!speech_) {
    auto request = probe_request(path);
    const auto probed = way_.ask(request);
    if (!probed) return probed.error();
    auto speech = speech_of(*probed);
    if (!speech) return std::move(speech).error();
    speech_ = *speech;
  }
  return Moment{.now = *now, .speech = &*speech_};
}

// A missing table is left to the caller.
Result<Response> Store::ask(Request request) {
  auto response = way_.ask(request);
  if (response && response->error_id != 0 && !lacks_table(*response)) return error_of(*response);
  return response;
}

Status Store::create() {
  const auto moment = begin(std::nullopt);
  if (!moment) return moment.error();
  auto request = create_request(*moment->speech);
  const auto response = way_.ask(request);
  if (!response) return response.error();
  // Another caller makes it at this moment.
  const bool is_there = response->sqlstate == "42P07" || response->sqlstate == "23505" ||
                        response->sqlstate == "42710";
  if (response->error_id != 0 && !is_there) return error_of(*response);
  return Done{};
}

Status Store::set(const Path& path, std::string_view value, Lifetime lifetime) {
  if (value.size() > kValueBytesMax) {
    return Error{"a value has at most " + std::to_string(kValueBytesMax) + " bytes"};
  }
  if (lifetime && lifetime->count() <= 0) return Error{"a lifetime is longer than 0"};
  const auto moment = begin(path);
  if (!moment) return moment.error();
  const auto send = [&] {
    return ask(
        set_request(*moment->speech, path, value, after(moment->now, lifetime), moment->now));
  };
  auto response = send();
  if (response && lacks_table(*response)) {
    if (auto created = create(); !created) return created;
    response = send();
  }
  if (!response) return response.error();
  if (response->error_id != 0) return error_of(*response);
  return Done{};
}

Result<std::optional<std::string>> Store::get(const Path& path) {
  const auto moment = begin(path);
  if (!moment) return moment.error();
  const auto response = ask(get_request(*moment->speech, path, moment->now));
  if (!response) return response.error();
  if (response->rows.empty()) return std::optional<std::string>{};
  auto value = first_cell(*response, 0);
  if (!value) return std::move(value).error();
  return std::optional(*std::move(value));
}

Result<std::int64_t> Store::remove(const Path& path, bool is_recursive) {
  const auto moment = begin(path);
  if (!moment) return moment.error();
  const auto response = ask(delete_request(*moment->speech, path, is_recursive, moment->now));
  if (!response) return response.error();
  return response->affected;
}

Result<Listing> Store::list(const std::optional<Path>& path, bool is_recursive) {
  const auto moment = begin(path);
  if (!moment) return moment.error();
  const auto response = ask(list_request(*moment->speech, path, is_recursive, moment->now));
  if (!response) return response.error();
  Listing listing{.names = {}, .has_more = response->is_truncated};
  for (std::size_t row = 0; row < response->rows.size(); ++row) {
    auto name = first_cell(*response, row);
    if (!name) return std::move(name).error();
    listing.names.push_back(*std::move(name));
  }
  return listing;
}

Result<std::optional<Expiry>> Store::expiry(const Path& path) {
  const auto moment = begin(path);
  if (!moment) return moment.error();
  const auto response = ask(expiry_request(*moment->speech, path, moment->now));
  if (!response) return response.error();
  if (response->rows.empty() || response->rows[0].empty()) return std::optional<Expiry>{};
  const auto& cell = response->rows[0][0];
  Expiry expiry;
  if (!cell.is_null) {
    const std::chrono::microseconds at(std::atoll(cell.text.c_str()));
    expiry.left = at - moment->now.time_since_epoch();
  }
  return std::optional(expiry);
}

Result<bool> Store::expire(const Path& path, Lifetime lifetime) {
  if (lifetime && lifetime->count() <= 0) return Error{"a lifetime is longer than 0"};
  const auto moment = begin(path);
  if (!moment) return moment.error();
  const auto response =
      ask(expire_request(*moment->speech, path, after(moment->now, lifetime), moment->now));
  if (!response) return response.error();
  return response->affected > 0;
}

}  // namespace sqlbus::kv
