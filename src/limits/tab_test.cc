#include "limits/tab.h"

#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <random>
#include <set>
#include <thread>

#include "base/moment.h"

namespace weir::limits {
namespace {

using config::BudgetSettings;
using config::Per;
using Grant = Tab::Grant;

const WallMicros kNow = *ParseMoment("2026-11-27T10:00:00Z");
const SteadyTime kSteady = SteadyTime(std::chrono::seconds(1'000));

Money Usd(int64_t nano, int64_t strong = 0) {
  return {{nano}, {strong}};
}

class TabTest : public testing::Test {
 protected:
  Party Of(std::string_view name, const Caps& caps) { return {accounts_.Open(name), &caps}; }
  std::unique_ptr<Tab> Make(std::vector<Party> parties) {
    return std::make_unique<Tab>(accounts_, std::move(parties), kNow);
  }
  Grant Ask(Tab& tab, int64_t nano) {
    return tab.Reserve(Usd(nano), kNow, [this] { ++woken_; });
  }
  int64_t Spent(std::string_view name) {
    return accounts_.SpentIn(name, Per::kTotal, kNow).all.nano;
  }

  Accounts accounts_;
  int woken_ = 0;
  const Caps hundred_{{{NanoUsd{100}, Per::kMonth}}, std::nullopt};
  const Caps none_;
};

TEST_F(TabTest, ReservesBeforeAndSettlesAfter) {
  auto tab = Make({Of("key:a", hundred_)});
  EXPECT_EQ(Ask(*tab, 60), Grant::kYes);
  EXPECT_EQ(accounts_.figures().reserved.nano, 60);
  tab->Settle(Usd(25));
  EXPECT_EQ(accounts_.figures().reserved.nano, 0);
  EXPECT_EQ(Spent("key:a"), 25);
  EXPECT_EQ(Ask(*tab, 76), Grant::kNo);
  EXPECT_EQ(tab->refusal().room, Room::kSpent);
  EXPECT_EQ(tab->refusal().renewal, *ParseMoment("2026-12-01"));
  EXPECT_EQ(Ask(*tab, 75), Grant::kYes);
}

TEST_F(TabTest, OnlyWhatWasReservedForCanOverrun) {
  auto without = Make({Of("key:a", none_)});
  without->Settle(Usd(5));
  EXPECT_EQ(accounts_.figures().overruns, 0u);
  auto with = Make({Of("key:b", hundred_)});
  EXPECT_EQ(Ask(*with, 10), Grant::kYes);
  with->Settle(Usd(11));
  EXPECT_EQ(accounts_.figures().overruns, 1u);
  EXPECT_EQ(Spent("key:b"), 11) << "it is spent all the same";
}

TEST_F(TabTest, B03_WhoLeavesReturnsWhatItHeld) {
  for (int i = 0; i < 1'000; ++i) {
    auto tab = Make({Of("key:a", hundred_), Of("team:t", hundred_)});
    ASSERT_EQ(Ask(*tab, 100), Grant::kYes);
    if (i % 2 == 0) tab->Settle({});
  }
  EXPECT_EQ(accounts_.figures().reserved.nano, 0);
  EXPECT_EQ(Spent("key:a"), 0);
}

TEST_F(TabTest, WaitsForWhatOthersMayReturnAndIsWokenInOrder) {
  auto first = Make({Of("key:a", hundred_)});
  auto second = Make({Of("key:a", hundred_)});
  auto third = Make({Of("key:a", hundred_)});
  EXPECT_EQ(Ask(*first, 80), Grant::kYes);
  EXPECT_EQ(Ask(*second, 90), Grant::kWaiting);
  EXPECT_EQ(Ask(*third, 10), Grant::kWaiting) << "it came later";
  first->Settle(Usd(5));
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(second->grant(), Grant::kYes);
  EXPECT_EQ(third->grant(), Grant::kWaiting);
  second->Settle(Usd(90));
  EXPECT_EQ(woken_, 2);
  EXPECT_EQ(third->grant(), Grant::kNo) << "5 are left, and nothing is held that could return";
}

TEST_F(TabTest, WhoGivesUpDoesNotHoldUpOthers) {
  auto first = Make({Of("key:a", hundred_)});
  auto second = Make({Of("key:a", hundred_)});
  auto third = Make({Of("key:a", hundred_)});
  EXPECT_EQ(Ask(*first, 80), Grant::kYes);
  EXPECT_EQ(Ask(*second, 90), Grant::kWaiting);
  EXPECT_EQ(Ask(*third, 20), Grant::kWaiting);
  second->Withdraw();
  EXPECT_EQ(third->grant(), Grant::kYes);
  second.reset();
  EXPECT_EQ(accounts_.figures().waiting, 0u);
}

TEST_F(TabTest, OneAccountsCrowdIsBoundedAndTakesNobodyElsesPlace) {
  auto holder = Make({Of("key:a", hundred_)});
  EXPECT_EQ(Ask(*holder, 100), Grant::kYes);
  std::vector<std::unique_ptr<Tab>> crowd;
  for (size_t i = 0; i < kMostWaitingEach; ++i) {
    crowd.push_back(Make({Of("key:a", hundred_)}));
    ASSERT_EQ(Ask(*crowd.back(), 10), Grant::kWaiting);
  }
  auto late = Make({Of("key:a", hundred_)});
  EXPECT_EQ(Ask(*late, 10), Grant::kNo);
  EXPECT_EQ(late->refusal().room, Room::kHeld);
  auto other = Make({Of("key:b", hundred_)});
  EXPECT_EQ(Ask(*other, 10), Grant::kYes);
}

// Keys of two teams: whoever is the first of all its accounts' queues waits only for what is held,
// and nobody overtakes.
TEST_F(TabTest, PropertyWhoIsFirstWaitsOnlyForWhatIsHeld) {
  struct Open {
    std::unique_ptr<Tab> tab;
    std::set<std::string> accounts;
    int64_t amount;
  };
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Accounts accounts;
    std::mt19937_64 random(seed);
    const Caps cap{{{NanoUsd{1'000'000}, Per::kTotal}}, std::nullopt};
    const Caps team{{{NanoUsd{1'000}, Per::kDay}}, std::nullopt};
    std::list<Open> open;  // in the order in which they asked
    for (int step = 0; step < 600; ++step) {
      if (open.size() < 40 && random() % 2 == 0) {
        const std::string key = "key:" + std::to_string(random() % 5);
        const std::string of = "team:" + std::to_string(random() % 2);
        const auto amount = static_cast<int64_t>(random() % 300);
        auto tab = std::make_unique<Tab>(
            accounts, std::vector<Party>{{accounts.Open(key), &cap}, {accounts.Open(of), &team}},
            kNow + step * int64_t{3'600'000'000});
        tab->Reserve(Usd(amount), kNow, [] {});
        open.push_back({std::move(tab), {key, of}, amount});
      } else if (!open.empty()) {
        const auto which =
            std::next(open.begin(), static_cast<std::ptrdiff_t>(random() % open.size()));
        if (which->tab->grant() == Grant::kYes) which->tab->Settle(Usd(random() % 2 == 0 ? 0 : 1));
        open.erase(which);
      }
      std::set<std::string> waited;
      for (const Open& one : open) {
        if (one.tab->grant() != Grant::kWaiting) continue;
        bool first = true;
        for (const std::string& name : one.accounts) first = waited.insert(name).second && first;
        if (first) {
          ASSERT_EQ(one.tab->RoomOf(Usd(one.amount), kNow).room, Room::kHeld) << seed;
        }
      }
    }
    open.clear();
    ASSERT_EQ(accounts.figures().waiting, 0u);
    ASSERT_EQ(accounts.figures().reserved.nano, 0);
  }
}

TEST_F(TabTest, ATeamsBudgetHoldsForAllItsKeys) {
  auto one = Make({Of("key:a", none_), Of("team:t", hundred_)});
  auto two = Make({Of("key:b", hundred_), Of("team:t", hundred_)});
  EXPECT_EQ(Ask(*one, 60), Grant::kYes);
  EXPECT_EQ(Ask(*two, 50), Grant::kWaiting);
  one->Settle(Usd(60));
  EXPECT_EQ(two->grant(), Grant::kNo);
  EXPECT_EQ(Spent("team:t"), 60);
  EXPECT_EQ(Spent("key:b"), 0);
}

TEST_F(TabTest, StrongMoneyIsCountedApartAndNeverWaits) {
  const Caps caps{{}, BudgetSettings{NanoUsd{50}, Per::kDay}};
  auto one = Make({Of("key:a", caps)});
  auto two = Make({Of("key:a", caps)});
  EXPECT_EQ(one->Reserve(Usd(40, 40), kNow, {}), Grant::kYes);
  EXPECT_EQ(two->Reserve(Usd(20, 20), kNow, {}), Grant::kNo);
  EXPECT_EQ(two->refusal().room, Room::kStrongHeld);
  two->WaitForStrong();
  EXPECT_EQ(two->Reserve(Usd(20, 20), kNow, [this] { ++woken_; }), Grant::kWaiting);
  two->Withdraw();
  EXPECT_EQ(two->Reserve(Usd(1'000), kNow, {}), Grant::kYes);
}

TEST_F(TabTest, B08_ALoweredBudgetRefusesTheNextAndLetsTheRunningFinish) {
  auto running = Make({Of("key:a", hundred_)});
  EXPECT_EQ(Ask(*running, 80), Grant::kYes);
  const Caps lower{{{NanoUsd{10}, Per::kMonth}}, std::nullopt};
  auto next = Make({Of("key:a", lower)});
  EXPECT_EQ(Ask(*next, 20), Grant::kNo);
  running->Settle(Usd(80));
  EXPECT_EQ(Spent("key:a"), 80);
  EXPECT_EQ(Ask(*next, 1), Grant::kNo);
}

TEST_F(TabTest, B06_ANewMonthHasItsMoneyOnce) {
  auto old = Make({Of("key:a", hundred_)});
  EXPECT_EQ(Ask(*old, 100), Grant::kYes);
  old->Settle(Usd(100));
  const WallMicros december = *ParseMoment("2026-12-01");
  Tab fresh(accounts_, {Of("key:a", hundred_)}, december);
  EXPECT_EQ(fresh.Reserve(Usd(100), december - 1, {}), Grant::kNo);
  EXPECT_EQ(fresh.Reserve(Usd(100), december, {}), Grant::kYes);
  fresh.Settle(Usd(100));
  EXPECT_EQ(fresh.Reserve(Usd(1), december, {}), Grant::kNo);
}

TEST_F(TabTest, RatesAndPlacesAreOfTheTightestParty) {
  Party key = Of("key:a", none_);
  key.rpm = 3;
  Party team = Of("team:t", none_);
  team.rpm = 2;
  std::vector<std::unique_ptr<Tab>> tabs;
  for (int i = 0; i < 2; ++i) {
    tabs.push_back(Make({key, team}));
    EXPECT_TRUE(tabs.back()->Begin(kSteady));
  }
  auto refused = Make({key, team});
  const auto begun = refused->Begin(kSteady);
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().reason, Reason::kRateLimited);
  EXPECT_EQ(begun.error().retry_after, std::chrono::seconds(30));
  EXPECT_EQ(refused->requests(kSteady).limit, 2);
  EXPECT_EQ(refused->requests(kSteady).left, 0);
  Tab alone(accounts_, {key}, kNow);
  EXPECT_TRUE(alone.Begin(kSteady)) << "the refused one was not counted for the key";
}

TEST_F(TabTest, PlacesComeBack) {
  Party key = Of("key:a", none_);
  key.max_inflight = 1;
  auto one = Make({key});
  EXPECT_TRUE(one->Begin(kSteady));
  EXPECT_FALSE(Make({key})->Begin(kSteady));
  one.reset();
  EXPECT_TRUE(Make({key})->Begin(kSteady));
}

TEST_F(TabTest, TokensAreCorrectedByWhatWasUsed) {
  Party key = Of("key:a", none_);
  key.tpm = 1'000;
  auto tab = Make({key});
  EXPECT_TRUE(tab->TakeTokens(900, kSteady));
  EXPECT_FALSE(Make({key})->TakeTokens(200, kSteady));
  tab->Used(100, kSteady);
  EXPECT_EQ(tab->tokens(kSteady).left, 900);
  EXPECT_TRUE(Make({key})->TakeTokens(200, kSteady));
}

// B01: whatever order threads come in, never more than the budget, and to the last that fits.
TEST_F(TabTest, B01_ThreadsTogetherSpendExactlyTheBudget) {
  constexpr int64_t kCost = 7, kWorth = 100;
  const Caps caps{{{NanoUsd{kCost * kWorth}, Per::kTotal}}, std::nullopt};
  std::atomic<int> served{0}, refused{0};
  const auto ask = [&] {
    for (int i = 0; i < 250; ++i) {
      Tab tab(accounts_, {Of("key:a", caps)}, kNow);
      std::atomic<bool> woken{false};
      Grant grant = tab.Reserve(Usd(kCost), kNow, [&woken] {
        woken = true;
        woken.notify_all();
      });
      if (grant == Grant::kWaiting) woken.wait(false);
      if (tab.grant() == Grant::kYes) {
        tab.Settle(Usd(i % 5 == 0 ? 0 : kCost));  // some fail and cost nothing
        if (i % 5 != 0) ++served;
      } else {
        ++refused;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(ask);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, kWorth);
  EXPECT_EQ(Spent("key:a"), kCost * kWorth);
  EXPECT_EQ(accounts_.figures().reserved.nano, 0);
  EXPECT_EQ(accounts_.figures().overruns, 0u);
}

// Random reservations, settlements and departures against a plain model of the sums.
TEST_F(TabTest, PropertyWhatIsHeldAndSpentNeverExceedsAnyBudget) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Accounts accounts;
    std::mt19937_64 random(seed);
    const Caps key{{{NanoUsd{1'000}, Per::kDay}, {NanoUsd{3'000}, Per::kTotal}}, std::nullopt};
    const Caps team{{{NanoUsd{2'500}, Per::kMonth}}, BudgetSettings{NanoUsd{400}, Per::kTotal}};
    std::vector<std::unique_ptr<Tab>> open;
    int64_t spent = 0, strong = 0;
    for (int step = 0; step < 400; ++step) {
      if (open.size() < 8 && random() % 2 == 0) {
        open.push_back(std::make_unique<Tab>(
            accounts,
            std::vector<Party>{{accounts.Open("key:a"), &key}, {accounts.Open("team:t"), &team}},
            kNow));
        const auto all = static_cast<int64_t>(random() % 300);
        open.back()->Reserve(Usd(all, random() % 3 == 0 ? all : 0), kNow, [] {});
      } else if (!open.empty()) {
        const size_t which = random() % open.size();
        if (open[which]->grant() == Grant::kYes && random() % 4 != 0) {
          const Money held = open[which]->held();
          const auto part = static_cast<int64_t>(random() % 101);
          const Money cost = Usd(held.all.nano * part / 100, held.strong.nano * part / 100);
          spent += cost.all.nano;
          strong += cost.strong.nano;
          open[which]->Settle(cost);
        }
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
      }
      const int64_t reserved = accounts.figures().reserved.nano;
      ASSERT_LE(spent + reserved, 1'000);
      ASSERT_LE(strong, 400);
      ASSERT_EQ(accounts.SpentIn("team:t", Per::kMonth, kNow).all.nano, spent);
    }
    open.clear();
    ASSERT_EQ(accounts.figures().reserved.nano, 0);
    ASSERT_EQ(accounts.figures().waiting, 0u);
  }
}

}  // namespace
}  // namespace weir::limits
