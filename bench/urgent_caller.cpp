#include "bench/urgent_caller.hpp"

#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "bench/asker.hpp"
#include "protocol/keys.hpp"
#include "protocol/request_codec.hpp"
#include "protocol/response_codec.hpp"

namespace sqlbus::bench {

namespace {

RedisSession connect(const std::string& socket) {
  RedisAddress address;
  address.unix_socket = socket;
  auto session = RedisSession::connect(address, std::chrono::seconds{30});
  if (!session) throw std::runtime_error(session.error().message);
  return *std::move(session);
}

}  // namespace

UrgentCaller::UrgentCaller(const std::string& redis_socket) : redis_(connect(redis_socket)) {}

void UrgentCaller::select(std::string_view table, std::int64_t id) {
  const Request request = select_request(table, id);
  const std::string envelope = encode_request(request);
  const auto pushed = redis_.command({"RPUSH", keys::kDefaultQueue, envelope});
  if (!pushed) throw std::runtime_error(pushed.error().message);
  const std::array<std::string_view, 3> pop = {"BRPOP", request.rchannel, "60"};
  const auto reply = redis_.command(pop, std::chrono::seconds{60});
  if (!reply) throw std::runtime_error(reply.error().message);
  const auto response = decode_response((*reply)[1].text);
  if (!response) throw std::runtime_error("an urgent query is not answered");
  expect_row(*response);
}

}  // namespace sqlbus::bench
