// The dead letters of a queue, read a few at a time. Others may add to it and take from it
// meanwhile.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/command/letter.hpp"
#include "client/redis_session.hpp"

namespace sqlbus {

class DeadList {
 public:
  enum class Visit : std::uint8_t { kKept, kRemoved, kStop };

  DeadList(RedisSession& redis, std::string queue) : redis_(redis), queue_(std::move(queue)) {}

  // The oldest first. New letters come in at the other end, and what the visitor removes is
  // reckoned with. What is no letter is passed over.
  Status for_each(const std::function<Result<Visit>(Letter&)>& visit);
  // The newest first, for reading only.
  Status for_each_newest(const std::function<bool(Letter&)>& visit);
  // So many at most, the newest first.
  Result<std::vector<Letter>> newest(std::size_t count);

  // Puts the request of a letter on the replay list, in the letter's place and in one step; whether
  // the letter was still there. `envelope`: the request, or an edited one.
  Result<bool> replay(const Letter& letter, std::string_view envelope);
  // Has the owner of the queue look at the replay list now.
  void wake_owner();
  Result<bool> drop(const Letter& letter);

 private:
  RedisSession& redis_;
  std::string queue_;
};

}  // namespace sqlbus
