// Hashes: XXH3 for tables and cache keys, SHA-256 for credentials.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

uint64_t Hash64(std::string_view bytes);

using Sha256Digest = std::array<uint8_t, 32>;
Sha256Digest Sha256(std::string_view bytes);
std::optional<Sha256Digest> Sha256FromHex(std::string_view hex);  // 64 digits, either case
std::string ToHex(std::string_view bytes);

// Equal in time that depends on the length only.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

}  // namespace weir
