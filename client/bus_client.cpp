#include "client/bus_client.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "protocol/request_codec.hpp"
#include "protocol/response_codec.hpp"

namespace sqlbus {

namespace {

using std::chrono::milliseconds;

// The seconds of a blocking pop; never 0, which would mean for ever.
std::string to_pop_timeout(milliseconds duration) {
  std::array<char, 32> text{};
  const double seconds = static_cast<double>(duration.count()) / 1000;
  const int size = std::snprintf(text.data(), text.size(), "%.3f", std::max(seconds, 0.001));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

Result<BusClient> BusClient::connect(const RedisAddress& address, std::string queue,
                                     milliseconds timeout) {
  auto redis = RedisSession::connect(address, timeout);
  if (!redis) return std::move(redis).error();
  return BusClient(*std::move(redis), std::move(queue));
}

Status BusClient::send(const Request& request) { return send(std::span(&request, 1)); }

Status BusClient::send(std::span<const Request> requests) {
  for (const Request& request : requests) {
    const std::string envelope = encode_request(request);
    const std::array<std::string_view, 3> push = {"LPUSH", queue_, envelope};
    redis_.append(push);
  }
  // Every reply is read, also behind an error: the connection stays in step.
  Status outcome = Done{};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    auto reply = redis_.read();
    if (!reply && outcome) outcome = std::move(reply).error().within("LPUSH " + queue_);
    if (redis_.is_broken()) break;
  }
  return outcome;
}

Result<std::optional<BusClient::Answer>> BusClient::ask(const Request& request,
                                                        milliseconds timeout) {
  if (Status sent = send(request); !sent) return std::move(sent).error();
  return await(request, timeout);
}

Result<std::optional<BusClient::Answer>> BusClient::await(const Request& request,
                                                          milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (left <= milliseconds{0}) return std::optional<Answer>{};
    const std::string limit = to_pop_timeout(left);
    const std::array<std::string_view, 3> pop = {"BRPOP", request.rchannel, limit};
    auto reply = redis_.command(pop, left);
    if (!reply) return std::move(reply).error();
    if (reply->elements.size() != 2) return std::optional<Answer>{};
    Answer answer{.response = {}, .json = (*reply)[1].text};
    auto response = decode_response(answer.json);
    if (!response) return std::move(response).error().within("response");
    answer.response = *std::move(response);
    if (answer.response.uuid == request.uuid) return std::optional(std::move(answer));
  }
}

Result<EpochTime> BusClient::now() {
  auto reply = redis_.command({"TIME"});
  if (!reply) return std::move(reply).error();
  if (reply->elements.size() != 2) return Error{"TIME: not two numbers"};
  const std::chrono::seconds seconds{std::atoll((*reply)[0].text.c_str())};
  const std::chrono::microseconds rest{std::atoll((*reply)[1].text.c_str())};
  return EpochTime{seconds + rest};
}

}  // namespace sqlbus
