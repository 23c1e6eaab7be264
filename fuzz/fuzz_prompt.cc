// What a client writes, as routing reads it: the seed classifier against the article's own patterns
// run by RE2, the SIMD passes against plain loops.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "fuzz/check.h"
#include "route/classifier.h"
#include "route/keyword_scan.h"

namespace weir::fuzz {
namespace {

using std::string_view_literals::operator""sv;

struct Pattern {
  const char* reason;
  const char* pattern;
};
constexpr std::string_view kArithmetic = "seed:simple.1";
constexpr Pattern kArticle[] = {
    {"seed:simple.2", "(?i)(translate|summarize|format)"},
    {"seed:simple.3", "(?i)(what is|who is|when did)"},
    {"seed:complex.1", "(?i)(analyze|design|architect|implement)"},
    {"seed:complex.2", "(?i)(code|function|debug|refactor)"},
    {"seed:complex.3", "(?i)(legal|contract|compliance)"},
    {"seed:complex.4", "(?i)(compare|evaluate|assess)"},
};
constexpr std::array kWords = {"legal"sv, "what is"sv, "zzzz"sv};
constexpr std::array kMoreWords = {"code"sv, "decode"sv, "format"sv, "  a b"sv};
constexpr std::array<route::WordList, 2> kLists = {kWords, kMoreWords};

bool IsAscii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (c & 0x80) != 0; });
}

int64_t CodePoints(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

std::vector<std::unique_ptr<RE2>> CompileArticle() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);  // any bytes; the words are ASCII
  std::vector<std::unique_ptr<RE2>> compiled;
  for (const Pattern& each : kArticle) {
    compiled.push_back(std::make_unique<RE2>(each.pattern, options));
  }
  return compiled;
}

std::string_view ReasonByTheBook(std::string_view text) {
  static const RE2 arithmetic(R"(^\d+[\s\v\x1c-\x1f\+\-\*\/])");
  static const std::vector<std::unique_ptr<RE2>> patterns = CompileArticle();
  const re2::StringPiece piece(text.data(), text.size());
  if (RE2::PartialMatch(piece, arithmetic)) return kArithmetic;
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (RE2::PartialMatch(piece, *patterns[i])) return kArticle[i].reason;
  }
  return CodePoints(text) > 2000 ? "seed:complex.length" : "seed:medium";
}

int FirstListByTheBook(std::string_view text) {
  const std::string lower = AsciiLower(text);
  for (size_t i = 0; i < kLists.size(); ++i) {
    for (std::string_view word : kLists[i]) {
      if (lower.find(word) != lower.npos) return static_cast<int>(i);
    }
  }
  return -1;
}

void CheckScan(std::string_view text) {
  static const route::KeywordScan scan(kLists);
  const int wanted = FirstListByTheBook(text);
  WEIR_FUZZ_CHECK(scan.FirstList(text) == wanted);
  WEIR_FUZZ_CHECK(scan.FirstListPortable(text) == wanted);
}

void CheckSeed(const route::Features& features) {
  static const auto seed = route::kSeed.make().value();
  const route::Verdict verdict = seed->Classify(features);
  WEIR_FUZZ_CHECK(verdict.score >= 0 && verdict.score <= 1);
  const std::string_view wanted = ReasonByTheBook(features.last_user());
  // Digits and blanks beyond ASCII are ICU's, not RE2's.
  const bool arithmetic = verdict.reason == kArithmetic || wanted == kArithmetic;
  if (IsAscii(features.last_user()) || !arithmetic) WEIR_FUZZ_CHECK(verdict.reason == wanted);
}

void Run(std::string_view text) {
  chat::Request request;
  request.last_user = request.all_text = text;
  const route::Features features(request);
  WEIR_FUZZ_CHECK(features.last_user_code_points() == CodePoints(text));
  const std::string_view bounded = features.last_user_for_rules();
  WEIR_FUZZ_CHECK(bounded.size() <= route::kRuleTextBytes + 1);
  WEIR_FUZZ_CHECK(text.size() > route::kRuleTextBytes || bounded == text);
  CheckScan(text);
  CheckSeed(features);
}

}  // namespace
}  // namespace weir::fuzz

// A prompt is long only when something is said again and again.
int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const std::string_view unit = weir::fuzz::Bytes(bytes + 1, size - 1);
  std::string text;
  for (int times = 1 + bytes[0] % 32 * 4; times > 0; --times) text += unit;
  weir::fuzz::Run(text);
  weir::fuzz::Run(unit);
  return 0;
}
