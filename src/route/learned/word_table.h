// Words of our own lists by their hash, each with what is known of it.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::route::learned {

static_assert(std::endian::native == std::endian::little, "the weights know words by this hash");

// Odd, and near 2^64 over the golden ratio.
inline constexpr uint64_t kWordPrime = 0x9e3779b97f4a7c15;

inline uint64_t MixWord(uint64_t hash, uint64_t bytes) {
  hash = (hash ^ bytes) * kWordPrime;
  return hash ^ hash >> 32;
}
inline uint64_t LoadWord(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}
// Of `size` > 0 bytes without a NUL, eight at a time; reads eight bytes of a shorter word, too.
inline uint64_t HashWord(const char* word, size_t size) {
  constexpr size_t kStep = sizeof(uint64_t);
  if (size <= kStep) return MixWord(0, LoadWord(word) << 8 * (kStep - size));
  uint64_t hash = MixWord(0, size);
  const char* const last = word + size - kStep;
  for (; word < last; word += kStep) hash = MixWord(hash, LoadWord(word));
  return MixWord(hash, LoadWord(last));
}
// Of a word in small letters without apostrophes, or of two with a hyphen between: MixWord of both.
uint64_t HashWord(std::string_view word);

// The hash of a run of CJK characters is mixed from its last one to its first, then once for all.
inline constexpr uint64_t kCjkPrime = 0x100000001b3;
inline constexpr uint64_t kNoCjk = 0x84222325cbf29ce4;
constexpr uint64_t MixCjk(uint64_t hash, uint32_t character) {
  return (hash ^ character) * kCjkPrime;
}
inline uint64_t FinishCjk(uint64_t hash) {
  return MixWord(0, hash);
}
uint64_t HashCjk(std::string_view utf8);

// What is known of a word; nothing of one of no list.
struct WordFacts {
  uint32_t cues = 0;   // bits of Cue (lexicon.h)
  uint32_t plain = 0;  // PlainWord (plain_words.h)
};

// Filled once, then read by every thread.
class WordTable {
 public:
  using Hash = uint64_t (*)(std::string_view word);
  // `words`: apart by blanks. A word added twice has the facts of both.
  void Add(WordFacts facts, std::string_view words, Hash hash);
  WordFacts Find(uint64_t word_hash) const {
    const Slot* const slots = slots_.data();
    for (uint32_t slot = SlotOf(word_hash);; slot = (slot + 1) % kSlots) {
      if (slots[slot].hash == word_hash) return slots[slot].facts;
      if (slots[slot].hash == 0) return {};
    }
  }

 private:
  static constexpr int kSlotBits = 13;
  static constexpr uint32_t kSlots = 1u << kSlotBits;  // several times the words of all lists
  static uint32_t SlotOf(uint64_t word_hash) {
    return static_cast<uint32_t>(word_hash >> (64 - kSlotBits));
  }
  struct Slot {
    uint64_t hash = 0;
    WordFacts facts;
  };
  std::array<Slot, kSlots> slots_{};
};

// Cue words and plain words, English and Chinese; of other languages only kForeignWord.
const WordTable& Vocabulary();

}  // namespace weir::route::learned
