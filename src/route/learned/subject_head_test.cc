#include "route/learned/subject_head.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>

#include "base/split_mix.h"
#include "route/learned/weights.h"

namespace weir::route::learned {
namespace {

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}
  float Float() { return static_cast<float>(random_.Next() >> 40) * 0x1p-23F - 1; }
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_.Next() % bound); }
  int8_t Byte() { return static_cast<int8_t>(random_.Next()); }

 private:
  SplitMix64 random_;
};

// Three subjects of the first type, the others of the last, but one of none.
std::unique_ptr<SubjectHead> Head(uint32_t subjects) {
  Draw draw(1);
  auto head = std::make_unique<SubjectHead>();
  head->subjects = subjects;
  for (uint32_t i = 3; i < subjects; ++i) head->type[i] = i == 3 ? kTypes : kTypes - 1;
  for (Traits& traits : head->of_scalar) {
    for (float& value : traits) value = draw.Float() / 4;
  }
  for (SubjectHead::Row& row : head->weights) {
    for (uint32_t i = 0; i < subjects; ++i) row[i] = draw.Float();
  }
  for (uint32_t i = 0; i < subjects; ++i) {
    head->bias[i] = draw.Float();
    head->gain[i] = draw.Float();
  }
  return head;
}

// The softmax as one would write it down.
std::vector<double> ChancesOf(const SubjectHead& head, const Traits& ngrams,
                              const Scalars& standardised) {
  std::vector<double> chances;
  double total = 0;
  for (uint32_t i = 0; i < head.subjects; ++i) {
    double logit = head.bias[i];
    for (int trait = 0; trait < kTraits; ++trait) {
      double value = ngrams[trait];
      for (int k = 0; k < kScalars; ++k) value += standardised[k] * head.of_scalar[k][trait];
      logit += value * head.weights[trait][i];
    }
    chances.push_back(std::exp(logit));
    total += chances.back();
  }
  for (double& chance : chances) chance /= total;
  return chances;
}

TEST(SubjectHead, ReadsAsTheSoftmaxSays) {
  Draw draw(2);
  for (const uint32_t subjects : {4U, 5U, 16U, 17U, 75U, 128U}) {
    const auto head = Head(subjects);
    Traits ngrams;
    Scalars standardised;
    for (float& value : ngrams) value = draw.Float();
    for (float& value : standardised) value = draw.Float();
    const std::vector<double> chances = ChancesOf(*head, ngrams, standardised);
    const SubjectReading reading = head->Read(ngrams, standardised);
    double first = 0, last = 0, gain = 0;
    for (uint32_t i = 0; i < subjects; ++i) {
      if (i < 3) first += chances[i];
      if (i > 3) last += chances[i];
      gain += chances[i] * head->gain[i];
    }
    EXPECT_NEAR(reading.type[0], first, 2e-3) << subjects;
    EXPECT_EQ(reading.type[1], 0);
    EXPECT_NEAR(reading.type[kTypes - 1], last, 2e-3) << subjects;
    EXPECT_NEAR(reading.gain, gain, 2e-3) << subjects;
  }
}

TEST(SubjectHead, WithoutSubjectsAllTypesAreAlike) {
  const SubjectReading reading = SubjectHead().Read({}, {});
  EXPECT_EQ(reading.gain, 0);
  for (const float share : reading.type) EXPECT_FLOAT_EQ(share, 1.0F / kTypes);
}

TEST(SubjectHead, StrangeScalarsAreBounded) {
  SubjectHead head;
  head.inverse_spread.fill(2);
  head.mean.fill(1);
  Scalars scalars{};
  scalars[0] = 1.5F;
  scalars[1] = 1e30F;
  scalars[2] = -1e30F;
  const Scalars standardised = head.Standardised(scalars);
  EXPECT_EQ(standardised[0], 1);
  EXPECT_EQ(standardised[1], 4);
  EXPECT_EQ(standardised[2], -4);
  EXPECT_EQ(standardised[3], -2);
}

TEST(SubjectHead, SumsOfManyNgramsAreExact) {
  Draw draw(2);
  std::vector<TraitSteps> rows(kTraitRows);
  for (TraitSteps& row : rows) {
    for (int8_t& step : row) step = draw.Byte();
  }
  rows[1].fill(-128);
  rows[2].fill(127);
  for (const size_t count : {0U, 1U, 255U, 256U, 257U, 1000U}) {
    for (const uint32_t places : {kTraitRows, 3U}) {
      std::vector<uint32_t> ngrams;
      std::array<int32_t, kTraits> sums{};
      for (size_t i = 0; i < count; ++i) {
        ngrams.push_back(draw.Below(places * (kBuckets / kTraitRows)));
        const TraitSteps& row = rows[TraitRowOf(ngrams.back())];
        for (int trait = 0; trait < kTraits; ++trait) sums[trait] += row[trait];
      }
      EXPECT_EQ(SumTraits(rows, ngrams), sums) << count;
    }
  }
}

TEST(SubjectHead, UnsoundHeadsAreRefused) {
  Weights weights;
  weights.buckets.resize(kBuckets);
  weights.gain_forest = {1, 0, {{0, 1}}, {0, 0}};
  weights.difficulty_forest = weights.gain_forest;
  weights.subject_head = *Head(5);
  weights.traits.resize(kTraitRows);
  Weights loaded;
  EXPECT_TRUE(loaded.Load(weights.Save()));
  weights.subject_head.type[4] = kTypes + 1;
  EXPECT_FALSE(loaded.Load(weights.Save())) << "a type that there is not";
  weights.subject_head = *Head(5);
  weights.subject_head.subjects = SubjectHead::kMost + 1;
  EXPECT_FALSE(loaded.Load(weights.Save())) << "more subjects than there is room for";
  weights.subject_head = *Head(5);
  weights.subject_head.bias[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(loaded.Load(weights.Save())) << "what is no number";
  weights.subject_head = *Head(5);
  weights.traits.pop_back();
  EXPECT_FALSE(loaded.Load(weights.Save())) << "places without traits";
}

}  // namespace
}  // namespace weir::route::learned
