// The functions of sqlbus.h: they forward to Caller, and end what it throws.
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "client/library/answer.hpp"
#include "client/library/call_status.hpp"
#include "client/library/caller.hpp"
#include "client/library/caller_settings.hpp"
#include "client/library/question.hpp"
#include "client/sqlbus.h"
#include "protocol/uuid.hpp"

struct sqlbus_pending {
  sqlbus::Question question;
};

struct sqlbus_handle {
  std::optional<sqlbus::Caller> caller;  // nothing where the options were wrong
  sqlbus::CallStatus last = {};
};

namespace {

using sqlbus::CallStatus;

int conclude(sqlbus_handle& handle, CallStatus status) {
  handle.last = std::move(status);
  return handle.last.code;
}

int conclude_without_memory(sqlbus_handle& handle) noexcept {
  if (handle.caller) handle.caller->give_up();
  handle.last.code = SQLBUS_E_MEMORY;
  handle.last.text.clear();
  return SQLBUS_E_MEMORY;
}

void give_result(std::optional<sqlbus::Answer> answer, sqlbus_result** result) {
  if (answer && result != nullptr) *result = new sqlbus_result{*std::move(answer)};
}

// Calls `work` with the caller; a handle whose options were wrong says so again.
template <typename Work>
int run(sqlbus_handle* handle, Work work) noexcept {
  if (handle == nullptr) return SQLBUS_E_ARGUMENT;
  if (!handle->caller) return handle->last.code;
  try {
    handle->caller->begin_call();
    return conclude(*handle, work(*handle->caller));
  } catch (const std::exception&) {
    return conclude_without_memory(*handle);
  }
}

CallStatus open_caller(const char* url, const sqlbus_options* options, sqlbus_handle& handle) {
  auto settings = sqlbus::read_options(url, options);
  if (!settings) return {SQLBUS_E_ARGUMENT, std::move(settings).error().message};
  if (!sqlbus::can_make_uuids()) {
    return {SQLBUS_E_ARGUMENT, "the system has no random numbers to give"};
  }
  return handle.caller.emplace(*std::move(settings)).connect();
}

CallStatus no_request() { return {SQLBUS_E_ARGUMENT, "there is no request"}; }

sqlbus_request plain_request(const char* sql, const sqlbus_param* params, size_t param_count) {
  sqlbus_request request{};
  request.struct_size = sizeof request;
  request.statement = sql;
  request.params = params;
  request.param_count = param_count;
  return request;
}

}  // namespace

int sqlbus_open(const char* url, const sqlbus_options* options, sqlbus_handle** handle) {
  if (handle == nullptr) return SQLBUS_E_ARGUMENT;
  *handle = new (std::nothrow) sqlbus_handle{};
  if (*handle == nullptr) return SQLBUS_E_MEMORY;
  try {
    return conclude(**handle, open_caller(url, options, **handle));
  } catch (const std::exception&) {
    sqlbus_close(std::exchange(*handle, nullptr));
    return SQLBUS_E_MEMORY;
  }
}

void sqlbus_close(sqlbus_handle* handle) { const std::unique_ptr<sqlbus_handle> owned(handle); }

const char* sqlbus_error_text(const sqlbus_handle* handle) {
  if (handle == nullptr) return "there is no handle";
  if (handle->last.code == SQLBUS_E_MEMORY) return "out of memory";
  return handle->last.text.c_str();
}

const char* sqlbus_last_uuid(const sqlbus_handle* handle) {
  return handle == nullptr || !handle->caller ? "" : handle->caller->last_uuid().c_str();
}

int sqlbus_now(sqlbus_handle* handle, int64_t* now_us) {
  return run(handle, [&](sqlbus::Caller& caller) {
    return now_us == nullptr ? CallStatus{SQLBUS_E_ARGUMENT, "there is no place for the time"}
                             : caller.read_clock(*now_us);
  });
}

int sqlbus_send(sqlbus_handle* handle, const sqlbus_request* request, char uuid[SQLBUS_UUID_SIZE]) {
  return run(handle, [&](sqlbus::Caller& caller) {
    return request == nullptr ? no_request() : caller.send(*request, uuid);
  });
}

