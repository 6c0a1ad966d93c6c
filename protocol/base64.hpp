// Base64 (RFC 4648, with padding) over libsodium.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sqlbus {

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace sqlbus
