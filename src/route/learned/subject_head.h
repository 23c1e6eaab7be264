// What a prompt is about: chances of the subjects of the training rows ("professional_law",
// "gsm8k", an open request). N-grams and scalars add to a few traits; a softmax over the traits
// tells the subjects.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "route/learned/task_type.h"
#include "route/learned/text_features.h"

namespace weir::route::learned {

inline constexpr int kTraits = 16;
// Traits need fewer places than gains: 2^15 tell subjects as well as 2^18 (model/README.md).
inline constexpr uint32_t kTraitRowBits = 15;
inline constexpr uint32_t kTraitRows = 1U << kTraitRowBits;

using Traits = std::array<float, kTraits>;
// What an n-gram adds to the traits, in SubjectHead::step.
using TraitSteps = std::array<int8_t, kTraits>;

constexpr uint32_t TraitRowOf(uint32_t bucket) {
  return bucket >> (kBucketBits - kTraitRowBits);
}

struct SubjectReading {
  std::array<float, kTypes> type{};  // chances; all alike where no subject is known
  float gain = 0;                    // the strong model's expected gain
};

struct SubjectHead {
  static constexpr uint32_t kMost = 128;
  using Row = std::array<float, kMost>;  // by subject

  Scalars mean{}, inverse_spread{};
  Traits step{};
  std::array<Traits, kScalars> of_scalar{};
  uint32_t subjects = 0;
  std::array<uint8_t, kMost> type{};  // task type of each subject; kTypes: of none
  std::array<Row, kTraits> weights{};
  Row bias{};
  Row gain{};  // mean gain of the subject's rows

  // In spreads from their mean, at most four: one strange prompt must not outweigh all others.
  Scalars Standardised(const Scalars& scalars) const;
  // `ngrams` is the sum of the n-grams' traits.
  SubjectReading Read(const Traits& ngrams, const Scalars& standardised) const;
  bool IsSound() const;
};

// Steps of the n-grams, each in `rows` at TraitRowOf(its bucket). `rows` has kTraitRows.
std::array<int32_t, kTraits> SumTraits(std::span<const TraitSteps> rows,
                                       std::span<const uint32_t> ngrams);

}  // namespace weir::route::learned
