// The article's patterns, as Python's `re` would search them in text.lower():
//   simple.1   ^\d+[\s\+\-\*\/]
//   simple.2 … complex.4   alternations of plain words
// Nothing is lower-cased here, because it could not change the answer. The only characters whose
// str.lower() holds ASCII are A-Z, U+212A (k) and U+0130 (i, U+0307). No word has a `k`, and an `i`
// from U+0130 is followed by U+0307, so it could only end a word, and no word ends in `i`. What \d,
// \s and
// [+-*/] match, lower() leaves alone. Hence: compare ASCII letters without case in the text as it
// came. seed_test.cc checks these premises on every code point against Python itself.
#include "route/classifier.h"
#include "route/keyword_scan.h"
#include "route/python_text.h"

namespace weir::route {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kSimple2 = {"translate"sv, "summarize"sv, "format"sv};
constexpr std::array kSimple3 = {"what is"sv, "who is"sv, "when did"sv};
constexpr std::array kComplex1 = {"analyze"sv, "design"sv, "architect"sv, "implement"sv};
constexpr std::array kComplex2 = {"code"sv, "function"sv, "debug"sv, "refactor"sv};
constexpr std::array kComplex3 = {"legal"sv, "contract"sv, "compliance"sv};
constexpr std::array kComplex4 = {"compare"sv, "evaluate"sv, "assess"sv};

constexpr std::array<WordList, 6> kLists = {kSimple2,  kSimple3,  kComplex1,
                                            kComplex2, kComplex3, kComplex4};

constexpr bool AsciiFoldingIsEnough() {
  for (const WordList& list : kLists) {
    for (const std::string_view word : list) {
      if (word.size() < KeywordScan::kStem || word.ends_with('i')) return false;
      for (const char c : word) {
        if (c == 'k' || (c != ' ' && (c < 'a' || c > 'z'))) return false;
      }
    }
  }
  return true;
}
static_assert(AsciiFoldingIsEnough());

constexpr int64_t kLongPrompt = 2000;  // code points

// A tier's scores never meet another's; within one a longer text counts a little more.
struct Outcome {
  std::string_view tier;
  std::string_view reason;
  double lowest;
  double spread;
};
constexpr Outcome Simple(std::string_view reason) {
  return {"simple", reason, 0.10, 0.15};
}
constexpr Outcome Complex(std::string_view reason) {
  return {"complex", reason, 0.75, 0.15};
}

constexpr Outcome kArithmetic = Simple("seed:simple.1");
constexpr std::array<Outcome, kLists.size()> kByList = {
    Simple("seed:simple.2"),   Simple("seed:simple.3"),   Complex("seed:complex.1"),
    Complex("seed:complex.2"), Complex("seed:complex.3"), Complex("seed:complex.4")};
constexpr Outcome kLong = Complex("seed:complex.length");
constexpr Outcome kElse = {"medium", "seed:medium", 0.425, 0.15};

bool StartsWithArithmetic(std::string_view text) {
  bool digits = false;
  while (!text.empty()) {
    const char32_t c = TakeCodePoint(&text);
    if (!IsPythonDigit(c)) {
      return digits && (IsPythonSpace(c) || c == '+' || c == '-' || c == '*' || c == '/');
    }
    digits = true;
  }
  return false;
}

bool IsLong(const Features& features) {
  const auto bytes = static_cast<int64_t>(features.last_user().size());
  return bytes > kLongPrompt && features.last_user_code_points() > kLongPrompt;
}

class Seed final : public Classifier {
 public:
  Verdict Classify(const Features& features) const override {
    const Outcome& outcome = Decide(features);
    const auto bytes = static_cast<double>(features.last_user().size());
    const double length = bytes / (bytes + static_cast<double>(kLongPrompt));
    return {outcome.tier, outcome.reason, outcome.lowest + outcome.spread * length};
  }

 private:
  const Outcome& Decide(const Features& features) const {
    if (StartsWithArithmetic(features.last_user())) return kArithmetic;
    const int list = words_.FirstList(features.last_user());
    if (list >= 0) return kByList[static_cast<size_t>(list)];
    return IsLong(features) ? kLong : kElse;
  }

  KeywordScan words_{kLists};
};

Result<std::unique_ptr<const Classifier>> Make() {
  return std::make_unique<const Seed>();
}

}  // namespace

const ClassifierRow kSeed{"seed", "word lists and length, as in the article; not calibrated", Make};

}  // namespace weir::route
