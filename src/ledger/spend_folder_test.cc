#include "ledger/spend_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "ledger/rows_for_test.h"
#include "ledger/sink.h"
#include "ledger/spent_for_test.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

constexpr int64_t kNovember1 = 20'758;  // 2026

SpentDay Spent(int64_t day, int64_t cost, int64_t strong = 0) {
  return {day, NanoUsd{cost}, NanoUsd{strong}};
}

// Of cost and strong, on the days from `first` to before `end`.
std::pair<int64_t, int64_t> SumOf(const std::vector<SpentDay>& days, int64_t first, int64_t end) {
  std::pair<int64_t, int64_t> sum;
  for (const SpentDay& day : days) {
    if (day.day < first || day.day >= end) continue;
    sum.first += day.cost.nano;
    sum.second += day.strong.nano;
  }
  return sum;
}

std::pair<int64_t, int64_t> MonthOf(int64_t day) {
  const std::chrono::year_month_day date = std::chrono::sys_days(std::chrono::days(day));
  const auto month = date.year() / date.month();
  const auto at = [](auto first) {
    return std::chrono::sys_days(first / 1).time_since_epoch().count();
  };
  return {at(month), at(month + std::chrono::months(1))};
}

void ExpectSameWindows(const std::vector<SpentDay>& all, const std::vector<SpentDay>& folded,
                       int64_t today) {
  EXPECT_EQ(SumOf(folded, today, today + 1), SumOf(all, today, today + 1)) << today;
  const auto [first, end] = MonthOf(today);
  EXPECT_EQ(SumOf(folded, first, end), SumOf(all, first, end)) << today;
  EXPECT_EQ(SumOf(folded, INT64_MIN, INT64_MAX), SumOf(all, INT64_MIN, INT64_MAX)) << today;
}

TEST(Fold, OldDaysAreAMonthAndOldMonthsOne) {
  EXPECT_EQ(Fold({}), std::vector<SpentDay>());
  const std::vector<SpentDay> few = {Spent(5, 1), Spent(6, 2), Spent(7, 3)};
  EXPECT_EQ(Fold(few), few);
  std::vector<SpentDay> days;
  for (int64_t day = kNovember1 - 100; day < kNovember1 + 10; ++day) days.push_back(Spent(day, 1));
  const std::vector<SpentDay> expected = {Spent(kBeforeAll, 100 - 31), Spent(kNovember1 - 31, 31),
                                          Spent(kNovember1, 7),        Spent(kNovember1 + 7, 1),
                                          Spent(kNovember1 + 8, 1),    Spent(kNovember1 + 9, 1)};
  EXPECT_EQ(Fold(days), expected);
  EXPECT_EQ(Fold(expected), expected);
}

// Each day somebody spends or nobody does, rows come late, and what is kept is folded now and then:
// today's windows and yesterday's, should the clock go back, are what they are of all rows.
TEST(Fold, EveryWindowIsExactWhateverIsSpentWhen) {
  std::mt19937_64 random(20261127);
  for (int account = 0; account < 300; ++account) {
    std::map<int64_t, SpentDay> all, kept;
    const auto spend = [&](int64_t day) {
      for (auto* days : {&all, &kept}) {
        SpentDay& spent = days->try_emplace(day, Spent(day, 0)).first->second;
        spent.cost.nano += day % 1'009;
        spent.strong.nano += day % 13;
      }
    };
    const auto list = [](const std::map<int64_t, SpentDay>& days) {
      std::vector<SpentDay> listed;
      for (const auto& [day, spent] : days) listed.push_back(spent);
      return listed;
    };
    const uint64_t seldom = 1 + random() % 20;
    for (int64_t today = kNovember1; today < kNovember1 + 150; ++today) {
      if (random() % seldom == 0) spend(today);
      if (random() % 30 == 0) spend(today - static_cast<int64_t>(random() % 70));
      if (random() % 3 == 0) {
        const std::vector<SpentDay> folded = Fold(list(kept));
        EXPECT_LE(folded.size(), kDaysApart + kMonthsApart + 1);
        kept.clear();
        for (const SpentDay& day : folded) kept[day.day] = day;
      }
      ExpectSameWindows(list(all), list(kept), today);
      ExpectSameWindows(list(all), list(kept), today - 1);
      ASSERT_FALSE(HasFailure()) << account;
    }
  }
}

