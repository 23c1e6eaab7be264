#include "route/features.h"

#include <gtest/gtest.h>

#include <random>

namespace weir::route {
namespace {

TEST(Features, CountsCodePoints) {
  EXPECT_EQ(CountCodePoints(""), 0);
  EXPECT_EQ(CountCodePoints("añb水🙂"), 5);
  // Past the width of the counters, and with every remainder.
  for (size_t points = 4'000; points < 4'020; ++points) {
    std::string text;
    for (size_t i = 0; i < points; ++i) text += "水";
    ASSERT_EQ(CountCodePoints(text), static_cast<int64_t>(points));
  }
}

TEST(Features, CountsLikeALoop) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    std::string text(random() % 5'000, '\0');
    int64_t want = 0;
    for (char& c : text) {
      c = static_cast<char>(random());
      want += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
    }
    ASSERT_EQ(CountCodePoints(text), want);
  }
}

TEST(Features, RulesSeeHeadAndTailOfALongText) {
  std::string text = "HEAD";
  while (text.size() < 3 * kRuleTextBytes) text += "水";
  text += "TAIL";
  chat::Request request;
  request.last_user = text;
  const Features features(request);
  const std::string_view seen = features.last_user_for_rules();
  EXPECT_LE(seen.size(), kRuleTextBytes + 1);
  EXPECT_GE(seen.size(), kRuleTextBytes - 8);
  EXPECT_TRUE(seen.starts_with("HEAD水"));
  EXPECT_TRUE(seen.ends_with("水TAIL"));
  EXPECT_NE(seen.find("水\n水"), seen.npos);
}

TEST(Features, RulesSeeAShortTextWhole) {
  const std::string text(kRuleTextBytes, 'x');
  chat::Request request;
  request.last_user = request.all_text = text;
  const Features features(request);
  EXPECT_EQ(features.last_user_for_rules().data(), text.data());
  EXPECT_EQ(features.all_text_for_rules().size(), text.size());
}

}  // namespace
}  // namespace weir::route
