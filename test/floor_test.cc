// A quality floor in the real binary: from no evidence over own labels to a decision that the
// ledger tells and a replay compares.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include "test/harness/eventually.h"
#include "test/harness/http_client.h"
#include "test/harness/weir_process.h"
#include "testing/temp_dir.h"

namespace weir::e2e {
namespace {

using testing::HasSubstr;

constexpr std::string_view kConfig = R"(
providers: {{sim: {{api: simulator}}}}
models:
  tiny: {{provider: sim, upstream: tiny-1, price: {{input: 0.1, output: 0.2}}}}
  fine: {{provider: sim, upstream: fine-1, price: {{input: 1, output: 2}}}}
  best: {{provider: sim, upstream: best-1, price: {{input: 10, output: 20}}}}
routes:
  auto: {{models: [tiny, fine, best], floor: 0.95, baseline: best}}
  tiers: {{classifier: learned, tiers: {{simple: tiny, complex: best}}}}
{}
)";

constexpr std::string_view kAsk =
    R"({"model":"auto","messages":[{"role":"user","content":"name the colour of the sky"}]})";

// Verdicts of a user's: the tiny model is right half of the time, the others always.
std::string Labels(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines += fmt::format(
        R"({{"prompt":"name the colour of thing {0}","scores":{{"tiny":{1},"sim/fine":1,"best-1":1}}}})"
        "\n",
        i, i % 2);
  }
  return lines;
}

class FloorTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }
  // Weights from 200 own labels, in the names of the config.
  std::string Weights() {
    const std::string config = Write("names.yaml", fmt::format(kConfig, ""));
    const std::string weights = dir_ / "own.weights";
    const CommandResult trained = RunWeir(fmt::format(
        "train --config {} --data {} --out {}", config, Write("mine.jsonl", Labels(200)), weights));
    EXPECT_EQ(trained.exit_code, 0) << trained.output;
    EXPECT_THAT(trained.output, HasSubstr("adapted to 200 own labels\n  tiny-1: 200 labels\n"));
    return weights;
  }
  static bool Eventually(const std::function<bool()>& holds) {
    return EventuallyWithin(std::chrono::minutes(1), holds);
  }
  TempDir dir_;
};

TEST_F(FloorTest, OwnLabelsPutItInForceAtAReload) {
  WeirProcess weir(fmt::format(kConfig, ""));
  ASSERT_TRUE(weir.Start()) << weir.output();
  const auto ask = [&] { return Post(weir.data_port(), "/v1/chat/completions", kAsk); };
  const HttpAnswer before = ask();
  EXPECT_EQ(before.status, 200) << before.body;
  EXPECT_EQ(before.Header("x-weir-reason"), "floor:unproven");
  EXPECT_EQ(before.Header("x-weir-tier"), "simple");
  EXPECT_EQ(before.Header("x-weir-model"), "sim/tiny");
  weir.Rewrite(fmt::format(kConfig, "weights: " + Weights()));
  weir.Signal(SIGHUP);
  HttpAnswer after;
  EXPECT_TRUE(Eventually([&] {
    after = ask();
    return after.Header("x-weir-reason") == "floor";
  })) << weir.output();
  EXPECT_EQ(after.Header("x-weir-model"), "sim/fine");
  EXPECT_EQ(after.Header("x-weir-tier"), "");
}

TEST_F(FloorTest, ExplainScoreAndCheckShowIt) {
  const std::string config = Write("weir.yaml", fmt::format(kConfig, "weights: " + Weights()));
  const CommandResult explained =
      RunWeir("explain --config " + config + " 'name the colour of the sky'");
  EXPECT_THAT(explained.output, HasSubstr("reason      floor\n"));
  EXPECT_THAT(explained.output, HasSubstr("(calibrated: yes)"));
  EXPECT_THAT(explained.output, HasSubstr("own labels (200)"));
  EXPECT_THAT(explained.output,
              testing::ContainsRegex("rejected  sim/tiny  below_floor: 0\\.[0-9]+ < 0"));
  EXPECT_THAT(explained.output, testing::ContainsRegex("rejected  sim/best  dearer"));
  const std::string lines = Write("lines.jsonl", R"({"id":1,"prompt":"hi"})");
  const CommandResult scored = RunWeir("score --config " + config + " < " + lines);
  EXPECT_THAT(scored.output, testing::ContainsRegex(R"("p":\{"sim/tiny":0\.[0-9]+)"));
  const CommandResult checked = RunWeir("check --config " + config);
  EXPECT_THAT(checked.output, HasSubstr("0.95 of sim/best's chance of a good answer"));
  EXPECT_THAT(checked.output, HasSubstr("own.weights"));
}

