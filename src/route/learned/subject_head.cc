#include "route/learned/subject_head.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "route/learned/step_sum.h"

namespace weir::route::learned {
namespace {

constexpr float kMostSpreads = 4;
// A subject so far below the likeliest has a chance of less than 1e-5.
constexpr float kNegligible = 12;
constexpr float kNever = -1e30F;

constexpr size_t kLanes = 4;
using Four = float __attribute__((vector_size(kLanes * sizeof(float))));
using TraitSums = std::array<Four, kTraits / kLanes>;
static_assert(sizeof(TraitSums) == sizeof(Traits));

Four LoadFour(const float* from) {
  Four four;
  std::memcpy(&four, from, sizeof four);
  return four;
}

void AddScaled(float factor, const Traits& traits, TraitSums* sums) {
#pragma GCC unroll 4
  for (size_t i = 0; i < sums->size(); ++i) {
    sums->data()[i] += factor * LoadFour(traits.data() + i * kLanes);
  }
}

Traits WithScalars(const SubjectHead& head, const Traits& ngrams, const Scalars& standardised) {
  // Two sums, so that one addition need not wait for the other.
  static_assert(kScalars % 2 == 0);
  TraitSums even, odd{};
  std::memcpy(&even, &ngrams, sizeof even);
  for (size_t i = 0; i < kScalars; i += 2) {
    AddScaled(standardised.data()[i], head.of_scalar.data()[i], &even);
    AddScaled(standardised.data()[i + 1], head.of_scalar.data()[i + 1], &odd);
  }
  for (size_t i = 0; i < even.size(); ++i) even[i] += odd[i];
  Traits traits;
  std::memcpy(&traits, &even, sizeof traits);
  return traits;
}

constexpr size_t kFours = 4, kBlock = kFours * kLanes;
static_assert(SubjectHead::kMost % kBlock == 0);

// Of whole blocks. What is behind the last subject is never likely.
void SetLogits(const SubjectHead& head, const Traits& traits, SubjectHead::Row* logits) {
  for (size_t begin = 0; begin < head.subjects; begin += kBlock) {
    std::array<Four, kFours> sums;
    std::memcpy(&sums, head.bias.data() + begin, sizeof sums);
    for (size_t trait = 0; trait < kTraits; ++trait) {
      const float* weights = head.weights.data()[trait].data() + begin;
#pragma GCC unroll 4
      for (size_t i = 0; i < kFours; ++i) {
        sums.data()[i] += traits.data()[trait] * LoadFour(weights + i * kLanes);
      }
    }
    std::memcpy(logits->data() + begin, &sums, sizeof sums);
  }
  for (size_t i = head.subjects; i % kBlock != 0; ++i) logits->data()[i] = kNever;
}

float LargestOf(const SubjectHead::Row& logits, size_t subjects) {
  Four largest = LoadFour(logits.data());
  for (size_t i = kLanes; i < subjects; i += kLanes) {
    const Four four = LoadFour(logits.data() + i);
    largest = four > largest ? four : largest;
  }
  return std::max(std::max(largest[0], largest[1]), std::max(largest[2], largest[3]));
}

bool AnyAbove(Four values, float bound) {
  const auto above = values > bound;
  std::array<int64_t, 2> halves;
  std::memcpy(&halves, &above, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace

Scalars SubjectHead::Standardised(const Scalars& scalars) const {
  static_assert(kScalars % kLanes == 0);
  Scalars result;
  for (size_t i = 0; i < kScalars; i += kLanes) {
    Four spreads = (LoadFour(scalars.data() + i) - LoadFour(mean.data() + i)) *
                   LoadFour(inverse_spread.data() + i);
    spreads = spreads > kMostSpreads ? Four{} + kMostSpreads : spreads;
    spreads = spreads < -kMostSpreads ? Four{} - kMostSpreads : spreads;
    std::memcpy(result.data() + i, &spreads, sizeof spreads);
  }
  return result;
}

SubjectReading SubjectHead::Read(const Traits& ngrams, const Scalars& standardised) const {
  SubjectReading reading;
  if (subjects == 0) {
    reading.type.fill(1.0F / kTypes);
    return reading;
  }
  Row logits;
  SetLogits(*this, WithScalars(*this, ngrams, standardised), &logits);
  const float largest = LargestOf(logits, subjects), bound = largest - kNegligible;
  float total = 0;
  for (size_t four = 0; four < subjects; four += kLanes) {
    if (!AnyAbove(LoadFour(logits.data() + four), bound)) continue;
    for (size_t i = four; i < four + kLanes; ++i) {
      if (logits.data()[i] <= bound) continue;
      const float chance = std::exp(logits.data()[i] - largest);
      total += chance;
      if (type.data()[i] < kTypes) reading.type.data()[type.data()[i]] += chance;
      reading.gain += chance * gain.data()[i];
    }
  }
  for (float& share : reading.type) share /= total;
  reading.gain /= total;
  return reading;
}

bool SubjectHead::IsSound() const {
  const auto finite = [](const auto& values) {
    return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
  };
  return subjects <= kMost && std::ranges::all_of(type, [](uint8_t t) { return t <= kTypes; }) &&
         finite(mean) && finite(inverse_spread) && finite(step) && finite(bias) && finite(gain) &&
         std::ranges::all_of(of_scalar, finite) && std::ranges::all_of(weights, finite);
}

std::array<int32_t, kTraits> SumTraits(std::span<const TraitSteps> rows,
                                       std::span<const uint32_t> ngrams) {
  return SumSteps<TraitSteps>(ngrams, [rows](uint32_t ngram) -> const TraitSteps& {
    return rows.data()[TraitRowOf(ngram)];
  });
}

}  // namespace weir::route::learned
