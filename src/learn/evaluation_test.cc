#include "learn/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

#include "json/object.h"
#include "learn/scorers.h"
#include "testing/temp_dir.h"
#include "testing/testdata.h"

namespace weir::learn {
namespace {

using testing::HasSubstr;

// Labelled rows of three sources, with ties in scores and labels.
std::string Rows(int count) {
  std::mt19937 random(7);
  std::string text;
  for (int i = 0; i < count; ++i) {
    const auto share = [&](int parts) {
      return static_cast<double>(random() % (parts + 1)) / parts;
    };
    text += fmt::format(
        R"({{"id":"r{}","source":"s{}","prompt":"{}","weak_score":{},"strong_score":{},)"
        R"("weak_cost":{},"strong_cost":{}}})"
        "\n",
        i, i % 3, std::string(1 + random() % 40, 'x'), share(1), share(4), 0.001 * share(9),
        0.01 + 0.02 * share(9));
  }
  return text;
}

class EvaluationTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }
  std::vector<Example> Examples(const std::string& path) {
    auto examples = ReadExamples({&path, 1});
    EXPECT_TRUE(examples) << examples.error().message;
    return examples ? *std::move(examples) : std::vector<Example>();
  }
  TempDir dir_;
};

std::string OutputOf(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  char bytes[4096];
  while (pipe != nullptr && fgets(bytes, sizeof bytes, pipe) != nullptr) output += bytes;
  EXPECT_EQ(pclose(pipe), 0) << command;
  return output;
}

// Every figure of every group, against the tool that the published figures were made with.
TEST_F(EvaluationTest, AgreesWithTheReferenceTool) {
  WEIR_REQUIRE_TESTDATA(root);
  const std::string data = Write("data.jsonl", Rows(500));
  const std::vector<Example> examples = Examples(data);
  std::string lines;
  std::mt19937 random(3);
  for (const Example& example : examples) {
    lines += fmt::format("{{\"id\":\"{}\",\"score\":{}}}\n", example.id,
                         static_cast<double>(random() % 50) / 50);
  }
  const std::string scores = Write("scores.jsonl", lines);
  const auto own = ScoresFrom(scores, examples);
  ASSERT_TRUE(own) << own.error().message;
  const std::string reference = OutputOf(
      fmt::format("python3 {}/tools/score.py --json --data {} --scores {}", root, data, scores));
  const auto theirs = json::Object::Parse(reference);
  const auto ours = json::Object::Parse(EvaluationJson(Evaluate(examples, *own, {})));
  ASSERT_TRUE(theirs && ours) << reference;
  for (const std::string_view group : {"s0", "s1", "s2", "macro", "pooled"}) {
    const auto expected = json::Object::Parse(theirs->Raw(group));
    const auto found = json::Object::Parse(ours->Raw(group));
    ASSERT_TRUE(expected && found) << group;
    for (const std::string_view name : expected->Names()) {
      if (!found->Has(name)) {
        ADD_FAILURE() << group << " has no " << name;
        continue;
      }
      EXPECT_NEAR(found->Double(name)->value_or(-1), expected->Double(name)->value_or(-1), 2e-9)
          << group << ' ' << name;
    }
  }
}

TEST_F(EvaluationTest, SmallGroupsCountInPooledOnly) {
  const std::vector<Example> examples = Examples(Write("data.jsonl", Rows(80)));
  const auto scores = ScoresOf("length", examples);
  const auto groups = Evaluate(examples, *scores, {});
  ASSERT_EQ(groups.size(), 1U) << "27 rows a source";
  EXPECT_EQ(groups[0].name, "pooled");
  EXPECT_EQ(groups[0].figures.rows, 80U);
}

TEST_F(EvaluationTest, TheOracleIsBestAndLengthIsTheQuestionsLength) {
  const std::vector<Example> examples = Examples(Write("data.jsonl", Rows(300)));
  const auto figures = [&](std::string_view yardstick) {
    return Evaluate(examples, *ScoresOf(yardstick, examples), {}).back().figures;
  };
  EXPECT_GT(*figures("oracle").apgr, *figures("random").apgr);
  EXPECT_GT(*figures("oracle").auroc, 0.99);
  EXPECT_THAT(EvaluationTable(Evaluate(examples, *ScoresOf("length", examples), {})),
              HasSubstr("apgr"));
}

TEST_F(EvaluationTest, BadRowsAreNamedWithTheirPlace) {
  const struct {
    std::string line, message;
  } kCases[] = {
      {"{", ":2: "},
      {R"({"id":"a"})", "expected either"},
      {R"({"id":"a","prompt":"x","weak_score":2,"strong_score":1})", "expected 0 to 1"},
      {R"({"id":"a","prompt":"x","weak_score":"no","strong_score":1})", "weak_score"},
      {R"({"id":"a","prompt":"x","scores":{"m":-1}})", "\"m\" is -1"},
      {R"({"id":"a","prompt":"x","scores":[1]})", ":2: "},
  };
  for (const auto& bad : kCases) {
    const std::string path = Write("bad.jsonl", "{\"prompt\":\"fine\"}\n" + bad.line + "\n");
    const auto read = ReadExamples({&path, 1});
    ASSERT_FALSE(read) << bad.line;
    EXPECT_THAT(read.error().message, HasSubstr("bad.jsonl:2: "));
    EXPECT_THAT(read.error().message, HasSubstr(bad.message));
  }
  const std::string absent = "/no/such/file";
  EXPECT_THAT(ReadExamples({&absent, 1}).error().message, HasSubstr("No such file"));
}

TEST_F(EvaluationTest, ARowWithoutAScoreIsNamed) {
  const std::vector<Example> examples = Examples(Write("data.jsonl", Rows(2)));
  const auto scores = ScoresFrom(Write("scores.jsonl", "{\"id\":\"r0\",\"score\":1}\n"), examples);
  ASSERT_FALSE(scores);
  EXPECT_THAT(scores.error().message, HasSubstr("no score for the row r1"));
}

}  // namespace
}  // namespace weir::learn
