#include "route/learned/pasted_code.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/strings.h"
#include "route/learned/chars.h"

namespace weir::route::learned {
namespace {

constexpr size_t kDeepestFence = 3;  // blanks before it
// Of this repository's files, 600 bytes at a time, C++ has a sign in 12 bytes (median), JavaScript
// in 13, Python in 18, prose in 150; 94, 94, 64 and 3 % of these parts have one in 20.
constexpr size_t kBytesASign = 20;
// Behind the name of a language: YAML has a sign in 43 bytes.
constexpr size_t kBytesASignNamed = 60;
constexpr size_t kMostLookedAt = 2048;
constexpr std::array<bool, 256> kProgramSigns = [] {
  std::array<bool, 256> signs{};
  for (const char c : std::string_view("{}[]_=<>|\\$#&@")) {
    signs[static_cast<unsigned char>(c)] = true;
  }
  return signs;
}();

constexpr std::string_view kTexCommands[] = {
    "frac",  "sqrt",  "sum", "prod", "int",    "lim",    "begin",   "left",  "cdot",
    "infty", "alpha", "pi",  "leq",  "mathbb", "mathrm", "partial", "nabla", "equiv"};

bool IsLetterAt(std::string_view text, size_t at) {
  return at < text.size() && IsLetter(static_cast<unsigned char>(text[at]));
}

struct Fence {
  size_t line = 0;  // where it begins
  size_t length = 0;
  size_t info = 0, end = 0;  // what is behind the marks, to the line's end

  std::string_view InfoIn(std::string_view text) const {
    return Trim(text.substr(info, end - info));
  }
};

// The first from `from` on, where a line begins or ends. O(what is before it and its line).
std::optional<Fence> NextFence(std::string_view text, size_t from) {
  for (size_t at = text.find(kFence, from); at != std::string_view::npos;) {
    Fence fence{at};
    while (fence.line > from && at - fence.line <= kDeepestFence && text[fence.line - 1] == ' ') {
      --fence.line;
    }
    fence.info = std::min(text.find_first_not_of(kFence.front(), at), text.size());
    fence.length = fence.info - at;
    const bool begins = fence.line == 0 || text[fence.line - 1] == '\n';
    if (begins && at - fence.line <= kDeepestFence) {
      fence.end = std::min(text.find('\n', fence.info), text.size());
      return fence;
    }
    at = text.find(kFence, fence.info);
  }
  return {};
}

// Behind the marks: nothing or the name of a language. "```x``` does" and "```Prove that" are text.
bool Opens(const Fence& fence, std::string_view text) {
  return fence.InfoIn(text).find_first_of(" \t`") == std::string_view::npos;
}

std::optional<Fence> Closing(std::string_view text, const Fence& opening) {
  std::optional<Fence> fence = NextFence(text, opening.end);
  while (fence && (fence->length < opening.length || !fence->InfoIn(text).empty())) {
    fence = NextFence(text, fence->end);
  }
  return fence;
}

// A bracket behind a name and a semicolon at the end of a line are, in prose they stand elsewhere.
bool IsProgramSign(std::string_view text, size_t at) {
  const char c = text[at];
  if (c == '(') return at > 0 && IsLetterAt(text, at - 1);
  if (c == ';') return at + 1 == text.size() || text[at + 1] == '\n' || text[at + 1] == '\r';
  return kProgramSigns[static_cast<unsigned char>(c)];
}

// Formulas have the signs of programs, and are the question.
bool IsTexCommand(std::string_view text, size_t at) {
  if (text[at] != '\\') return false;
  size_t end = at + 1;
  while (IsLetterAt(text, end)) ++end;
  return std::ranges::find(kTexCommands, text.substr(at + 1, end - at - 1)) !=
         std::end(kTexCommands);
}

bool IsDense(std::string_view some, size_t bytes_a_sign) {
  size_t signs = 0;
  for (size_t at = 0; at < some.size(); ++at) {
    if (IsTexCommand(some, at)) return false;
    signs += IsProgramSign(some, at) ? 1 : 0;
  }
  return signs > 0 && signs * bytes_a_sign >= some.size();
}

// At one of its ends: a program may begin with its licence.
bool IsCode(std::string_view inside, bool is_named) {
  const size_t bytes_a_sign = is_named ? kBytesASignNamed : kBytesASign;
  const size_t tail = inside.size() - std::min(inside.size(), kMostLookedAt);
  return IsDense(inside.substr(0, kMostLookedAt), bytes_a_sign) ||
         (tail > 0 && IsDense(inside.substr(tail), bytes_a_sign));
}

}  // namespace

std::string_view WithoutCode(std::string_view text, std::string* kept) {
  kept->clear();
  size_t from = 0;
  for (auto opening = NextFence(text, 0); opening;) {
    if (!Opens(*opening, text)) {
      opening = NextFence(text, opening->end);
      continue;
    }
    const std::optional<Fence> closing = Closing(text, *opening);
    if (!closing) break;
    const std::string_view inside = text.substr(opening->end, closing->line - opening->end);
    if (IsCode(inside, !opening->InfoIn(text).empty())) {
      kept->append(text.substr(from, opening->line - from));
      from = closing->end;
    }
    opening = NextFence(text, closing->end);
  }
  if (from == 0) return text;
  kept->append(text.substr(from));
  return *kept;
}

}  // namespace weir::route::learned
