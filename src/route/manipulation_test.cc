// What added words do to a decision (manipulation.jsonl, own writing): easy prompts in gadgets that
// ask for more, hard ones in disguises that ask for less. The half "tuned" was looked at while the
// classifier was made, the half "held" was not.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdio>

#include "route/classifier.h"
#include "route/world_for_test.h"
#include "testing/testdata.h"

namespace weir::route {
namespace {

constexpr double kStrong = 0.6;   // the share of the simple tier where a route says nothing
constexpr double kDearest = 0.9;  // of both cheaper tiers
constexpr double kMost = 10;      // points
constexpr double kMostPadded = 5;

struct Texts {
  std::vector<std::string> easy, hard, up, down;
};

Texts HalfOf(std::string_view half) {
  Texts texts;
  const std::map<std::string_view, std::vector<std::string>*> lists = {
      {"easy", &texts.easy}, {"hard", &texts.hard}, {"up", &texts.up}, {"down", &texts.down}};
  simdjson::dom::parser parser;
  simdjson::dom::document_stream rows;
  const simdjson::padded_string file(
      ReadWholeFile(WEIR_SOURCE_DIR "/src/route/manipulation.jsonl").value_or(""));
  if (parser.parse_many(file).get(rows) != simdjson::SUCCESS) return texts;
  for (simdjson::dom::element row : rows) {
    if (std::string_view(row["half"]) != half) continue;
    lists.at(std::string_view(row["kind"]))->emplace_back(std::string_view(row["text"]));
  }
  return texts;
}

std::string In(std::string_view gadget, std::string_view prompt) {
  std::string text(gadget);
  return text.replace(text.find("{}"), 2, prompt);
}

class Judge {
 public:
  explicit Judge(const ClassifierRow& row) : classifier_(*row.make()) {}
  bool IsStrong(std::string_view text) const {
    const Verdict verdict = classifier_->Classify(Features(Asking(text)));
    if (!verdict.tier.empty()) return verdict.tier != "simple";
    return !verdict.ranked || verdict.score >= kStrong;
  }
  // Percent of the prompts, in a disguise, that the dearest tier gets.
  double Complex(std::span<const std::string> prompts, std::string_view gadget) const {
    int complex = 0;
    for (const std::string& prompt : prompts) {
      const std::string text = In(gadget, prompt);
      complex += classifier_->Classify(Features(Asking(text))).score >= kDearest ? 1 : 0;
    }
    return 100.0 * complex / static_cast<double>(prompts.size());
  }
  // Percent of the prompts that the strong tiers get.
  double Strong(std::span<const std::string> prompts, std::string_view gadget = "{}") const {
    int strong = 0;
    for (const std::string& prompt : prompts) strong += IsStrong(In(gadget, prompt)) ? 1 : 0;
    return 100.0 * strong / static_cast<double>(prompts.size());
  }
  double Strong(std::span<const std::string> prompts, std::span<const std::string> gadgets) const {
    double sum = 0;
    for (const std::string& gadget : gadgets) sum += Strong(prompts, gadget);
    return sum / static_cast<double>(gadgets.size());
  }

 private:
  std::unique_ptr<const Classifier> classifier_;
};

class Manipulation : public ::testing::TestWithParam<std::string_view> {};

TEST_P(Manipulation, MovesFewPrompts) {
  const Texts texts = HalfOf(GetParam());
  ASSERT_GE(texts.up.size(), 20u);
  ASSERT_GE(texts.easy.size() + texts.hard.size(), 40u);
  for (const ClassifierRow* row : {&kLearned, &kSeed}) {
    const Judge judge(*row);
    const double easy = judge.Strong(texts.easy), pushed = judge.Strong(texts.easy, texts.up);
    const double hard = judge.Strong(texts.hard), hidden = judge.Strong(texts.hard, texts.down);
    fmt::print(
        "{:8} {:6} easy to a strong tier {:5.1f} % -> {:5.1f} %, hard {:5.1f} % -> {:5.1f} %\n",
        row->name, GetParam(), easy, pushed, hard, hidden);
    if (row != &kLearned) continue;
    EXPECT_LE(pushed - easy, kMost);
    EXPECT_LE(hard - hidden, kMost);
    for (const std::string& gadget : texts.up) {
      const double up = judge.Strong(texts.easy, gadget) - easy;
      if (up > kMost) fmt::print("  +{:.0f} points: {}\n", up, gadget);
    }
    const double complex = judge.Complex(texts.hard, "{}");
    for (const std::string& gadget : texts.down) {
      const double kept = judge.Complex(texts.hard, gadget);
      if (kept >= complex - kMost) continue;
      fmt::print("  of the complex {:.0f} %, medium becomes all but {:.0f} %: {}\n", complex, kept,
                 gadget);
    }
  }
}

TEST_P(Manipulation, PaddingAndLookalikesChangeNothing) {
  const Texts texts = HalfOf(GetParam());
  const Judge judge(kLearned);
  std::vector<std::string> prompts = texts.easy;
  prompts.insert(prompts.end(), texts.hard.begin(), texts.hard.end());
  int changed = 0, tried = 0;
  for (const std::string& prompt : prompts) {
    std::string spread, cyrillic;
    for (const char c : prompt) {
      spread += c;
      if (c == ' ') spread += "\u200b\u2060";
      cyrillic += c == 'a' ? std::string("\u0430") : std::string(1, c);
    }
    for (const std::string& text : {prompt + std::string(2'000, ' '), prompt + "\n" + prompt,
                                    spread, cyrillic, "\u202e" + prompt}) {
      ++tried;
      changed += judge.IsStrong(text) != judge.IsStrong(prompt) ? 1 : 0;
    }
  }
  EXPECT_LE(100.0 * changed / tried, kMostPadded);
}

INSTANTIATE_TEST_SUITE_P(Halves, Manipulation, ::testing::Values("tuned", "held"),
                         [](const auto& half) { return std::string(half.param); });

}  // namespace
}  // namespace weir::route