int sqlbus_execute(sqlbus_handle* handle, const char* sql, const sqlbus_param* params,
                   size_t param_count) {
  const sqlbus_request request = plain_request(sql, params, param_count);
  return sqlbus_send(handle, &request, nullptr);
}

int sqlbus_send_many(sqlbus_handle* handle, const sqlbus_request* requests, size_t count,
                     char (*uuids)[SQLBUS_UUID_SIZE], size_t* accepted) {
  size_t sent = 0;
  for (size_t i = 0; uuids != nullptr && i < count; ++i) uuids[i][0] = '\0';
  const int code = run(handle, [&](sqlbus::Caller& caller) {
    if (count == 0) return CallStatus{};
    if (requests == nullptr || requests->struct_size == 0) return no_request();
    return caller.send_many({.first = requests, .count = count, .uuids = uuids}, sent);
  });
  if (accepted != nullptr) *accepted = sent;
  return code;
}

int sqlbus_buffer_add(sqlbus_handle* handle, const sqlbus_request* request,
                      char uuid[SQLBUS_UUID_SIZE]) {
  return run(handle, [&](sqlbus::Caller& caller) {
    return request == nullptr ? no_request() : caller.add(*request, uuid);
  });
}

int sqlbus_buffer_flush(sqlbus_handle* handle, size_t* accepted) {
  const int code = run(handle, [](sqlbus::Caller& caller) { return caller.flush(); });
  if (accepted != nullptr) {
    *accepted = handle != nullptr && handle->caller ? handle->caller->buffer().take_accepted() : 0;
  }
  return code;
}

size_t sqlbus_buffer_count(const sqlbus_handle* handle) {
  return handle != nullptr && handle->caller ? handle->caller->buffer().count() : 0;
}

void sqlbus_buffer_discard(sqlbus_handle* handle) {
  if (handle == nullptr || !handle->caller) return;
  handle->caller->buffer().discard();
  handle->last = {};
}

int sqlbus_query(sqlbus_handle* handle, const sqlbus_request* request, uint32_t timeout_ms,
                 sqlbus_result** result) {
  if (result != nullptr) *result = nullptr;
  return run(handle, [&](sqlbus::Caller& caller) {
    if (request == nullptr) return no_request();
    std::optional<sqlbus::Answer> answer;
    CallStatus status = caller.query(*request, timeout_ms, answer);
    give_result(std::move(answer), result);
    return status;
  });
}

int sqlbus_ask(sqlbus_handle* handle, const char* sql, const sqlbus_param* params,
               size_t param_count, uint32_t timeout_ms, sqlbus_result** result) {
  const sqlbus_request request = plain_request(sql, params, param_count);
  return sqlbus_query(handle, &request, timeout_ms, result);
}

int sqlbus_query_start(sqlbus_handle* handle, const sqlbus_request* request, uint32_t timeout_ms,
                       sqlbus_pending** query) {
  if (query == nullptr) return SQLBUS_E_ARGUMENT;
  *query = nullptr;
  return run(handle, [&](sqlbus::Caller& caller) {
    if (request == nullptr) return no_request();
    auto pending = std::make_unique<sqlbus_pending>();
    CallStatus status = caller.start(*request, timeout_ms, pending->question);
    if (status.ok()) *query = pending.release();
    return status;
  });
}

int sqlbus_query_wait(sqlbus_handle* handle, sqlbus_pending* query, sqlbus_result** result) {
  const std::unique_ptr<sqlbus_pending> owned(query);
  if (result != nullptr) *result = nullptr;
  return run(handle, [&](sqlbus::Caller& caller) {
    if (query == nullptr) return CallStatus{SQLBUS_E_ARGUMENT, "there is no query under way"};
    std::optional<sqlbus::Answer> answer;
    CallStatus status = caller.wait(query->question, answer);
    give_result(std::move(answer), result);
    return status;
  });
}

void sqlbus_query_forget(sqlbus_pending* query) {
  const std::unique_ptr<sqlbus_pending> owned(query);
}
