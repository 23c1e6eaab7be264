#include "quality/slices.h"

#include <gtest/gtest.h>

#include <array>

namespace weir::quality {
namespace {

Judged Of(std::string_view key, Outcome outcome) {
  return {.route = "auto",
          .tier = "simple",
          .task = "code",
          .language = "en",
          .key = key,
          .outcome = outcome};
}

double WeightOf(const Slices& slices) {
  return slices.Find({"auto", "", "", ""}).weight;
}

TEST(Slices, CountsEachVerdictInItsMargins) {
  Slices slices({});
  slices.Add(Of("k", Outcome::kWin));
  slices.Add(Of("k", Outcome::kLoss));
  Judged other = Of("k", Outcome::kTie);
  other.tier = "medium";
  other.task = "";
  slices.Add(other);
  EXPECT_EQ(slices.All().size(), 6U);
  const SliceFigures route = slices.Find({"auto", "", "", ""});
  EXPECT_EQ(route.counts, (std::array<int64_t, 3>{1, 1, 1}));
  EXPECT_NEAR(route.as_good, 2.0 / 3, 1e-9);
  EXPECT_EQ(slices.Find({"auto", "simple", "code", ""}).counts[2], 1);
  EXPECT_EQ(slices.Find({"auto", "medium", "", ""}).weight, 1);
  EXPECT_EQ(slices.Find({"auto", "", "", "en"}).weight, 3);
  EXPECT_EQ(slices.Find({"nobody", "", "", ""}).weight, 0);
}

TEST(Slices, ProbesAreNotWhatClientsGot) {
  Slices slices({});
  Judged probe = Of("k", Outcome::kLoss);
  probe.served = false;
  slices.Add(probe);
  EXPECT_TRUE(slices.All().empty());
}

TEST(Slices, AreBoundedInNumber) {
  Slices slices({});
  for (int i = 0; i < 3000; ++i) {
    const std::string task = "task" + std::to_string(i);
    Judged judged = Of("k", Outcome::kTie);
    judged.task = task;
    slices.Add(judged);
  }
  EXPECT_EQ(slices.All().size(), Slices::kMaxSlices);
  EXPECT_GT(slices.left_out(), 0);
  EXPECT_EQ(WeightOf(slices) > 0, true);
}

TEST(Slices, X11OneKeyDoesNotOutweighTheOthers) {
  Slices slices({.key_cap = 0.2});
  constexpr std::array<std::string_view, 10> kOthers = {"a", "b", "c", "d", "e",
                                                        "f", "g", "h", "i", "j"};
  int attacks = 0;
  for (int i = 0; i < 6000; ++i) {
    const bool attacker = i >= 200 && i % 20 != 0;
    attacks += attacker ? 1 : 0;
    slices.Add(attacker ? Of("attacker", Outcome::kLoss)
                        : Of(kOthers[i / 20 % kOthers.size()], Outcome::kTie));
  }
  const SliceFigures figures = slices.Find({"auto", "", "", ""});
  EXPECT_GE(figures.as_good, 0.77) << "about a fifth, of nineteen in twenty";
  EXPECT_EQ(figures.counts[2], attacks) << "what was counted is told as it was";
}

TEST(Slices, FewKeysWeighWhatTheySend) {
  Slices slices({.key_cap = 0.2});
  for (int i = 0; i < 100; ++i) slices.Add(Of(i % 10 == 0 ? "small" : "large", Outcome::kTie));
  EXPECT_EQ(WeightOf(slices), 100);
}

TEST(Slices, AModelThatGetsWorseShowsHoweverLongItWasGood) {
  Slices slices({});
  for (int i = 0; i < 20'000; ++i) slices.Add(Of("k", Outcome::kTie));
  EXPECT_EQ(StandingOf(slices.Find({"auto", "", "", ""}), 0.95), Standing::kKept);
  int until = 0;
  while (StandingOf(slices.Find({"auto", "", "", ""}), 0.95) != Standing::kAlarm && until < 5000) {
    slices.Add(Of("k", ++until % 2 == 0 ? Outcome::kTie : Outcome::kLoss));
  }
  EXPECT_LT(until, 400);
}

TEST(Slices, StandingNeedsEvidenceForAnAlarm) {
  SliceFigures figures;
  figures.weight = 10;
  figures.as_good = 0.5;
  figures.interval = {0.2, 0.8};
  EXPECT_EQ(StandingOf(figures, 0.9), Standing::kUnknown);
  figures.weight = 100;
  EXPECT_EQ(StandingOf(figures, 0.9), Standing::kAlarm);
  figures.as_good = 0.95;
  EXPECT_EQ(StandingOf(figures, 0.9), Standing::kUnsure);
  figures.interval = {0.91, 0.99};
  EXPECT_EQ(StandingOf(figures, 0.9), Standing::kKept);
  EXPECT_EQ(StandingName(Standing::kAlarm), "alarm");
}

}  // namespace
}  // namespace weir::quality
