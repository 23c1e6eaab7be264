// Breaker, key pool and retry budget: what decides whether a target is asked again.
#include <gtest/gtest.h>

#include "gateway/breaker.h"
#include "gateway/key_pool.h"
#include "gateway/retry_budget.h"
#include "testing/fake_clock.h"

namespace weir::gateway {
namespace {

using std::chrono::seconds;

constexpr config::BreakerSettings kSettings{.failures = 3, .cooldown = seconds(30)};

void Fail(Breaker& breaker, const Clock& clock, int times) {
  for (int i = 0; i < times; ++i) breaker.ReportFailure(clock.Steady(), kSettings);
}

TEST(BreakerTest, OpensAfterConsecutiveFailuresOnly) {
  FakeClock clock;
  Breaker breaker;
  Fail(breaker, clock, 2);
  breaker.ReportSuccess();
  Fail(breaker, clock, 2);
  EXPECT_EQ(breaker.Ask(clock.Steady()), Breaker::Gate::kClosed);
  Fail(breaker, clock, 1);
  EXPECT_EQ(breaker.Ask(clock.Steady()), Breaker::Gate::kOpen);
}

TEST(BreakerTest, U11OneProbeAtATimeWhenHalfOpen) {
  FakeClock clock;
  Breaker breaker;
  Fail(breaker, clock, 3);
  clock.Advance(seconds(31));
  EXPECT_EQ(breaker.Ask(clock.Steady()), Breaker::Gate::kProbe);
  EXPECT_EQ(breaker.Ask(clock.Steady()), Breaker::Gate::kOpen);
  breaker.ReportAbandoned();
  EXPECT_EQ(breaker.Ask(clock.Steady()), Breaker::Gate::kProbe);
  breaker.ReportSuccess();
  EXPECT_EQ(breaker.Ask(clock.Steady()), Breaker::Gate::kClosed);
}

TEST(BreakerTest, U12AFailureInTheCooldownNeverShortensIt) {
  FakeClock clock;
  Breaker breaker;
  Fail(breaker, clock, 3);
  const SteadyTime first = breaker.ready_at();
  breaker.ReportFailure(clock.Steady(), {.failures = 3, .cooldown = seconds(1)});
  EXPECT_EQ(breaker.ready_at(), first);
  clock.Advance(seconds(10));
  Fail(breaker, clock, 1);
  EXPECT_EQ(breaker.ready_at(), first + seconds(10));
}

TEST(BreakerTest, CoolingIsObeyedWhileClosed) {
  FakeClock clock;
  Breaker breaker;
  breaker.CoolUntil(clock.Steady() + seconds(5));
  EXPECT_EQ(breaker.Ask(clock.Steady()), Breaker::Gate::kOpen);
  clock.Advance(seconds(5));
  EXPECT_EQ(breaker.Ask(clock.Steady()), Breaker::Gate::kClosed);
}

std::vector<Secret> Keys(int count) {
  std::vector<Secret> keys;
  for (int i = 0; i < count; ++i) keys.emplace_back("key-number-" + std::to_string(i));
  return keys;
}

TEST(KeyPoolTest, RotatesOverUsableKeys) {
  FakeClock clock;
  KeyPool pool(Keys(3));
  pool.Block(1, clock.Steady() + seconds(60));
  EXPECT_EQ(pool.usable(clock.Steady()), 2U);
  for (int i = 0; i < 6; ++i) EXPECT_NE(pool.Pick(clock.Steady(), 0), 1U);
  clock.Advance(seconds(61));
  EXPECT_EQ(pool.usable(clock.Steady()), 3U);
}

TEST(KeyPoolTest, WhenAllAreOutTheSoonestBackIsTried) {
  FakeClock clock;
  KeyPool pool(Keys(2));
  pool.Block(0, clock.Steady() + seconds(60));
  pool.Block(1, clock.Steady() + seconds(10));
  EXPECT_EQ(pool.Pick(clock.Steady(), 0), 1U);
  EXPECT_EQ(pool.Pick(clock.Steady(), 0b10), 0U);
  EXPECT_EQ(pool.Pick(clock.Steady(), 0b11), std::nullopt);
}

TEST(KeyPoolTest, AnEngineWithoutKeysHasOneTry) {
  FakeClock clock;
  KeyPool pool({});
  EXPECT_EQ(pool.Pick(clock.Steady(), 0), 0U);
  EXPECT_EQ(pool.secret(0), nullptr);
  EXPECT_EQ(pool.Pick(clock.Steady(), 1), std::nullopt);
}

TEST(RetryBudgetTest, AnOutageGetsATenthOfRequestsMore) {
  RetryBudget budget;
  int retries = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.OnRequest();
    if (budget.Spend()) ++retries;
  }
  EXPECT_LE(retries, 103);
  EXPECT_GE(retries, 100);
}

TEST(RetryBudgetTest, RetriesThatHelpAreFree) {
  RetryBudget budget;
  for (int i = 0; i < 1000; ++i) {
    budget.OnRequest();
    ASSERT_TRUE(budget.Spend());
    budget.Refund();
  }
}

}  // namespace
}  // namespace weir::gateway
