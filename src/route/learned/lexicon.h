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
inline constexpr uint32_t kNoCues = 0;

// Immutable after construction; one shared instance serves every thread.
class Lexicon {
 public:
  static const Lexicon& Instance();
  // Bit k is set when the word belongs to cue class k.
  uint32_t CuesOf(uint64_t word_hash) const { return words_.FlagsOf(word_hash); }

 private:
  Lexicon();

  WordTable words_;
};

}  // namespace weir::route::learned
