#include "quality/sharing.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/split_mix.h"

namespace weir::quality {
namespace {

// Three hundred verdicts on scores of all kinds, a share `loses` of them losses.
void Teach(FloorController* controller, int loses, bool own = true) {
  SplitMix64 random(5);
  for (int i = 0; i < 300; ++i) {
    const bool lost = random.Next() % 100 < static_cast<uint64_t>(loses);
    const std::string key = std::to_string(random.Next() % 20);
    controller->Add({.task = "code",
                     .key = key,
                     .outcome = lost ? Outcome::kLoss : Outcome::kTie,
                     .score = static_cast<double>(random.Next() % 1'000) / 1'000,
                     .baseline_chance = 1,
                     .own = own});
  }
}

class SharingTest : public testing::Test {
 protected:
  void LearnOften(Sharing* sharing, int times = 10 * FloorController::kUpdateEvery) {
    for (int i = 0; i < times; ++i) sharing->Learn(0, {}, both_);
  }

  FloorController weak_{{.floor = 0.9, .among = 2}}, middle_{{.floor = 0.9, .among = 2}};
  std::array<FloorController*, 2> both_{&weak_, &middle_};
};

TEST_F(SharingTest, WhoStaysKeepsItsPartBesideThoseWhoCome) {
  const std::vector<double> known{0.2, 0, 0.6};
  const Sharing sharing({1, 2, 3}, known);
  EXPECT_NEAR(sharing.parts()[0], 2.0 / 3 / 4, 1e-12);
  EXPECT_NEAR(sharing.parts()[1], 1.0 / 3, 1e-12);
  EXPECT_NEAR(sharing.parts()[2], 2.0 / 3 * 3 / 4, 1e-12);
  const std::vector<double> nobody{0, 0};
  EXPECT_EQ(Sharing({1, 2}, nobody).parts(), (std::vector{0.5, 0.5}));
}

TEST_F(SharingTest, PartsMoveWhenAllAreKnownAndNobodyIsPinned) {
  Sharing sharing({16, 15});
  Teach(&weak_, 40);
  LearnOften(&sharing);
  EXPECT_EQ(sharing.parts()[0], 0.5) << "of the other nothing is known";
  Teach(&middle_, 7);
  weak_.Pin(*weak_.calibration());
  LearnOften(&sharing);
  EXPECT_EQ(sharing.parts()[0], 0.5) << "one is pinned";
  weak_.Resume();
  LearnOften(&sharing, FloorController::kUpdateEvery);
  EXPECT_NEAR(sharing.parts()[0], 0.48, 1e-9);
  LearnOften(&sharing);
  EXPECT_LT(sharing.parts()[0], 0.35);
  EXPECT_DOUBLE_EQ(weak_.Allowed(), 0.1 * sharing.parts()[0]);
  EXPECT_DOUBLE_EQ(weak_.AllowedInAll(), 0.1);
}

TEST_F(SharingTest, OneThatHasNoneYetIsNoTrap) {
  Sharing sharing({16, 15});
  const std::array<FloorController*, 2> one{&weak_, nullptr};
  Change held;
  held.kind = Change::Kind::kHeld;
  for (int i = 0; i < 60; ++i) sharing.Learn(0, std::span(&held, 1), one);
  sharing.Apply(one);
  EXPECT_DOUBLE_EQ(weak_.Allowed(), 0.05 * kUnknownChance);
}

// A cheaper one answered nearly all, so its crest stood high; then a brake takes them from that
// one.
TEST_F(SharingTest, WhereOneLosesItsRequestsTheOtherMayHaveThemAll) {
  Sharing sharing({16, 15});
  for (int i = 0; i < 20; ++i) {
    Teach(&middle_, 20, false);
    if (i % 5 == 0) Teach(&middle_, 20);
  }
  const double crest = middle_.calibration()->crest;
  EXPECT_GT(crest, 0.3);
  FloorController told = middle_;
  Change fell;
  fell.kind = Change::Kind::kFell;
  const std::array<FloorController*, 2> others{&weak_, &told};
  sharing.Learn(0, std::span(&fell, 1), others);
  Teach(&middle_, 20);
  Teach(&told, 20);
  EXPECT_LT(told.calibration()->crest, middle_.calibration()->crest - 0.05);
}

}  // namespace
}  // namespace weir::quality
