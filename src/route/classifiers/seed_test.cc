#include <gtest/gtest.h>
#include <simdjson.h>

#include "route/classifier.h"
#include "testing/testdata.h"

namespace weir::route {
namespace {

std::string Golden() {
  auto text = ReadWholeFile(WEIR_SOURCE_DIR "/src/route/seed_golden.jsonl");
  return text.value_or("");
}

Verdict Classify(const Classifier& seed, std::string_view text) {
  chat::Request request;
  request.last_user = text;
  return seed.Classify(Features(request));
}

class SeedTest : public ::testing::Test {
 protected:
  std::unique_ptr<const Classifier> seed_ = *kSeed.make();
};

TEST_F(SeedTest, SaysWhatPythonSaysAboutEveryGoldenPrompt) {
  simdjson::dom::parser parser;
  simdjson::dom::document_stream rows;
  const simdjson::padded_string file(Golden());
  ASSERT_FALSE(parser.parse_many(file).get(rows));
  int count = 0;
  for (simdjson::dom::element row : rows) {
    std::string text;
    for (simdjson::dom::element piece : simdjson::dom::array(row["text"])) {
      for (int64_t times = piece.at(1); times > 0; --times) {
        text += std::string_view(piece.at(0));
      }
    }
    const std::string want = "seed:" + std::string(std::string_view(row["want"]));
    const Verdict verdict = Classify(*seed_, text);
    EXPECT_EQ(verdict.reason, want) << simdjson::minify(row).substr(0, 200);
    EXPECT_TRUE(verdict.reason.substr(5).starts_with(verdict.tier));
    ++count;
  }
  EXPECT_GE(count, 500);
}

TEST_F(SeedTest, ScoresRiseWithTierAndLength) {
  double last = 0;
  for (const std::string_view word : {"what is", "river", "design"}) {
    for (const size_t padding : {0, 10, 500, 1'900}) {
      const Verdict verdict = Classify(*seed_, std::string(word) + std::string(padding, '.'));
      EXPECT_GT(verdict.score, last) << word << padding;
      last = verdict.score;
    }
  }
  EXPECT_LT(last, 1);
  // A long text of the simple class stays below a short one of the medium class.
  EXPECT_LT(Classify(*seed_, "what is" + std::string(1 << 20, '.')).score,
            Classify(*seed_, "").score);
  EXPECT_LT(Classify(*seed_, std::string(2'000, '.')).score,
            Classify(*seed_, std::string(2'001, '.')).score);
}

// HARDENING X13: the whole text counts (the seed is defined so), hence it must be read at memory
// speed. The bound here is for unoptimised and sanitised builds too; a release build takes well
// under 2 ms.
TEST_F(SeedTest, X13AFourMegabytePromptIsReadWholeAndFast) {
  std::string text;
  while (text.size() < (4 << 20)) text += "the heron stands still. Designs, formal codices; ";
  text += " evaluate";
  const auto begin = std::chrono::steady_clock::now();
  const Verdict verdict = Classify(*seed_, text);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(verdict.reason, "seed:complex.1");
  EXPECT_LT(took, std::chrono::seconds(2));
  EXPECT_EQ(Classify(*seed_, text + " when did").reason, "seed:simple.3");
}

TEST_F(SeedTest, TextsMadeToMissByALetterStayLinear) {
  for (const std::string_view near : {"desigx", "desi", "cod", "translat ", "what i"}) {
    std::string text;
    while (text.size() < (1 << 20)) text += near;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Classify(*seed_, text).reason, "seed:complex.length") << near;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2)) << near;
  }
}

}  // namespace
}  // namespace weir::route
