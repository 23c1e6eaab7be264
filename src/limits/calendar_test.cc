#include "limits/calendar.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/moment.h"
#include "limits/account.h"

namespace weir::limits {
namespace {

using config::Per;

WallMicros At(std::string_view text) {
  return ParseMoment(text).value();
}

TEST(CalendarB06, AMonthEndsWithItsLastDayAlsoInLeapYears) {
  EXPECT_EQ(EndOfWindow(Per::kMonth, At("2028-02-29T23:59:59.999999Z")), At("2028-03-01"));
  EXPECT_EQ(EndOfWindow(Per::kMonth, At("2027-02-28T23:59:59Z")), At("2027-03-01"));
  EXPECT_EQ(EndOfWindow(Per::kMonth, At("2026-12-31")), At("2027-01-01"));
  EXPECT_EQ(EndOfWindow(Per::kDay, At("2026-12-31T23:59:59.999999Z")), At("2027-01-01"));
  EXPECT_EQ(EndOfWindow(Per::kTotal, 0), std::numeric_limits<WallMicros>::max());
}

TEST(CalendarB06, DaysBefore1970AreWhole) {
  EXPECT_EQ(DayOf(-1), -1);
  EXPECT_EQ(DayOf(0), 0);
  EXPECT_EQ(DayOf(At("1969-12-31")), -1);
}

// A clock that is set back must not give the same day's money a second time.
TEST(CalendarB06, AClockThatGoesBackResetsNothing) {
  Account account;
  const WallMicros before = At("2026-03-31T23:59:59Z"), after = At("2026-04-01T00:00:01Z");
  account.AddSpent(DayOf(before), {{70}, {}});
  EXPECT_EQ(account.SpentIn(Per::kDay, after).all.nano, 0);
  account.AddSpent(DayOf(after), {{5}, {}});
  EXPECT_EQ(account.SpentIn(Per::kDay, before).all.nano, 70);
  EXPECT_EQ(account.SpentIn(Per::kMonth, before).all.nano, 70);
  EXPECT_EQ(account.SpentIn(Per::kMonth, after).all.nano, 5);
  EXPECT_EQ(account.SpentIn(Per::kTotal, after).all.nano, 75);
}

TEST(CalendarB06, EveryDayOfThreeYearsIsInExactlyOneMonth) {
  for (int64_t day = DayOf(At("2026-01-01")); day < DayOf(At("2029-01-01")); ++day) {
    const WallMicros noon = day * 86'400'000'000 + 43'200'000'000;
    const int64_t first = FirstDay(Per::kMonth, day);
    const int64_t end = DayOf(EndOfWindow(Per::kMonth, noon));
    EXPECT_LE(first, day);
    EXPECT_GT(end, day);
    EXPECT_EQ(FirstDay(Per::kMonth, end), end);
    EXPECT_EQ(FirstDay(Per::kMonth, end - 1), first);
  }
}

TEST(Account, ForgetsOldDaysInTheirTotalOnly) {
  Account account;
  for (int64_t day = 0; day < 1'000; ++day) account.AddSpent(day, {{1}, {1}});
  EXPECT_EQ(account.SpentIn(Per::kTotal, 999LL * 86'400'000'000).all.nano, 1'000);
  EXPECT_EQ(account.SpentIn(Per::kDay, 999LL * 86'400'000'000).strong.nano, 1);
}

}  // namespace
}  // namespace weir::limits
