// What a word that is being typed may become.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sqlbus {

// The part of a line that is to be completed: behind the last blank, bracket, comma or operator.
std::string_view last_word(std::string_view line);

// Keywords of SQL, in the case of the beginning, and those of the names that begin so without
// regard to case; sorted, each once. Nothing for an empty beginning.
std::vector<std::string> completions(std::string_view beginning,
                                     std::span<const std::string> names);

// What all of them begin with.
std::string common_beginning(const std::vector<std::string>& words);

}  // namespace sqlbus
