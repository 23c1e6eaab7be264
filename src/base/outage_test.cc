#include "base/outage.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "testing/fake_clock.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class OutageTest : public testing::Test {
 protected:
  FakeClock clock_;
  std::vector<Outage::Line> lines_;
  Outage outage_{clock_, [this](const Outage::Line& line) { lines_.push_back(line); }};
};

TEST_F(OutageTest, TellsOfTheFirstLossAndTheLastReturn) {
  outage_.Begin("refused");
  outage_.Begin("refused too");
  clock_.Advance(seconds(30));
  outage_.End();
  ASSERT_EQ(lines_.size(), 1U) << "one worker is still without it";
  EXPECT_TRUE(lines_[0].began);
  EXPECT_EQ(lines_[0].why, "refused");
  EXPECT_TRUE(outage_.any());
  clock_.Advance(seconds(5));
  outage_.End();
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_FALSE(lines_[1].began);
  EXPECT_EQ(lines_[1].lasted, seconds(35));
  EXPECT_EQ(lines_[1].untold, 0);
  EXPECT_FALSE(outage_.any());
  EXPECT_EQ(outage_.total(), seconds(65)) << "of both workers";
}

TEST_F(OutageTest, TimeRunsWhileItLasts) {
  outage_.Begin("x");
  clock_.Advance(milliseconds(1'500));
  EXPECT_EQ(outage_.total(), milliseconds(1'500));
  outage_.End();
  clock_.Advance(seconds(9));
  EXPECT_EQ(outage_.total(), milliseconds(1'500));
}

// HARDENING D08.
TEST_F(OutageTest, D08ALineEveryTenSecondsAtMostWhileItFlaps) {
  for (int second = 0; second < 60; ++second) {
    if (second % 2 == 0) {
      outage_.Begin("flap");
    } else {
      outage_.End();
    }
    clock_.Advance(seconds(1));
    outage_.Settle();
  }
  EXPECT_LE(lines_.size(), 6U);
  EXPECT_GE(lines_.size(), 4U) << "and it is not forgotten";
  EXPECT_GT(lines_[1].untold, 5);
}

TEST_F(OutageTest, TheLastLineIsTrueInTheEnd) {
  outage_.Begin("x");
  clock_.Advance(seconds(1));
  outage_.End();
  EXPECT_EQ(lines_.size(), 1U);
  const SteadyTime due = outage_.Settle();
  ASSERT_EQ(due, clock_.Steady() + seconds(9));
  clock_.Advance(seconds(9));
  EXPECT_EQ(outage_.Settle(), SteadyTime::max());
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_FALSE(lines_[1].began);
}

TEST_F(OutageTest, ABlinkThatNobodyWasToldOfNeedsNoSecondLine) {
  outage_.Begin("x");
  clock_.Advance(seconds(1));
  outage_.End();
  outage_.Begin("y");
  EXPECT_EQ(outage_.Settle(), SteadyTime::max());
  clock_.Advance(seconds(60));
  EXPECT_EQ(outage_.Settle(), SteadyTime::max());
  EXPECT_EQ(lines_.size(), 1U);
}

TEST_F(OutageTest, ManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 1'000; ++n) {
        outage_.Begin("x");
        outage_.End();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(outage_.any());
  EXPECT_EQ(lines_.size(), 1U);
}

}  // namespace
}  // namespace weir