TEST_F(FloorTest, WeightsThatCannotBeReadAreRefusedWithTheirPlace) {
  const auto refusal = [&](const std::string& weights) {
    const std::string path =
        Write("bad.yaml", "weights: " + weights + "\n" + fmt::format(kConfig, ""));
    const CommandResult checked = RunWeir("check --config " + path);
    EXPECT_EQ(checked.exit_code, 2) << checked.output;
    return checked.output;
  };
  EXPECT_THAT(refusal("no-such"), HasSubstr("bad.yaml:1:10: weights: "));
  Write("junk", "not weights");
  EXPECT_THAT(refusal("junk"), HasSubstr("junk: the weights are damaged or of another version"));
  EXPECT_THAT(refusal("."), HasSubstr("is not a file"));
}

TEST_F(FloorTest, AReplayTellsWhatAnotherConfigWouldChange) {
  const std::string now = Write("now.yaml", fmt::format(kConfig, ""));
  const std::string then = Write("then.yaml", fmt::format(kConfig, "weights: " + Weights()));
  const std::string traffic =
      Write("traffic.jsonl",
            "{\"prompt\":\"name the colour of the sky\"}\n"
            "{\"prompt\":\"name the colour of the grass\",\"route\":\"tiers\"}\n"
            "{\"prompt\":\"hi\",\"route\":\"gone\"}\n");
  const CommandResult replayed =
      RunWeir(fmt::format("replay --config {} --against {} --input {}", now, then, traffic));
  EXPECT_EQ(replayed.exit_code, 0) << replayed.output;
  EXPECT_THAT(replayed.output, HasSubstr("1  sim/tiny -> sim/fine"));
  EXPECT_THAT(replayed.output, HasSubstr("1  the old config: model_not_found"));
  const CommandResult json =
      RunWeir(fmt::format("replay --json --config {} --against {} --input {}", now, then, traffic));
  EXPECT_THAT(json.output, HasSubstr(R"({"all":{"requests":2,"changed":1,"priced":2,)"));
  EXPECT_EQ(RunWeir("replay --config " + now).exit_code, 2);
  EXPECT_EQ(RunWeir("replay --config " + now + " --input " + traffic).exit_code, 2);
}

TEST_F(FloorTest, TheLedgerIsReplayedAsFarAsItTells) {
  WeirProcess weir(fmt::format(kConfig, ""));
  ASSERT_TRUE(weir.Start()) << weir.output();
  Post(weir.data_port(), "/v1/chat/completions", kAsk);
  for (const std::string_view model : {"tiers", "best"}) {
    const HttpAnswer answer = Post(
        weir.data_port(), "/v1/chat/completions",
        fmt::format(R"({{"model":"{}","messages":[{{"role":"user","content":"hi"}}]}})", model));
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  std::string config = fmt::format(kConfig, "");
  config.replace(config.find("simple: tiny"), 12, "simple: fine");
  Write("new.yaml", config);
  CommandResult replayed;
  EXPECT_TRUE(Eventually([&] {
    replayed = RunWeir(fmt::format("replay --ledger --json --config {} --against {}",
                                   weir.config_path(), dir_ / "new.yaml"));
    return replayed.output.find(R"("requests":2,"changed":1)") != std::string::npos;
  })) << replayed.output;
  EXPECT_THAT(replayed.output, HasSubstr(R"({"from":"sim/tiny","to":"sim/fine","requests":1})"));
  EXPECT_THAT(replayed.output, HasSubstr(R"("not_redone":{"a floor reads the text":1})"));
}

}  // namespace
}  // namespace weir::e2e
