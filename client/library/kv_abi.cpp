// The functions of sqlbus.h that keep small values: requests as any other, sent by its own
// functions.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/kv/kv_requests.hpp"
#include "client/kv/kv_store.hpp"
#include "client/library/answer.hpp"
#include "client/sqlbus.h"

namespace {

using sqlbus::Error;
using sqlbus::Request;
using sqlbus::Response;
using sqlbus::Result;

sqlbus_param param_of(const sqlbus::Value& value) {
  switch (value.kind) {
    case sqlbus::Value::Kind::kInteger:
      return sqlbus_param_int(value.integer);
    case sqlbus::Value::Kind::kText:
      return sqlbus_param_of(SQLBUS_PARAM_TEXT, value.text.data(), value.text.size());
    case sqlbus::Value::Kind::kBytes:
      return sqlbus_param_bytes(value.text.data(), value.text.size());
    default:
      return sqlbus_param_null();
  }
}

// A request as sqlbus_query() takes it, with what it points to. Borrows what it is made of.
class Given {
 public:
  Given(const Request& request, const std::string& database) {
    for (const auto& statement : request.statements) {
      auto& params = params_.emplace_back();
      for (const auto& value : statement.params) params.push_back(param_of(value));
    }
    for (std::size_t i = 0; i < request.statements.size(); ++i) {
      const auto sql = request.statements[i].sql.view();
      statements_.push_back({.statement = sql.data(),
                             .statement_size = sql.size(),
                             .params = params_[i].data(),
                             .param_count = params_[i].size()});
    }
    request_.struct_size = sizeof request_;
    request_.statement = statements_[0].statement;
    request_.statement_size = statements_[0].statement_size;
    request_.params = statements_[0].params;
    request_.param_count = statements_[0].param_count;
    if (request.form == Request::Form::kTransaction) {
      request_.statement = nullptr;
      request_.statement_size = 0;
      request_.params = nullptr;
      request_.param_count = 0;
      request_.form = SQLBUS_TRANSACTION;
      request_.statements = statements_.data();
      request_.statement_count = statements_.size();
    }
    if (!database.empty()) request_.database = database.c_str();
    if (request.key) key_ = request.key->str();
    if (request.key) request_.key = key_.c_str();
    request_.rows_max = request.rows_max.value_or(0);
  }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;

  const sqlbus_request& request() const { return request_; }

 private:
  std::vector<std::vector<sqlbus_param>> params_;
  std::vector<sqlbus_statement> statements_;
  std::string key_;
  sqlbus_request request_{};
};

// How a call went: of several requests what the last one said.
struct Outcome {
  int code = SQLBUS_E_OK;
  std::string text{};
};

}  // namespace

struct sqlbus_kv {
  sqlbus_handle* handle = nullptr;
  std::string database{};
  uint32_t timeout_ms = 0;
  Outcome last{};
  std::optional<sqlbus::kv::Store> store{};
  // What the last call gave.
  std::string value{};
  std::vector<std::string> names{};
  std::vector<const char*> name_texts{};

  Result<Response> ask(const Request& request);
  Result<sqlbus::EpochTime> now();
};

Result<Response> sqlbus_kv::ask(const Request& request) {
  const Given given(request, database);
  sqlbus_result* raw = nullptr;
  last.code = sqlbus_query(handle, &given.request(), timeout_ms, &raw);
  const std::unique_ptr<sqlbus_result, decltype(&sqlbus_result_free)> result(raw,
                                                                             sqlbus_result_free);
  if (!result) return Error{sqlbus_error_text(handle)};
  return result->answer.response();
}

Result<sqlbus::EpochTime> sqlbus_kv::now() {
  int64_t now_us = 0;
  last.code = sqlbus_now(handle, &now_us);
  if (last.code != SQLBUS_E_OK) return Error{sqlbus_error_text(handle)};
  return sqlbus::EpochTime(std::chrono::microseconds(now_us));
}

namespace {

int conclude(sqlbus_kv& kv, int code, std::string text) {
  kv.last = {.code = code, .text = std::move(text)};
  return code;
}

// An error of the store's own is about what was given to it; every other has a code already.
int fail(sqlbus_kv& kv, const Error& error) {
  return conclude(kv, kv.last.code == SQLBUS_E_OK ? SQLBUS_E_ARGUMENT : kv.last.code,
                  error.message);
}

int no_such_value(sqlbus_kv& kv) {
  return conclude(kv, SQLBUS_E_NOT_FOUND, "there is no such value");
}

// Calls `work` with the path; it returns the code, which it has concluded with.
template <typename Work>
int run(sqlbus_kv* kv, const char* path, Work work) noexcept {
  if (kv == nullptr) return SQLBUS_E_ARGUMENT;
  try {
    kv->last = {};
    const auto parsed = sqlbus::kv::Path::parse(path == nullptr ? "" : path);
    if (!parsed) return fail(*kv, parsed.error());
    return work(*parsed);
  } catch (const std::exception&) {
    kv->last.text.clear();
    return kv->last.code = SQLBUS_E_MEMORY;
  }
}

sqlbus::kv::Store::Lifetime lifetime_of(int64_t lifetime_ms) {
  if (lifetime_ms == SQLBUS_KV_FOREVER) return std::nullopt;
  return std::chrono::milliseconds(lifetime_ms);
}

}  // namespace

