#include "route/learned/word_table.h"

#include <vector>

#include "route/python_text.h"

namespace weir::route::learned {

// As a text's characters are mixed: from the last to the first.
uint64_t HashCjk(std::string_view utf8) {
  std::vector<uint32_t> characters;
  while (!utf8.empty()) characters.push_back(TakeCodePoint(&utf8));
  uint64_t hash = kNoCjk;
  for (auto at = characters.rbegin(); at != characters.rend(); ++at) hash = MixCjk(hash, *at);
  return hash;
}

void WordTable::Add(uint32_t flags, std::string_view words, Hash hash) {
  while (!words.empty()) {
    const size_t end = words.find(' ');
    const std::string_view word = words.substr(0, end);
    words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
    if (word.empty()) continue;
    const uint64_t key = hash(word);
    uint32_t slot = SlotOf(key);
    while (slots_[slot].hash != 0 && slots_[slot].hash != key) slot = (slot + 1) % kSlots;
    slots_[slot].hash = key;
    slots_[slot].flags |= flags;
  }
}

}  // namespace weir::route::learned
