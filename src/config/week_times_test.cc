#include "config/week_times.h"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

constexpr WallMicros kMinute = 60'000'000;
constexpr WallMicros kDay = 1'440 * kMinute;
// 2026-11-23 is a Monday.
constexpr WallMicros kMonday = 20'780 * kDay;

WeekTimes Of(std::initializer_list<std::string_view> windows) {
  WeekTimes times;
  for (std::string_view window : windows) EXPECT_TRUE(times.Add(window)) << window;
  return times;
}

WallMicros At(int day, int hour, int minute) {
  return kMonday + day * kDay + (hour * 60 + minute) * kMinute;
}

TEST(WeekTimes, AWindowIsHalfOpen) {
  const WeekTimes times = Of({"09:00-12:30"});
  EXPECT_FALSE(times.Contains(At(0, 9, 0) - 1));
  EXPECT_TRUE(times.Contains(At(0, 9, 0)));
  EXPECT_TRUE(times.Contains(At(0, 12, 30) - 1));
  EXPECT_FALSE(times.Contains(At(0, 12, 30)));
}

TEST(WeekTimes, AWindowRunsOverMidnightAndOverTheWeeksEnd) {
  const WeekTimes daily = Of({"16:30-00:30"});
  for (int day = 0; day < 7; ++day) {
    EXPECT_FALSE(daily.Contains(At(day, 16, 29)));
    EXPECT_TRUE(daily.Contains(At(day, 16, 30)));
    EXPECT_TRUE(daily.Contains(At(day, 23, 59)));
    EXPECT_TRUE(daily.Contains(At(day, 24, 0)));
    EXPECT_FALSE(daily.Contains(At(day, 24, 30)));
  }
  const WeekTimes sunday = Of({"sun 22:00-02:00"});
  EXPECT_TRUE(sunday.Contains(At(7, 1, 59))) << "Monday's beginning is Sunday's window";
  EXPECT_FALSE(sunday.Contains(At(7, 2, 0)));
  EXPECT_FALSE(sunday.Contains(At(8, 1, 0)));
  EXPECT_FALSE(sunday.Contains(At(5, 23, 0)));
}

TEST(WeekTimes, DaysMayRunOverTheWeeksEnd) {
  const WeekTimes times = Of({"sat-mon 10:00-11:00"});
  for (int day = 0; day < 7; ++day) {
    EXPECT_EQ(times.Contains(At(day, 10, 30)), day == 0 || day >= 5) << day;
  }
  const WeekTimes whole = Of({"sat-sun", "wed"});
  for (int day = 0; day < 7; ++day) {
    EXPECT_EQ(whole.Contains(At(day, 0, 0)), day == 2 || day >= 5) << day;
    EXPECT_EQ(whole.Contains(At(day, 23, 59)), day == 2 || day >= 5) << day;
  }
}

// All hours of the week but DeepSeek's peak ones.
TEST(WeekTimes, WindowsAddUp) {
  const WeekTimes off = Of({"00:00-01:00", "04:00-06:00", "10:00-24:00", "sat-sun"});
  int minutes = 0;
  for (int minute = 0; minute < 7 * 1'440; ++minute) {
    const bool weekend = minute >= 5 * 1'440;
    const int hour = minute % 1'440 / 60;
    const bool peak = !weekend && ((hour >= 1 && hour < 4) || (hour >= 6 && hour < 10));
    ASSERT_EQ(off.Contains(kMonday + minute * kMinute), !peak) << minute;
    minutes += peak ? 0 : 1;
  }
  EXPECT_EQ(minutes, 7 * 1'440 - 5 * 7 * 60);
  EXPECT_EQ(off.text(), "00:00-01:00, 04:00-06:00, 10:00-24:00, sat-sun");
}

TEST(WeekTimes, TimesBefore1970HaveTheirWeekday) {
  const WeekTimes wednesday = Of({"wed"});
  EXPECT_TRUE(wednesday.Contains(-1)) << "1969-12-31";
  EXPECT_FALSE(wednesday.Contains(0));
}

TEST(WeekTimes, OverlapsAreSeen) {
  EXPECT_TRUE(Of({"09:00-12:00"}).Overlaps(Of({"11:59-13:00"})));
  EXPECT_FALSE(Of({"09:00-12:00"}).Overlaps(Of({"12:00-13:00"})));
  EXPECT_TRUE(Of({"22:00-02:00"}).Overlaps(Of({"tue 01:00-03:00"})));
  EXPECT_FALSE(Of({"sat-sun"}).Overlaps(Of({"mon-fri"})));
}

TEST(WeekTimes, WhatIsNoWindowIsRefused) {
  for (std::string_view window : {"",
                                  " ",
                                  "16:30",
                                  "16:30-",
                                  "-00:30",
                                  "4:00-06:00",
                                  "04:00-6:00",
                                  "24:00-01:00",
                                  "04:60-05:00",
                                  "04:00-24:01",
                                  "25:00-26:00",
                                  "09:00-09:00",
                                  "mo",
                                  "Mon",
                                  "mon-",
                                  "mon-fr",
                                  "mon-fri ",
                                  "mon-fri 09:00",
                                  "mon fri",
                                  "mon-tue-wed",
                                  "09:00-10:00 mon",
                                  "09:00 - 10:00",
                                  "mon  09:00-10:00",
                                  "weekdays",
                                  "09:00-10:00 "}) {
    WeekTimes times;
    EXPECT_FALSE(times.Add(window)) << window;
    EXPECT_EQ(times.text(), "");
    EXPECT_FALSE(times.Contains(kMonday));
  }
}

}  // namespace
}  // namespace weir::config
