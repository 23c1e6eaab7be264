#include "route/features.h"

#include "base/strings.h"

namespace weir::route {
namespace {

std::string_view Utf8Suffix(std::string_view text, size_t max_bytes) {
  size_t begin = text.size() - std::min(max_bytes, text.size());
  while (begin < text.size() && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) ++begin;
  return text.substr(begin);
}

// `cut` keeps the shortened text; it is made at most once.
std::string_view Bounded(std::string_view text, std::string* cut) {
  if (text.size() <= kRuleTextBytes) return text;
  if (cut->empty()) {
    *cut = Utf8Prefix(text, kRuleTextBytes / 2);
    cut->push_back('\n');
    cut->append(Utf8Suffix(text, kRuleTextBytes / 2));
  }
  return *cut;
}

constexpr uint64_t kOnes = 0x0101010101010101;

// Bit 0 of every byte of `word` that is 10xxxxxx.
uint64_t ContinuationBytes(uint64_t word) {
  return (word >> 7) & (~word >> 6) & kOnes;
}

uint64_t SumOfBytes(uint64_t word) {
  const uint64_t pairs = (word & 0x00FF00FF00FF00FF) + ((word >> 8) & 0x00FF00FF00FF00FF);
  return (pairs * 0x0001000100010001) >> 48;
}

}  // namespace

int64_t CountCodePoints(std::string_view text) {
  const auto bytes = static_cast<int64_t>(text.size());
  // Eight bytes a step: byte-wide counters hold 255 of them before they must be added up.
  constexpr size_t kBlock = 255 * sizeof(uint64_t);
  int64_t continuation = 0;
  while (text.size() >= sizeof(uint64_t)) {
    const size_t block = std::min(kBlock, text.size() & ~(sizeof(uint64_t) - 1));
    uint64_t counters = 0;
    for (size_t i = 0; i < block; i += sizeof(uint64_t)) {
      uint64_t word;
      std::memcpy(&word, text.data() + i, sizeof(word));
      counters += ContinuationBytes(word);
    }
    continuation += static_cast<int64_t>(SumOfBytes(counters));
    text.remove_prefix(block);
  }
  for (const char c : text) continuation += (static_cast<uint8_t>(c) & 0xC0) == 0x80;
  return bytes - continuation;
}

int64_t Features::last_user_code_points() const {
  if (code_points_ < 0) code_points_ = CountCodePoints(last_user());
  return code_points_;
}

std::string_view Features::last_user_for_rules() const {
  return Bounded(request_->last_user, &last_user_cut_);
}

std::string_view Features::all_text_for_rules() const {
  return Bounded(request_->all_text, &all_text_cut_);
}

}  // namespace weir::route
