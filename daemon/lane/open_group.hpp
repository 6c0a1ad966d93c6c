// A group at work: its requests, off the turn they came from, and their transaction. Lane thread.
#pragma once

#include <cstddef>

#include "daemon/lane/group_transaction.hpp"
#include "daemon/lane/runner_house.hpp"

namespace sqlbus {

class OpenGroup {
 public:
  // Takes the first `count` requests off `turn`, or fewer where the transaction takes fewer.
  OpenGroup(Session& session, Turn& turn, std::size_t count, const TransactionHouse& house,
            bool is_careful);
  OpenGroup(const OpenGroup&) = delete;
  OpenGroup& operator=(const OpenGroup&) = delete;

  GroupTransaction& transaction() { return transaction_; }
  Turn& jobs() { return jobs_; }
  // They were not applied: at the front of their turn again, which is returned.
  Turn& put_back();

 private:
  static Turn take(Turn& turn, std::size_t count);
  void put_back_from(std::size_t index);

  Turn& turn_;
  Turn jobs_;
  GroupTransaction transaction_;
};

}  // namespace sqlbus
