#include "route/learned/word_table.h"

#include <algorithm>
#include <string>
#include <vector>

#include "route/learned/lexicon.h"
#include "route/learned/plain_words.h"
#include "route/python_text.h"

namespace weir::route::learned {

uint64_t HashWord(std::string_view word) {
  if (const size_t hyphen = word.find('-'); hyphen != std::string_view::npos) {
    return MixWord(HashWord(word.substr(0, hyphen)), HashWord(word.substr(hyphen + 1)));
  }
  std::string plain(word);
  std::erase(plain, '\'');
  const size_t size = plain.size();
  plain.append(sizeof(uint64_t), '\0');
  return HashWord(plain.data(), size);
}

// As a text's characters are mixed: from the last to the first.
uint64_t HashCjk(std::string_view utf8) {
  std::vector<uint32_t> characters;
  while (!utf8.empty()) characters.push_back(TakeCodePoint(&utf8));
  uint64_t hash = kNoCjk;
  for (auto at = characters.rbegin(); at != characters.rend(); ++at) hash = MixCjk(hash, *at);
  return FinishCjk(hash);
}

void WordTable::Add(WordFacts facts, std::string_view words, Hash hash) {
  while (!words.empty()) {
    const size_t end = words.find(' ');
    const std::string_view word = words.substr(0, end);
    words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
    if (word.empty()) continue;
    const uint64_t key = hash(word);
    uint32_t slot = SlotOf(key);
    while (slots_[slot].hash != 0 && slots_[slot].hash != key) slot = (slot + 1) % kSlots;
    slots_[slot].hash = key;
    slots_[slot].facts.cues |= facts.cues;
    slots_[slot].facts.plain |= facts.plain;
  }
}

const WordTable& Vocabulary() {
  static const WordTable table = [] {
    WordTable words;
    AddCueWords(&words);
    AddPlainWords(&words);
    return words;
  }();
  return table;
}

}  // namespace weir::route::learned
