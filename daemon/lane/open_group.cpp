#include "daemon/lane/open_group.hpp"

#include <iterator>

namespace sqlbus {

OpenGroup::OpenGroup(Session& session, Turn& turn, std::size_t count, const TransactionHouse& house,
                     bool is_careful)
    : turn_(turn), jobs_(take(turn, count)), transaction_(session, jobs_, house, is_careful) {
  put_back_from(transaction_.size());
}

Turn& OpenGroup::put_back() {
  put_back_from(0);
  return turn_;
}

Turn OpenGroup::take(Turn& turn, std::size_t count) {
  Turn taken;
  if (count >= turn.size()) {
    taken.swap(turn);
    return taken;
  }
  const auto end = turn.begin() + static_cast<std::ptrdiff_t>(count);
  std::move(turn.begin(), end, std::back_inserter(taken));
  turn.erase(turn.begin(), end);
  return taken;
}

void OpenGroup::put_back_from(std::size_t index) {
  const auto first = jobs_.begin() + static_cast<std::ptrdiff_t>(index);
  turn_.insert(turn_.begin(), std::make_move_iterator(first), std::make_move_iterator(jobs_.end()));
  jobs_.erase(first, jobs_.end());
}

}  // namespace sqlbus
