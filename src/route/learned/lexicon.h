// Cue words of the router: a word hash maps to the classes it is evidence for.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

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

uint64_t HashBytes(std::string_view bytes);
// The hash of a run of CJK characters is mixed from its last one to its first.
inline constexpr uint64_t kNoCjk = 0x84222325cbf29ce4;
constexpr uint64_t MixCjk(uint64_t hash, uint32_t character) {
  return (hash ^ character) * 0x100000001b3;
}

// Immutable after construction; one shared instance serves every thread.
class Lexicon {
 public:
  static const Lexicon& Instance();
  // Bit k is set when the word belongs to cue class k.
  uint32_t CuesOf(uint64_t word_hash) const;

 private:
  Lexicon();
  using Hash = uint64_t (*)(std::string_view word);
  void AddWords(Cue cue, std::string_view words, Hash hash);
  void AddWord(Cue cue, uint64_t word_hash);

  static constexpr uint32_t kSlots = 4096;
  struct Slot {
    uint64_t hash = 0;
    uint32_t cues = kNoCues;
  };
  std::array<Slot, kSlots> slots_{};
};

}  // namespace weir::route::learned
