// Deliveries as the intake would hand them on, without a Redis.
#pragma once

#include <memory>
#include <string_view>

#include "daemon/admission/admitted.hpp"
#include "daemon/intake/delivery.hpp"
#include "daemon/lane/job.hpp"

namespace sqlbus::test {

inline std::shared_ptr<Batch> make_batch(std::size_t queue = 0) {
  auto lease = std::make_shared<Lease>();
  lease->renewed(boot_time(), std::chrono::hours(1));
  auto batch = std::make_shared<Batch>();
  batch->queue = queue;
  batch->rank = queue;
  batch->key = "{q}:inflight:i:0";
  batch->lease = std::move(lease);
  return batch;
}

// `envelope` is to outlive the delivery.
inline Delivery make_delivery(std::string_view envelope = "{}",
                              std::shared_ptr<Batch> batch = make_batch()) {
  return {.batch = std::move(batch), .position = 0, .deliveries = 0, .envelope = envelope};
}

inline Job make_job(std::string sql, bool sync = false,
                    Admitted::Mode mode = Admitted::Mode::kGroup,
                    std::shared_ptr<Batch> batch = make_batch()) {
  Job job;
  job.admitted.delivery = make_delivery("{}", std::move(batch));
  job.admitted.mode = mode;
  auto& request = job.admitted.request;
  request.uuid = sql;
  request.app = "test";
  request.sync = sync;
  if (sync) request.rchannel = "back";
  request.statements.push_back({std::move(sql), {}});
  return job;
}

}  // namespace sqlbus::test
