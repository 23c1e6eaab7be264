#include "route/floor_policy.h"

#include <gtest/gtest.h>

#include <random>

namespace weir::route {
namespace {

constexpr Chance kBaseline{0.9, Basis::kOwn, 400};

Offer Offered(catalog::ModelId model, int64_t cost, double good, uint32_t labels = 200) {
  return {model, NanoUsd{cost}, {good, Basis::kOwn, labels}};
}

// "2" or "2 unmet" or "-".
std::string Taken(double share, const Chance& baseline, const std::vector<Offer>& offers) {
  const FloorPick pick = PickByFloor(share, baseline, offers);
  if (!pick.taken) return "-";
  return fmt::format("{}{}", offers[*pick.taken].model, pick.kept ? "" : " unmet");
}

TEST(PickByFloor, TakesTheCheapestThatKeepsIt) {
  const std::vector<Offer> offers = {Offered(1, 10, 0.70), Offered(2, 50, 0.88),
                                     Offered(3, 90, 0.95)};
  EXPECT_EQ(Taken(0.97, kBaseline, offers), "2") << "0.873 or more";
  EXPECT_EQ(Taken(0.98, kBaseline, offers), "3") << "0.882 or more";
  EXPECT_EQ(Taken(0.5, kBaseline, offers), "1");
}

TEST(PickByFloor, WhereNoneKeepsItTheLikeliestIsTaken) {
  EXPECT_EQ(Taken(1, kBaseline, {Offered(1, 10, 0.5), Offered(2, 50, 0.8), Offered(3, 90, 0.7)}),
            "2 unmet");
}

TEST(PickByFloor, NoEvidenceOfTheBaselineOrOfAnyModelIsNoFloor) {
  const std::vector<Offer> proven = {Offered(1, 10, 0.95)};
  EXPECT_EQ(Taken(0.9, {0.9, Basis::kShipped, 0}, proven), "-")
      << "what was shipped proves nothing";
  EXPECT_EQ(Taken(0.9, {0.9, Basis::kOwn, kProvenLabels - 1}, proven), "-");
  EXPECT_EQ(Taken(0.9, {0.9, Basis::kOwn, kProvenLabels}, proven), "1");
  EXPECT_EQ(Taken(0.9, kBaseline, {Offered(1, 10, 0.95, kProvenLabels - 1)}), "-");
  Offer shipped = Offered(1, 10, 0.95);
  shipped.chance.basis = Basis::kShipped;
  EXPECT_EQ(Taken(0.9, kBaseline, {shipped, Offered(2, 90, 0.95)}), "2");
}

TEST(PickByFloor, WhatDoesNotFitIsNoOfferAndWhatIsIllComesLast) {
  Offer cheap = Offered(1, 10, 0.95);
  cheap.fits = false;
  Offer ill = Offered(2, 20, 0.95);
  ill.healthy = false;
  EXPECT_EQ(Taken(0.9, kBaseline, {cheap, ill, Offered(3, 90, 0.95)}), "3");
  EXPECT_EQ(Taken(0.9, kBaseline, {cheap, ill, Offered(3, 90, 0.5)}), "2")
      << "the floor before health: a breaker closes again";
}

TEST(PickByFloor, OfEqualsTheFirst) {
  EXPECT_EQ(Taken(0.9, kBaseline, {Offered(7, 10, 0.9), Offered(3, 10, 0.9)}), "7");
  EXPECT_EQ(Taken(0.9, kBaseline, {Offered(7, 10, 0.9), Offered(3, 10, 0.95)}), "3");
}

TEST(WhyNot, EveryOtherModelHasItsReason) {
  Offer unfit = Offered(5, 1, 0.99);
  unfit.fits = false;
  const std::vector<Offer> offers = {Offered(1, 10, 0.5), Offered(2, 50, 0.9), Offered(3, 90, 0.95),
                                     Offered(4, 1, 0.9, 12), unfit};
  const std::vector<Rejected> others = WhyNot(PickByFloor(0.9, kBaseline, offers), offers);
  ASSERT_EQ(others.size(), 3U);
  EXPECT_EQ(others[0].model, 1U);
  EXPECT_EQ(others[0].why, Rejection::kBelowFloor);
  EXPECT_EQ(others[0].detail, "0.500 < 0.810");
  EXPECT_EQ(others[1].why, Rejection::kDearer);
  EXPECT_EQ(others[2].why, Rejection::kUnproven);
  EXPECT_EQ(others[2].detail, "12 of 100 labels");
}

Offer Random(catalog::ModelId model, std::mt19937& random) {
  Offer offer =
      Offered(model, static_cast<int64_t>(random() % 6), static_cast<double>(random() % 10) / 10,
              random() % 4 == 0 ? 5 : kProvenLabels);
  offer.fits = random() % 5 != 0;
  offer.healthy = random() % 5 != 0;
  return offer;
}

// Ids stand for names: another one of each changes the id that comes out and nothing else.
TEST(PickByFloor, AddingAModelChangesOnlyWhatItWinsAndRenamingNothing) {
  std::mt19937 random(11);
  int wins = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Offer> offers;
    for (catalog::ModelId id = 0, count = random() % 6; id < count; ++id) {
      offers.push_back(Random(id, random));
    }
    const double share = static_cast<double>(1 + random() % 10) / 10;
    const std::string before = Taken(share, kBaseline, offers);
    std::vector<Offer> renamed = offers;
    for (Offer& offer : renamed) offer.model = 100 - offer.model;
    EXPECT_EQ(PickByFloor(share, kBaseline, renamed).taken,
              PickByFloor(share, kBaseline, offers).taken);
    const auto place = static_cast<std::ptrdiff_t>(random() % (offers.size() + 1));
    offers.insert(offers.begin() + place, Random(99, random));
    const std::string after = Taken(share, kBaseline, offers);
    const bool won = after.starts_with("99");
    wins += won ? 1 : 0;
    if (!won) {
      EXPECT_EQ(after, before) << round;
    }
  }
  EXPECT_GT(wins, 1'000);
}

Offer Judged(catalog::ModelId model, int64_t cost, double good, bool trusted) {
  Offer offer = Offered(model, cost, good);
  offer.chance.basis = Basis::kVerdicts;
  offer.trusted = trusted;
  return offer;
}

TEST(PickByFloor, VerdictsDecideForWhomTheyAre) {
  constexpr Chance kUnknown{0.8, Basis::kShipped, 0};
  EXPECT_EQ(Taken(0.97, kUnknown, {Judged(1, 10, 0.2, true), Offered(2, 50, 0.95)}), "1")
      << "what verdicts say is relative to the baseline, whose own chance needs no proof";
  EXPECT_EQ(Taken(0.97, kUnknown, {Judged(1, 10, 0.9, false), Judged(2, 50, 0.7, true)}), "2");
  Offer baseline = Offered(3, 90, 0.8, 0);
  baseline.chance.basis = Basis::kShipped;
  baseline.baseline = true;
  EXPECT_EQ(Taken(0.97, kUnknown, {Judged(1, 10, 0.9, false), baseline}), "3");
  EXPECT_EQ(Taken(0.97, kUnknown, {Offered(1, 10, 0.95), baseline}), "-");
  EXPECT_EQ(Taken(0.97, kUnknown, {Offered(1, 10, 0.95), Judged(2, 50, 0.7, true)}), "2")
      << "labels have no threshold while nobody knows how good the baseline is";
  Offer few = Judged(1, 10, 0.9, false);  // a brake, before there are enough verdicts
  few.chance = {0.9, Basis::kPrice, 0};
  EXPECT_EQ(Taken(0.97, kBaseline, {few, Offered(2, 50, 0.5)}), "2 unmet");
}

TEST(NeedOf, IsOneHalfWhereTheFloorCuts) {
  const auto own = [](double good) { return Chance{good, Basis::kOwn, 200}; };
  EXPECT_DOUBLE_EQ(NeedOf(own(0.9 * 0.8), own(0.8), 0.9, 0.1), 0.5);
  EXPECT_DOUBLE_EQ(NeedOf(own(0.8), own(0.8), 0.9, 0.1), 0);
  EXPECT_DOUBLE_EQ(NeedOf(own(0.9), own(0.8), 0.9, 0.1), 0) << "better than the baseline";
  EXPECT_LT(NeedOf(own(0.75), own(0.8), 0.9, 0.1), 0.5);
  EXPECT_GT(NeedOf(own(0.6), own(0.8), 0.9, 0.1), 0.5);
  EXPECT_LT(NeedOf(own(0), own(0.8), 0.9, 0.1), 1);
  EXPECT_GT(NeedOf(own(0.79), own(0.8), 1, 0.1), 0.5) << "a floor of 1 allows nothing";
  EXPECT_DOUBLE_EQ(NeedOf({0.5, Basis::kShipped, 0}, own(0.8), 0.9, 0.1), 0.1) << "the score";
  EXPECT_DOUBLE_EQ(NeedOf(own(0.5), {0.8, Basis::kPrice, 0}, 0.9, 0.1), 0.1);
}

}  // namespace
}  // namespace weir::route
