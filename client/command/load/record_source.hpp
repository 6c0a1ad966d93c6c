// The requests that a file holds, one after the other.
#pragma once

#include <memory>
#include <string>

#include "client/command/load/input.hpp"
#include "client/command/options.hpp"
#include "protocol/result.hpp"

namespace sqlbus {

struct LoadIdentity;

class RecordSource {
 public:
  // kIdle: the next one has not come yet; what is there should not wait for it.
  enum class Next : std::uint8_t { kRequest, kEnd, kIdle, kInterrupted };

  virtual ~RecordSource() = default;
  // Puts the envelope of the next request into `envelope`, in its memory, and consumes its lines.
  virtual Result<Next> next(std::string& envelope) = 0;
  virtual void read_clock() = 0;
  // A query without rows that is refused where the requests would be; empty where there is none.
  virtual std::string rehearsal() const { return {}; }
};

// `options.placeholder` is known. The input is borrowed, and stands at its beginning; the offset of
// the options is passed over, but not the header. Null where a signal came meanwhile.
Result<std::unique_ptr<RecordSource>> open_records(const LoadOptions& options,
                                                   LoadIdentity identity, Input& input);

}  // namespace sqlbus
