// A text whose length is known to the compiler: it lives where it stands.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

template <size_t kSize>
struct FixedText {
  std::array<char, kSize> chars;
  constexpr std::string_view view() const { return {chars.data(), kSize}; }
  constexpr operator std::string_view() const { return view(); }  // NOLINT: it is one
  std::string ToString() const { return std::string(view()); }
};

}  // namespace weir
