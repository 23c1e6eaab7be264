// Request ids: 26 characters of Crockford base32, 48 bits of wall-clock milliseconds then 80 random
// bits (the ULID layout), so that ids sort by time and two processes never meet.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fixed_text.h"

namespace weir {

struct RequestId {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const RequestId&) const = default;
  FixedText<26> Text() const;
  std::string ToString() const { return Text().ToString(); }
};

// From a per-thread generator seeded by the kernel. Any thread.
RequestId NewRequestId(WallMicros now);
// nullopt unless `text` is exactly what ToString() writes (lower case is accepted).
std::optional<RequestId> ParseRequestId(std::string_view text);

// A fast, thread-local, non-cryptographic random number: jitter, sampling.
uint64_t FastRandom();

// `count` bytes from the kernel's generator, hex encoded: keys and tokens.
std::string RandomHex(size_t count);

}  // namespace weir
