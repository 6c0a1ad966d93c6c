// Lets an operator change a text with the editor of their choice.
#pragma once

#include <string>

#include "protocol/result.hpp"

namespace sqlbus {

// Opens $VISUAL, else $EDITOR, else vi, on a file that only its owner can read.
Result<std::string> edit_text(const std::string& text);

// The request as an operator may send it: readable, of the same UUID. The error names the member.
Result<std::string> edit_envelope(const std::string& envelope, const std::string& uuid);

}  // namespace sqlbus
