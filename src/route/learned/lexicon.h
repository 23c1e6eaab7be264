// Cue words of the router: a word hash maps to the classes it is evidence for.
#pragma once

#include <cstdint>

#include "route/learned/word_table.h"

namespace weir::route::learned {

enum class Cue : uint8_t {
  kMath,
  kAdvancedMath,
  kProof,
  kCode,
  kSystems,
  kScience,
  kMedicine,
  kLaw,
  kBusiness,
  kHumanities,
  kCreative,
  kRewrite,
  kRoleplay,
  kAdvice,
  kSocial,
  kExtract,
  kLogic,
  kCondition,
  kNegation,
  kCompare,
  kQuantity,
  kExplain,
  kWhoWhenWhere,
  kWhatWhich,
  kHow,
  kWhy,
  kCommand,
  kFirstPerson,
  kSecondPerson,
  kFunction,
  kConstraint,
  kCount
};

inline constexpr int kCueCount = static_cast<int>(Cue::kCount);
// Bit k of WordFacts::cues: the word belongs to cue class k.
void AddCueWords(WordTable* words);

}  // namespace weir::route::learned
