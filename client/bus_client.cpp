#include "client/bus_client.hpp"

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "protocol/request_codec.hpp"
#include "protocol/response_codec.hpp"

namespace sqlbus {

namespace {

using std::chrono::milliseconds;

timeval to_timeval(milliseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  const std::chrono::microseconds rest = duration - seconds;
  return {.tv_sec = seconds.count(), .tv_usec = rest.count()};
}

// The seconds of a blocking pop; never 0, which would mean for ever.
std::string to_pop_timeout(milliseconds duration) {
  std::array<char, 32> text{};
  const double seconds = static_cast<double>(duration.count()) / 1000;
  const int size = std::snprintf(text.data(), text.size(), "%.3f", std::max(seconds, 0.001));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string text_of(const redisReply& reply) {
  return {reply.str, static_cast<std::size_t>(reply.len)};
}

}  // namespace

void BusClient::Close::operator()(redisContext* context) const { redisFree(context); }
void BusClient::FreeReply::operator()(redisReply* reply) const { freeReplyObject(reply); }

BusClient::BusClient(std::unique_ptr<redisContext, Close> context, std::string queue,
                     milliseconds timeout)
    : context_(std::move(context)), queue_(std::move(queue)), timeout_(timeout) {}

Result<BusClient> BusClient::connect(const RedisAddress& address, std::string queue,
                                     milliseconds timeout) {
  const timeval limit = to_timeval(timeout);
  std::unique_ptr<redisContext, Close> context(
      address.unix_socket.empty()
          ? redisConnectWithTimeout(address.host.c_str(), address.port, limit)
          : redisConnectUnixWithTimeout(address.unix_socket.c_str(), limit));
  const std::string where = "redis " + describe(address);
  if (!context) return Error{where + ": out of memory"};
  BusClient client(std::move(context), std::move(queue), timeout);
  if (client.context_->err != 0) return client.connection_error().within(where);
  if (Status logged_in = client.log_in(address); !logged_in) {
    return std::move(logged_in).error().within(where);
  }
  return client;
}

Status BusClient::log_in(const RedisAddress& address) {
  if (!address.password.empty() || !address.username.empty()) {
    std::vector<std::string_view> auth = {"AUTH"};
    if (!address.username.empty()) auth.emplace_back(address.username);
    auth.emplace_back(address.password);
    if (auto reply = command(auth, timeout_); !reply) return std::move(reply).error();
  }
  if (address.database != 0) {
    const std::string number = std::to_string(address.database);
    const std::array<std::string_view, 2> select = {"SELECT", number};
    if (auto reply = command(select, timeout_); !reply) return std::move(reply).error();
  }
  return Done{};
}

Status BusClient::send(const Request& request) { return send(std::span(&request, 1)); }

Status BusClient::send(std::span<const Request> requests) {
  redisSetTimeout(context_.get(), to_timeval(timeout_));
  for (const Request& request : requests) {
    const std::string envelope = encode_request(request);
    std::array<const char*, 3> argv = {"LPUSH", queue_.data(), envelope.data()};
    const std::array<std::size_t, 3> sizes = {5, queue_.size(), envelope.size()};
    redisAppendCommandArgv(context_.get(), static_cast<int>(argv.size()), argv.data(),
                           sizes.data());
  }
  // Every reply is read, also behind an error: the connection stays in step.
  Status outcome = Done{};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    auto reply = read_reply();
    if (!reply && outcome) outcome = std::move(reply).error().within("LPUSH " + queue_);
    if (context_->err != 0) break;
  }
  return outcome;
}

Result<std::optional<BusClient::Answer>> BusClient::ask(const Request& request,
                                                        milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  if (Status sent = send(request); !sent) return std::move(sent).error();
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (left <= milliseconds{0}) return std::optional<Answer>{};
    const std::string limit = to_pop_timeout(left);
    const std::array<std::string_view, 3> pop = {"BRPOP", request.rchannel, limit};
    auto reply = command(pop, left + timeout_);
    if (!reply) return std::move(reply).error();
    if ((*reply)->type != REDIS_REPLY_ARRAY || (*reply)->elements != 2)
      return std::optional<Answer>{};
    Answer answer{.response = {}, .json = text_of(*(*reply)->element[1])};
    auto response = decode_response(answer.json);
    if (!response) return std::move(response).error().within("response");
    answer.response = *std::move(response);
    if (answer.response.uuid == request.uuid) return std::optional(std::move(answer));
  }
}

Result<EpochTime> BusClient::now() {
  const std::array<std::string_view, 1> time = {"TIME"};
  auto reply = command(time, timeout_);
  if (!reply) return std::move(reply).error();
  if ((*reply)->type != REDIS_REPLY_ARRAY || (*reply)->elements != 2) {
    return Error{"TIME: not two numbers"};
  }
  const std::chrono::seconds seconds{std::atoll((*reply)->element[0]->str)};
  const std::chrono::microseconds rest{std::atoll((*reply)->element[1]->str)};
  return EpochTime{seconds + rest};
}

Result<BusClient::OwnedReply> BusClient::command(Arguments arguments, milliseconds timeout) {
  std::vector<const char*> argv;
  std::vector<std::size_t> sizes;
  for (const std::string_view argument : arguments) {
    argv.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  redisSetTimeout(context_.get(), to_timeval(timeout));
  redisAppendCommandArgv(context_.get(), static_cast<int>(argv.size()), argv.data(), sizes.data());
  auto reply = read_reply();
  if (!reply) return std::move(reply).error().within(arguments.front());
  return reply;
}

Result<BusClient::OwnedReply> BusClient::read_reply() {
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK) return connection_error();
  OwnedReply reply(static_cast<redisReply*>(raw));
  if (reply->type == REDIS_REPLY_ERROR) return Error{text_of(*reply)};
  return reply;
}

Error BusClient::connection_error() const {
  const bool is_timeout = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);
  return Error{is_timeout ? "no answer in time" : context_->errstr};
}

}  // namespace sqlbus
