#include "gateway/sample.h"

#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

constexpr std::string_view kMeasured = R"(
providers: {p: {api: openai, base_url: "http://127.0.0.1:1/v1", keys: ["sk-x"]}}
models:
  cheap: {provider: p, price: {input: 1, output: 2}}
  dear: {provider: p, price: {input: 10, output: 20}}
routes:
  auto:
    models: [cheap, dear]
    floor: 0.9
    baseline: dear
    quality: {sample: 1%, judge: dear}
)";

Sample Drawn() {
  Sample sample;
  sample.snapshot = SnapshotOf(kMeasured, nullptr);
  sample.time = 1'764'000'000'000'000;
  sample.share = 0.005;
  sample.scale = 4'000'000'001;
  sample.task = "code";
  sample.language = "en";
  sample.key = "team-a";
  sample.score = 0.4;
  sample.baseline_chance = 0.9;
  sample.experiment = "cheaper";
  sample.arm = "control";
  sample.unit = (int64_t{1} << 53) - 1;
  return sample;
}

TEST(Sample, ItsRowTeachesAgainWhatItHasTaught) {
  const Sample sample = Drawn();
  SampleOutcome outcome;
  outcome.verdict = {quality::Outcome::kLoss, quality::DecidedBy::kJudge, "it is wrong"};
  outcome.both = {{quality::Better::kB, "worse"}, {quality::Better::kTie, "equal"}};
  outcome.given_tokens = 12;
  outcome.baseline_tokens = 30;
  ledger::Record row = RowOf(sample, outcome, NewRequestId(sample.time));
  row.attempts.resize(2);
  row.attempts[0].role = "shadow";
  row.attempts[0].model = "p/dear";
  row.attempts[1].role = "judge";
  row.attempts[1].model = "p/judge";
  EXPECT_EQ(row.tier, "p/cheap") << "a floor has no tiers: its models are measured";
  EXPECT_EQ(row.model, "p/cheap");
  EXPECT_EQ(row.unit, sample.unit) << "whose answer was judged";
  const auto evidence = EvidenceOf(row);
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->tier, "p/cheap");
  EXPECT_EQ(evidence->outcome, quality::Outcome::kLoss);
  EXPECT_TRUE(evidence->served);
  EXPECT_EQ(evidence->scale, 4'000'000'001);
  EXPECT_EQ(evidence->model, "p/cheap");
  EXPECT_EQ(evidence->baseline, row.baseline);
  EXPECT_FALSE(evidence->baseline.empty());
  EXPECT_EQ(evidence->judge, "p/judge");
  EXPECT_DOUBLE_EQ(evidence->sampled, 0.005);
  EXPECT_DOUBLE_EQ(evidence->score, 0.4);
  EXPECT_EQ(evidence->given_tokens, 12);
  EXPECT_EQ(evidence->baseline_tokens, 30);
  ASSERT_TRUE(evidence->both);
  EXPECT_EQ(evidence->both->first.better, quality::Better::kB);
  EXPECT_EQ(evidence->both->second.better, quality::Better::kTie);
}

TEST(Sample, TellsOfItsClientOnceHoweverManyItCouldMeasure) {
  SampleOutcome outcome;
  outcome.verdict = {quality::Outcome::kTie, quality::DecidedBy::kExact, ""};
  Sample sample = Drawn();
  sample.alone = 0.02;
  const auto evidence = [&] {
    return *EvidenceOf(RowOf(sample, outcome, NewRequestId(sample.time)));
  };
  EXPECT_DOUBLE_EQ(evidence().clients, 200);
  EXPECT_TRUE(evidence().own);
  sample.probe = true;
  sample.answered = sample.snapshot->directory->FindModel("p/dear");
  EXPECT_DOUBLE_EQ(evidence().clients, 50) << "whatever else could have been drawn says the same";
  sample.answered = sample.snapshot->directory->FindModel("p/cheap");
  sample.own = false;
  EXPECT_EQ(evidence().clients, 0) << "how that answer was nobody has judged";
  EXPECT_FALSE(evidence().own);
}

TEST(Sample, ARowOfAnEarlierReleaseStandsForWhatItWasDrawnFrom) {
  SampleOutcome outcome;
  outcome.verdict = {quality::Outcome::kTie, quality::DecidedBy::kExact, ""};
  const Sample sample = Drawn();
  ledger::Record row = RowOf(sample, outcome, NewRequestId(sample.time));
  row.signals = R"({"sampled":0.1})";
  EXPECT_DOUBLE_EQ(EvidenceOf(row)->clients, 10);
  EXPECT_TRUE(EvidenceOf(row)->own);
}

TEST(Sample, OtherRowsTeachNothing) {
  const Sample sample = Drawn();
  EXPECT_FALSE(EvidenceOf(RowOf(sample, {}, NewRequestId(sample.time)))) << "no verdict";
  SampleOutcome outcome;
  outcome.verdict = {quality::Outcome::kTie, quality::DecidedBy::kExact, ""};
  ledger::Record row = RowOf(sample, outcome, NewRequestId(sample.time));
  EXPECT_FALSE(EvidenceOf(row)->both);
  row.signals = R"({"sampled":0.1,"judged":99})";
  EXPECT_FALSE(EvidenceOf(row)->both) << "no judge says so";
  row.kind = ledger::kFeedback;
  EXPECT_FALSE(EvidenceOf(row));
}

}  // namespace
}  // namespace weir::gateway