// For one day the clock shows 2038.
TEST(Fold, AClockThatWasWrongForADayHidesNothing) {
  std::vector<SpentDay> days;
  for (int64_t day = kNovember1 - 70; day < kNovember1 + 20; ++day) days.push_back(Spent(day, day));
  std::vector<SpentDay> wrong = days;
  wrong.push_back(Spent(24'855, 7));
  ExpectSameWindows(days, days, kNovember1 + 19);
  ExpectSameWindows(wrong, Fold(Fold(wrong)), kNovember1 + 19);
  ExpectSameWindows(wrong, Fold(Fold(wrong)), kNovember1 + 18);
}

TEST(Fold, DaysThatNoCalendarHasAreKept) {
  const std::vector<SpentDay> days = {Spent(INT64_MIN, 1), Spent(-5'000'000, 1), Spent(0, 1),
                                      Spent(5'000'000, 1), Spent(INT64_MAX, 1)};
  EXPECT_EQ(SumOf(Fold(days), INT64_MIN, INT64_MAX).first, 4) << "an end is no day of a window";
  EXPECT_EQ(Fold(days).size(), 4U);
}

class SpendFolderTest : public testing::Test {
 protected:
  SpendFolderTest() { sink_ = *kSqliteSink.open(dir_.path()); }
  void Spend(int accounts, int days) {
    std::vector<Record> rows;
    for (int n = 0; n < accounts * days; ++n) {
      Record& row = rows.emplace_back(MakeRow(0));
      row.time = (kNovember1 + n / accounts) * kMicrosADay;
      row.id = NewRequestId(row.time);
      row.key = "k" + std::to_string(n % accounts);
      row.cost = NanoUsd{n};
    }
    ASSERT_TRUE(sink_->Store(rows, {1, 100}));
  }
  int64_t Count() const {
    auto database = Database::Open(StorePath(dir_.path()), Database::Mode::kReadOnly);
    return *database->QueryInt("SELECT count(*) FROM spend");
  }

  TempDir dir_;
  std::unique_ptr<Sink> sink_;
};

TEST_F(SpendFolderTest, AllAccountsAreFoldedInSmallParts) {
  Spend(200, 20);
  const auto before = TotalsOf(dir_.path());
  ASSERT_EQ(Count(), 4'000);
  int parts = 1;
  while (*sink_->Tidy(30)) ++parts;
  EXPECT_EQ(parts, 100) << "two accounts each";
  EXPECT_EQ(Count(), 200 * 4);
  EXPECT_EQ(TotalsOf(dir_.path()), before);
  EXPECT_TRUE(*sink_->Tidy(30)) << "it begins again";
}

TEST_F(SpendFolderTest, AnAccountOfManyDaysIsOneWhole) {
  Spend(1, 70);
  EXPECT_FALSE(*sink_->Tidy(10));
  EXPECT_EQ(Count(), 6);
}

TEST_F(SpendFolderTest, ARowThatComesLateIsBookedWithItsMonth) {
  Spend(1, 20);
  ASSERT_FALSE(*sink_->Tidy(1'000));
  auto totals = TotalsOf(dir_.path());
  Spend(1, 3);
  totals["key:k0"] += 0 + 1 + 2;
  EXPECT_EQ(TotalsOf(dir_.path()), totals);
  ASSERT_FALSE(*sink_->Tidy(1'000));
  EXPECT_EQ(TotalsOf(dir_.path()), totals);
  EXPECT_EQ(Count(), 4);
}

}  // namespace
}  // namespace weir::ledger