int sqlbus_kv_open(sqlbus_handle* handle, const char* database, uint32_t timeout_ms,
                   sqlbus_kv** kv) {
  if (kv == nullptr) return SQLBUS_E_ARGUMENT;
  *kv = nullptr;
  if (handle == nullptr) return SQLBUS_E_ARGUMENT;
  try {
    auto made = std::make_unique<sqlbus_kv>();
    made->handle = handle;
    if (database != nullptr) made->database = database;
    made->timeout_ms = timeout_ms;
    made->store.emplace(
        sqlbus::kv::Way{.ask = [kv = made.get()](Request& request) { return kv->ask(request); },
                        .now = [kv = made.get()] { return kv->now(); }});
    *kv = made.release();
    return SQLBUS_E_OK;
  } catch (const std::exception&) {
    return SQLBUS_E_MEMORY;
  }
}

void sqlbus_kv_close(sqlbus_kv* kv) { const std::unique_ptr<sqlbus_kv> owned(kv); }

const char* sqlbus_kv_error_text(const sqlbus_kv* kv) {
  if (kv == nullptr) return "there is no store";
  return kv->last.code == SQLBUS_E_MEMORY ? "out of memory" : kv->last.text.c_str();
}

int sqlbus_kv_set(sqlbus_kv* kv, const char* path, const void* value, size_t size,
                  int64_t lifetime_ms) {
  return run(kv, path, [&](const sqlbus::kv::Path& parsed) {
    if (value == nullptr && size > 0) return fail(*kv, Error{"there is no value"});
    if (size > sqlbus::kv::kValueBytesMax) {
      return conclude(*kv, SQLBUS_E_TOO_LARGE, "a value has at most 16 MiB");
    }
    const std::string_view bytes(static_cast<const char*>(value), size);
    const auto done = kv->store->set(parsed, bytes, lifetime_of(lifetime_ms));
    return done ? conclude(*kv, SQLBUS_E_OK, {}) : fail(*kv, done.error());
  });
}

int sqlbus_kv_get(sqlbus_kv* kv, const char* path, const void** value, size_t* size) {
  return run(kv, path, [&](const sqlbus::kv::Path& parsed) {
    auto found = kv->store->get(parsed);
    if (!found) return fail(*kv, found.error());
    if (!*found) return no_such_value(*kv);
    kv->value = **std::move(found);
    if (value != nullptr) *value = kv->value.data();
    if (size != nullptr) *size = kv->value.size();
    return conclude(*kv, SQLBUS_E_OK, {});
  });
}

int sqlbus_kv_del(sqlbus_kv* kv, const char* path, int is_recursive, int64_t* deleted) {
  return run(kv, path, [&](const sqlbus::kv::Path& parsed) {
    const auto count = kv->store->remove(parsed, is_recursive != 0);
    if (!count) return fail(*kv, count.error());
    if (deleted != nullptr) *deleted = *count;
    return conclude(*kv, SQLBUS_E_OK, {});
  });
}

int sqlbus_kv_ls(sqlbus_kv* kv, const char* path, int is_recursive, const char* const** names,
                 size_t* count, int* has_more) {
  const bool is_top = path == nullptr || *path == '\0';
  return run(kv, is_top ? "top" : path, [&](const sqlbus::kv::Path& parsed) {
    auto listing =
        kv->store->list(is_top ? std::nullopt : std::optional(parsed), is_recursive != 0);
    if (!listing) return fail(*kv, listing.error());
    kv->names = std::move((*listing).names);
    kv->name_texts.clear();
    for (const auto& name : kv->names) kv->name_texts.push_back(name.c_str());
    if (names != nullptr) *names = kv->name_texts.data();
    if (count != nullptr) *count = kv->names.size();
    if (has_more != nullptr) *has_more = listing->has_more ? 1 : 0;
    return conclude(*kv, SQLBUS_E_OK, {});
  });
}

int sqlbus_kv_ttl(sqlbus_kv* kv, const char* path, int64_t* left_ms) {
  return run(kv, path, [&](const sqlbus::kv::Path& parsed) {
    const auto found = kv->store->expiry(parsed);
    if (!found) return fail(*kv, found.error());
    if (!*found) return no_such_value(*kv);
    const auto& left = (*found)->left;
    if (left_ms != nullptr) *left_ms = left ? left->count() / 1000 : SQLBUS_KV_FOREVER;
    return conclude(*kv, SQLBUS_E_OK, {});
  });
}

int sqlbus_kv_expire(sqlbus_kv* kv, const char* path, int64_t lifetime_ms) {
  return run(kv, path, [&](const sqlbus::kv::Path& parsed) {
    const auto is_there = kv->store->expire(parsed, lifetime_of(lifetime_ms));
    if (!is_there) return fail(*kv, is_there.error());
    return *is_there ? conclude(*kv, SQLBUS_E_OK, {}) : no_such_value(*kv);
  });
}
