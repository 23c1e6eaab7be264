#include "cache/idempotency.h"

#include <gtest/gtest.h>

namespace weir::cache {
namespace {

const SteadyTime kStart = SteadyTime(std::chrono::hours(100));

TEST(IdempotencyKeys, AKeyIsForOneRequest) {
  IdempotencyKeys keys;
  EXPECT_TRUE(keys.Claim({1, 1}, {7, 7}, kStart));
  EXPECT_TRUE(keys.Claim({1, 1}, {7, 7}, kStart));
  EXPECT_FALSE(keys.Claim({1, 1}, {8, 8}, kStart));
  EXPECT_TRUE(keys.Claim({2, 1}, {8, 8}, kStart));
}

TEST(IdempotencyKeys, AreForgottenAfterADayOrWhenThereAreTooMany) {
  IdempotencyKeys keys;
  EXPECT_TRUE(keys.Claim({1, 1}, {7, 7}, kStart));
  EXPECT_FALSE(keys.Claim({1, 1}, {8, 8}, kStart + std::chrono::hours(24)));
  EXPECT_TRUE(keys.Claim({1, 1}, {8, 8}, kStart + std::chrono::hours(25)));
  for (uint64_t i = 0; i < kMostIdempotencyKeys; ++i) {
    EXPECT_TRUE(keys.Claim({i, 2}, {7, 7}, kStart + std::chrono::hours(25)));
  }
  EXPECT_TRUE(keys.Claim({1, 1}, {9, 9}, kStart + std::chrono::hours(25)));
}

}  // namespace
}  // namespace weir::cache
