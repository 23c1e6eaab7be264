// Judging, training and asking the learned classifier, from the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "test/harness/eventually.h"
#include "test/harness/http_client.h"
#include "test/harness/weir_process.h"
#include "testing/temp_dir.h"

namespace weir::e2e {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Prompts of two kinds; only the strong model answers the second.
std::string Labelled(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    const bool hard = i % 2 == 1;
    lines += fmt::format(
        "{{\"id\":\"{0}\",\"source\":\"s\",\"category\":\"qa\",\"prompt\":\"{1} {0}\","
        "\"weak_score\":{2},\"strong_score\":1}}\n",
        i, hard ? "prove the lemma about groups" : "name the colour of the sky", hard ? 0 : 1);
  }
  return lines;
}

class LearnedCommands : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }
  TempDir dir_;
};

TEST_F(LearnedCommands, TrainedWeightsAreJudgedBetterThanChance) {
  const std::string data = Write("data.jsonl", Labelled(400));
  const std::string weights = dir_ / "out.weights";
  const CommandResult trained = RunWeir("train --data " + data + " --out " + weights);
  EXPECT_EQ(trained.exit_code, 0) << trained.output;
  EXPECT_THAT(trained.output, HasSubstr("bytes from 400 rows"));
  const CommandResult judged = RunWeir("eval --json --data " + data + " --weights " + weights);
  EXPECT_EQ(judged.exit_code, 0) << judged.output;
  EXPECT_THAT(judged.output, HasSubstr("\"auroc\":1,"));
  const CommandResult random = RunWeir("eval --data " + data + " --classifier random");
  EXPECT_THAT(random.output, StartsWith("group"));
}

TEST_F(LearnedCommands, WhatIsWrongIsNamed) {
  const std::string few = Write("few.jsonl", Labelled(10));
  const CommandResult trained = RunWeir("train --data " + few + " --out " + (dir_ / "w"));
  EXPECT_EQ(trained.exit_code, 2);
  EXPECT_THAT(trained.output, HasSubstr("10 rows have both weak_score and strong_score"));
  const std::string bad = Write("bad.jsonl", Labelled(1) + "{\"prompt\":3}\n");
  const CommandResult judged = RunWeir("eval --data " + bad);
  EXPECT_EQ(judged.exit_code, 2);
  EXPECT_THAT(judged.output, HasSubstr("bad.jsonl:2: prompt: expected a string"));
  const CommandResult weights = RunWeir("eval --data " + few + " --weights " + few);
  EXPECT_EQ(weights.exit_code, 2);
  EXPECT_THAT(weights.output, HasSubstr("the weights are damaged"));
  EXPECT_EQ(RunWeir("eval").exit_code, 2);
  EXPECT_EQ(RunWeir("eval --data x --classifier guess").exit_code, 2);
}

TEST_F(LearnedCommands, ScoreAsksTheClassifierOfTheRoute) {
  const std::string config = Write("weir.yaml",
                                   "providers: {sim: {api: simulator}}\n"
                                   "models: {a: {provider: sim}, b: {provider: sim}}\n"
                                   "routes: {auto: {classifier: learned, "
                                   "tiers: {simple: a, complex: b}}}\n");
  const CommandResult easy = RunWeir("explain --config " + config + " hi");
  EXPECT_THAT(easy.output, HasSubstr("tier        simple\nreason      learned\n"));
  const CommandResult strange = RunWeir("explain --config " + config + " 'Почему небо синее?'");
  EXPECT_THAT(strange.output, HasSubstr("reason      learned:unfamiliar\n"));
}

// Its tier is its score's, like that of any other prompt.
TEST_F(LearnedCommands, AQuestionWithCodeIsReplayedWithOtherShares) {
  const std::string config =
      "providers: {sim: {api: simulator}}\n"
      "models: {a: {provider: sim}, b: {provider: sim}}\n"
      "routes: {auto: {classifier: learned, tiers: {simple: a, complex: b}, shares: {simple: "
      "1}}}\n";
  WeirProcess weir(config);
  ASSERT_TRUE(weir.Start()) << weir.output();
  const HttpAnswer answer = Post(
      weir.data_port(), "/v1/chat/completions",
      R"({"model":"auto","messages":[{"role":"user","content":"Rename x:\n```js\nf(x, [x]);\n```"}]})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.Header("x-weir-reason"), "learned:code");
  std::string other = config;
  other.replace(other.find("simple: 1"), 9, "simple: 0");
  const std::string changed = Write("new.yaml", other);
  CommandResult replayed;
  EXPECT_TRUE(EventuallyWithin(std::chrono::minutes(1), [&] {
    replayed = RunWeir(fmt::format("replay --ledger --json --config {} --against {}",
                                   weir.config_path(), changed));
    return replayed.output.find(R"({"from":"sim/a","to":"sim/b","requests":1})") !=
           std::string::npos;
  })) << replayed.output;
}

}  // namespace
}  // namespace weir::e2e
