#include "protocol/uuid.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>

#include "protocol/fork_count.hpp"

namespace sqlbus {
namespace {

constexpr std::size_t kUuidBytes = 16;
constexpr unsigned kCounterBits = 12;

// Process-wide state, because order is a matter of the process: the last timestamp and counter
// given out.
std::atomic<std::uint64_t> last_tick{0};

// Random bytes of one thread: a seed of the system's, stretched by ChaCha20 in blocks. The first
// bytes of each block are the next seed, so a block cannot be computed back from a later one.
class RandomStream {
 public:
  void fill(unsigned char* bytes, std::size_t size) {
    if (!seeded_at_ || *seeded_at_ != fork_count()) {
      randombytes_buf(block_.data(), kSeedBytes);
      seeded_at_ = fork_count();
      next_ = block_.size();
    }
    if (next_ + size > block_.size()) refill();
    std::memcpy(bytes, block_.data() + next_, size);
    next_ += size;
  }

 private:
  static constexpr std::size_t kSeedBytes = randombytes_SEEDBYTES;

  void refill() {
    std::array<unsigned char, kSeedBytes> seed{};
    std::copy_n(block_.begin(), kSeedBytes, seed.begin());
    randombytes_buf_deterministic(block_.data(), block_.size(), seed.data());
    next_ = kSeedBytes;
  }

  std::optional<std::uint64_t> seeded_at_;
  std::size_t next_ = 0;
  std::array<unsigned char, 1024> block_{};
};

// Milliseconds since 1970 and a counter behind them, greater at each call. A counter that runs
// over, or a clock that is set back, goes on from the last one (RFC 9562, section 6.2).
std::uint64_t next_tick(EpochTime now) {
  const auto now_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::uint64_t earliest = static_cast<std::uint64_t>(now_ms) << kCounterBits;
  std::uint64_t last = last_tick.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    next = std::max(earliest, last + 1);
  } while (!last_tick.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return next;
}

void write_text(const std::array<unsigned char, kUuidBytes>& bytes, std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  text.assign(kUuidBytes * 2 + 4, '-');
  char* at = text.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    *at++ = kDigits[bytes[i] >> 4U];
    *at++ = kDigits[bytes[i] & 0x0FU];
  }
}

}  // namespace

std::string make_uuid_v7() {
  std::string uuid;
  make_uuid_v7(system_now(), uuid);
  return uuid;
}

void make_uuid_v7(EpochTime now, std::string& uuid) {
  thread_local RandomStream random;
  std::array<unsigned char, kUuidBytes> bytes{};
  // Without a working libsodium there is no identity to give; it only fails without /dev/urandom.
  if (!can_make_uuids()) std::abort();

  const std::uint64_t tick = next_tick(now);
  const std::uint64_t timestamp_ms = tick >> kCounterBits;
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<unsigned char>(timestamp_ms >> (40 - 8 * i));
  }
  bytes[6] = static_cast<unsigned char>(0x70U | ((tick >> 8U) & 0x0FU));  // version 7
  bytes[7] = static_cast<unsigned char>(tick);
  random.fill(bytes.data() + 8, 8);
  bytes[8] = static_cast<unsigned char>(0x80U | (bytes[8] & 0x3FU));  // RFC variant
  write_text(bytes, uuid);
}

// A child must know that it may not repeat its parent's numbers.
bool can_make_uuids() {
  static const bool is_prepared = sodium_init() >= 0 && watch_forks();
  return is_prepared;
}

}  // namespace sqlbus
