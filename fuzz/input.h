// Cuts a fuzzer's bytes into numbers and texts. What is not there is 0 or empty.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::fuzz {

class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  // So many bytes, at most 8, little-endian.
  uint64_t Number(size_t bytes) {
    const std::string_view taken = Take(bytes);
    uint64_t number = 0;
    for (size_t i = taken.size(); i-- > 0;) number = number << 8 | static_cast<uint8_t>(taken[i]);
    return number;
  }
  // From 0 to below the bound, which is not 0.
  size_t Below(size_t bound) { return static_cast<size_t>(Number(4) % bound); }
  // Of any size and sign, small ones as often as large ones.
  int64_t Signed() {
    const auto shift = static_cast<int>(Number(1) % 64);
    return static_cast<int64_t>(Number(8)) >> shift;
  }
  std::string_view Text(size_t most) { return Take(Below(most + 1)); }
  std::string_view Rest() { return Take(rest_.size()); }

 private:
  std::string_view Take(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
};

}  // namespace weir::fuzz
