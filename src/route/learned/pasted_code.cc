#include "route/learned/pasted_code.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/strings.h"
#include "route/learned/chars.h"

namespace weir::route {
namespace {

using learned::IsLetter;

constexpr size_t kDeepestFence = 3;  // blanks before it
// Programs have a sign in ten bytes or more of them, prose one in a hundred or less.
constexpr size_t kBytesASign = 20;
constexpr size_t kMostLookedAt = 2048;
constexpr std::array<bool, 256> kProgramSigns = [] {
  std::array<bool, 256> signs{};
  for (const char c : std::string_view("{}[]_=<>|\\$#&@")) {
    signs[static_cast<unsigned char>(c)] = true;
  }
  return signs;
}();
// Names that fences of prose have.
constexpr std::array<std::string_view, 8> kProse = {"text",     "txt", "plain", "plaintext",
                                                    "markdown", "md",  "quote", "math"};

// Words of English grammar that no language of programs has.
constexpr std::string_view kGrammar[] = {
    "the",  "a",     "an",   "of",  "to",  "that", "are",   "was", "were", "be",    "it",
    "this", "these", "you",  "i",   "we",  "they", "which", "how", "why",  "has",   "have",
    "can",  "will",  "your", "our", "its", "may",  "must",  "so",  "such", "there", "their"};
constexpr size_t kWordsAGrammar = 12;

struct Fence {
  size_t line = 0;  // where it begins
  size_t length = 0;
  size_t info = 0, end = 0;  // what is behind the marks, to the line's end

  std::string_view InfoIn(std::string_view text) const { return text.substr(info, end - info); }
};

// The first from `from` on, which is where a line begins or ends. O(what lies before it and its
// line).
std::optional<Fence> NextFence(std::string_view text, size_t from) {
  constexpr std::string_view kMarks = "```";
  for (size_t at = text.find(kMarks, from); at != std::string_view::npos;) {
    Fence fence{at};
    while (fence.line > from && at - fence.line <= kDeepestFence && text[fence.line - 1] == ' ') {
      --fence.line;
    }
    fence.info = std::min(text.find_first_not_of(kMarks.front(), at), text.size());
    fence.length = fence.info - at;
    const bool begins = fence.line == 0 || text[fence.line - 1] == '\n';
    if (begins && at - fence.line <= kDeepestFence) {
      fence.end = std::min(text.find('\n', fence.info), text.size());
      // "```x```" is a part of a sentence.
      if (fence.InfoIn(text).find(kMarks.front()) == std::string_view::npos) return fence;
    }
    at = text.find(kMarks, fence.info);
  }
  return {};
}

// Where the fence is closed, if anywhere.
std::optional<Fence> Closing(std::string_view text, const Fence& opening) {
  std::optional<Fence> fence = NextFence(text, opening.end);
  while (fence && (fence->length < opening.length || !Trim(fence->InfoIn(text)).empty())) {
    fence = NextFence(text, fence->end);
  }
  return fence;
}

// A bracket behind a name and a semicolon at the end of a line are, in prose they stand elsewhere.
bool IsProgramSign(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte == '(') return at > 0 && IsLetter(static_cast<unsigned char>(text[at - 1]));
  if (byte == ';') return at + 1 == text.size() || text[at + 1] == '\n';
  return kProgramSigns[byte];
}

bool HasProgramSigns(std::string_view text) {
  size_t signs = 0;
  for (size_t at = 0; at < text.size(); ++at) signs += IsProgramSign(text, at) ? 1 : 0;
  return signs * kBytesASign >= text.size();
}

// English that has grammar, or a script whose words are not looked for.
bool HasSentences(std::string_view text) {
  size_t words = 0, grammar = 0, wide = 0;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && IsLetter(static_cast<unsigned char>(text[end]))) ++end;
    if (end == at) {
      wide += static_cast<unsigned char>(text[at++]) >= 0x80;
      continue;
    }
    const std::string_view word = text.substr(at, end - at);
    const auto is_word = [word](std::string_view known) { return EqualsIgnoreCase(known, word); };
    grammar += std::ranges::any_of(kGrammar, is_word);
    ++words;
    at = end;
  }
  return wide > words || grammar * kWordsAGrammar >= std::max<size_t>(words, 1);
}

bool IsProse(std::string_view info, std::string_view inside) {
  const std::string_view words = Trim(info);
  const std::string_view name = words.substr(0, words.find_first_of(" \t{:,"));
  const auto is_name = [name](std::string_view prose) { return EqualsIgnoreCase(prose, name); };
  if (!name.empty() && std::ranges::none_of(kProse, is_name)) return false;
  const std::string_view some = inside.substr(0, kMostLookedAt);
  return !HasProgramSigns(some) && HasSentences(some);
}

}  // namespace

WithoutCode LeaveOutCode(std::string_view text, std::string* kept) {
  kept->clear();
  size_t from = 0, code_bytes = 0;
  for (auto opening = NextFence(text, 0); opening;) {
    const std::optional<Fence> closing = Closing(text, *opening);
    const size_t end = closing ? closing->line : text.size();
    const std::string_view inside = text.substr(opening->end, end - opening->end);
    if (!Trim(inside).empty() && !IsProse(opening->InfoIn(text), inside)) {
      kept->append(text.substr(from, opening->info - from));
      kept->push_back('\n');
      from = end;
      code_bytes += end - opening->info;
    }
    if (!closing) break;
    opening = NextFence(text, closing->end);
  }
  if (code_bytes == 0) return {text};
  kept->append(text.substr(from));
  return {*kept, code_bytes};
}

}  // namespace weir::route
