// What a judge model is asked: which of two answers is better. Blind: the order is all that says
// which is whose, and each pair is asked in both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::quality {

inline constexpr size_t kMaxJudgeBody = 24 << 10;

enum class Order : uint8_t { kRoutedFirst, kBaselineFirst };  // who is answer A

struct Pair {
  std::string_view question;  // what the user asked, with as much of what was before as it needs
  std::string_view routed, baseline;
};

// The body of a chat completions request to `model`, at most kMaxJudgeBody. The three texts are
// quoted between lines that none of them holds: `salt`, which the asker cannot know (the request's
// id will do), and their hash make them. Long texts are cut at a character with a marker, the
// question in its middle, both answers at the same length. Any bytes; what is not UTF-8 becomes
// U+FFFD.
std::string JudgeBody(std::string_view model, const Pair& pair, Order order, std::string_view salt);

}  // namespace weir::quality
