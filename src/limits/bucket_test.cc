#include "limits/bucket.h"

#include <gtest/gtest.h>

namespace weir::limits {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const SteadyTime kStart = SteadyTime(seconds(1'000'000));

TEST(Bucket, GivesAMinutesWorthAtOnceAndThenEvenly) {
  Bucket bucket;
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(bucket.Take(1, 60, kStart));
  EXPECT_FALSE(bucket.Take(1, 60, kStart));
  EXPECT_EQ(bucket.Until(1, 60, kStart), seconds(1));
  EXPECT_FALSE(bucket.Take(1, 60, kStart + milliseconds(999)));
  EXPECT_TRUE(bucket.Take(1, 60, kStart + seconds(1)));
  EXPECT_EQ(bucket.left(60, kStart + seconds(31)), 30);
  EXPECT_EQ(bucket.left(60, kStart + seconds(500)), 60);
}

TEST(Bucket, MoreThanAMinutesWorthNeedsAFullOne) {
  Bucket bucket;
  EXPECT_TRUE(bucket.Take(500, 100, kStart));
  EXPECT_FALSE(bucket.Take(1, 100, kStart + seconds(200)));
  EXPECT_EQ(bucket.left(100, kStart + seconds(240)), 0);
  EXPECT_EQ(bucket.left(100, kStart + seconds(300)), 100);
}

TEST(Bucket, WhatWasNotUsedComesBack) {
  Bucket bucket;
  EXPECT_TRUE(bucket.Take(100, 100, kStart));
  bucket.Charge(-40, 100, kStart);
  EXPECT_EQ(bucket.left(100, kStart), 40);
  bucket.Charge(-1'000, 100, kStart);
  EXPECT_EQ(bucket.left(100, kStart), 100);
}

TEST(Bucket, AClockThatStandsStillOrRatesOfAnySizeAreFine) {
  Bucket bucket;
  EXPECT_TRUE(bucket.Take(1'000'000'000'000, 1'000'000'000'000, kStart));
  EXPECT_FALSE(bucket.Take(1, 1'000'000'000'000, kStart));
  EXPECT_FALSE(bucket.Take(1, 1'000'000'000'000, kStart - seconds(5)));
  EXPECT_EQ(bucket.left(1'000'000'000'000, kStart + seconds(60)), 1'000'000'000'000);
}

}  // namespace
}  // namespace weir::limits
