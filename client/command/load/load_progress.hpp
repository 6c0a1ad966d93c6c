// How far a load is.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sqlbus {

struct LoadNumbers {
  std::uint64_t requests = 0;                // of this run
  std::uint64_t bytes = 0;                   // of the input, those before the run too
  std::uint64_t bytes_before = 0;            // passed over by --offset
  std::optional<std::uint64_t> bytes_total;  // nothing: nobody knows
  std::chrono::duration<double> elapsed{0};
  std::string pause;  // why nothing goes on; empty: it does
};

// "[####....] 45%  450,000 requests  612,000/s  1 s left", in so many columns.
std::string progress_bar(const LoadNumbers& numbers, std::size_t columns);
// The same as words: "45%, 450,000 requests, 612,000/s, 1 s left".
std::string progress_words(const LoadNumbers& numbers);
// "450,000 requests in 0.7 s (612,000/s)"
std::string progress_sum(const LoadNumbers& numbers);

// Tells it on standard error: on a terminal a line that is drawn anew some times a second,
// elsewhere a plain line now and then.
class LoadProgress {
 public:
  LoadProgress();

  // Whether it is time to tell again; a look at the clock.
  bool is_due();
  void show(const LoadNumbers& numbers);
  // Takes a drawn line away, so that something else can be said.
  void clear();
  bool is_terminal() const { return is_terminal_; }

 private:
  using Clock = std::chrono::steady_clock;

  const bool is_terminal_;
  bool is_drawn_ = false;
  Clock::time_point next_;
};

}  // namespace sqlbus
