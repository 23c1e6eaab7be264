#include "admin/when.h"

#include <gtest/gtest.h>

namespace weir::admin {
namespace {

constexpr WallMicros kNow = 1'764'000'000'000'000;  // 2025-11-24T16:00:00Z

TEST(When, TakesDurationsBackFromNow) {
  EXPECT_EQ(*ParseWhen("since", "24h", kNow), kNow - 86'400'000'000);
  EXPECT_EQ(*ParseWhen("since", "30d", kNow), kNow - 30 * 86'400'000'000);
  EXPECT_EQ(*ParseWhen("since", "250ms", kNow), kNow - 250'000);
}

TEST(When, TakesMomentsInUtc) {
  EXPECT_EQ(*ParseWhen("since", "2025-11-24T16:00:00Z", 0), kNow);
  EXPECT_EQ(*ParseWhen("since", "2025-11-24", 0), kNow - 16 * 3'600'000'000);
  EXPECT_EQ(*ParseWhen("since", "2025-11-24T16:00:00.5Z", 0), kNow + 500'000);
  EXPECT_EQ(*ParseWhen("since", "1970-01-01", 7), 0);
}

// What is printed can be asked for.
TEST(When, ReadsWhatFormatWallWrites) {
  for (WallMicros moment : {kNow, kNow + 123'000, WallMicros{951'782'400'000'000}}) {
    EXPECT_EQ(*ParseWhen("since", FormatWall(moment), 0), moment);
  }
  const WallMicros before = *ParseWhen("since", "0026-11-23T21:20:00.1231Z", 0);
  EXPECT_EQ(FormatWall(before), "0026-11-23T21:20:00.123Z")
      << "the past goes down, not towards 1970";
}

TEST(When, RefusesEverythingElse) {
  for (const char* text :
       {"", "yesterday", "-1h", "0s", "2025-13-01", "2025-02-29", "2025-11-24T16:00:00",
        "2025-11-24T24:00:00Z", "2025-11-24T16:60:00Z", "2025-11-24 16:00:00Z", "2025-11-24T",
        "2025-11-24T16:00:00.Z", "2025-11-24T16:00:00.1234567Z", "2025-11-24T16:00:00x5Z",
        "2025-11-2", "99999d", "+025-11-24"}) {
    Result<WallMicros> when = ParseWhen("until", text, kNow);
    ASSERT_FALSE(when.has_value()) << text;
    EXPECT_EQ(when.error().reason, Reason::kBadRequest);
    EXPECT_EQ(when.error().param, "until");
  }
}

}  // namespace
}  // namespace weir::admin
