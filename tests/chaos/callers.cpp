#include "tests/chaos/callers.hpp"

#include <cstddef>
#include <exception>
#include <stdexcept>

#include "tests/chaos/caller.hpp"

namespace sqlbus::chaos {

Callers::Callers(const Options& options, const std::string& redis_socket)
    : results_(static_cast<std::size_t>(options.callers)) {
  for (std::size_t i = 0; i < results_.size(); ++i) {
    const Caller::Identity identity{.number = static_cast<int>(i) + 1,
                                    .seed = options.seed,
                                    .store = options.store,
                                    .is_plain = options.is_plain};
    threads_.emplace_back([this, i, identity, redis_socket] {
      try {
        Caller(identity, redis_socket).run(bell_, results_[i].pushed);
      } catch (const std::exception& error) {
        results_[i].failure = error.what();
      }
    });
  }
}

Callers::~Callers() { join(); }

void Callers::join() {
  bell_.ring();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::vector<Pushed> Callers::stop() {
  join();
  std::vector<Pushed> all;
  for (Result& result : results_) {
    if (!result.failure.empty()) throw std::runtime_error("a caller: " + result.failure);
    all.insert(all.end(), result.pushed.begin(), result.pushed.end());
  }
  return all;
}

}  // namespace sqlbus::chaos
