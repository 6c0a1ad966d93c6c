// Looks for one request in all the places of a queue in Redis, and in the ledgers of databases.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/redis_session.hpp"
#include "daemon/config/settings.hpp"
#include "protocol/request.hpp"

namespace sqlbus {

// One place where a request was seen: "in_flight", with what there is to say of it, in order.
struct Sighting {
  std::string state;
  std::vector<std::pair<std::string, std::string>> facts;
};

class QueueSearch {
 public:
  QueueSearch(RedisSession& redis, std::string queue, std::string uuid)
      : redis_(redis), queue_(std::move(queue)), uuid_(std::move(uuid)) {}

  // In the order in which requests move, so that one that moves meanwhile is met further on.
  Status look();
  const std::vector<Sighting>& found() const { return found_; }

 private:
  using OnRequest =
      std::function<Status(const Request&, const std::string& envelope, std::size_t at)>;

  // Calls for each envelope of a list that is the request, with its place from the right end.
  Status each_in_list(const std::string& key, const OnRequest& on_request);
  Status look_at_list(const std::string& key, const std::string& state,
                      std::vector<std::pair<std::string, std::string>> facts);
  Status look_at_waiting();
  Status look_at_delayed();
  Status look_in_flight();
  Status look_at_batch(const std::string& key);
  Status look_at_dead();
  Status look_at_answer(const std::string& channel);
  Result<std::string> lost_deliveries(const std::string& envelope);

  RedisSession& redis_;
  std::string queue_;
  std::string uuid_;
  std::vector<std::string> channels_;  // reply channels of the copies that were seen
  std::vector<Sighting> found_;
};

// What the ledger of each configured database has of it.
std::vector<Sighting> look_in_ledgers(const Settings& settings, const std::string& uuid);

}  // namespace sqlbus
