#include "protocol/text.hpp"

#include <ostream>

namespace sqlbus {

std::ostream& operator<<(std::ostream& out, const Text& text) { return out << text.view(); }

}  // namespace sqlbus
