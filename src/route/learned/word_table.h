// Words of our own lists by their hash, each with a set of flags.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace weir::route::learned {

inline constexpr uint64_t kFnvOffset = 0xcbf29ce484222325ull;
inline constexpr uint64_t kFnvPrime = 0x100000001b3ull;

// FNV-1a, a byte at a time.
constexpr uint64_t MixByte(uint64_t hash, unsigned char byte) {
  return (hash ^ byte) * kFnvPrime;
}
constexpr uint64_t HashBytes(std::string_view bytes) {
  uint64_t hash = kFnvOffset;
  for (const char byte : bytes) hash = MixByte(hash, static_cast<unsigned char>(byte));
  return hash;
}

// The hash of a run of CJK characters is mixed from its last one to its first.
inline constexpr uint64_t kNoCjk = 0x84222325cbf29ce4;
constexpr uint64_t MixCjk(uint64_t hash, uint32_t character) {
  return (hash ^ character) * kFnvPrime;
}
uint64_t HashCjk(std::string_view utf8);

// Filled once, then read by every thread.
class WordTable {
 public:
  using Hash = uint64_t (*)(std::string_view word);
  // `words`: apart by blanks. A word added twice has the flags of both.
  void Add(uint32_t flags, std::string_view words, Hash hash);
  // 0 for a word of no list.
  uint32_t FlagsOf(uint64_t word_hash) const {
    uint32_t slot = SlotOf(word_hash);
    while (slots_[slot].hash != 0) {
      if (slots_[slot].hash == word_hash) return slots_[slot].flags;
      slot = (slot + 1) % kSlots;
    }
    return 0;
  }

 private:
  static constexpr int kSlotBits = 13;
  static constexpr uint32_t kSlots = 1u << kSlotBits;  // several times the words of all lists
  // FNV mixes short words weakly.
  static uint32_t SlotOf(uint64_t word_hash) {
    return static_cast<uint32_t>(((word_hash ^ (word_hash >> 29)) * 0x9e3779b97f4a7c15) >>
                                 (64 - kSlotBits));
  }
  struct Slot {
    uint64_t hash = 0;
    uint32_t flags = 0;
  };
  std::array<Slot, kSlots> slots_{};
};

}  // namespace weir::route::learned
