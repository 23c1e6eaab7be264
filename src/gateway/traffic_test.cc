#include "gateway/traffic.h"

#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

class TrafficTest : public GatewayTest {
 protected:
  TrafficTest() { Load(); }
  const catalog::Directory& directory() const { return *state_.snapshot->directory; }
  Traffic traffic_;
};

ledger::Record Row(std::string model) {
  ledger::Record record;
  record.endpoint = "chat";
  record.outcome = "ok";
  record.model = model;
  record.total_us = 5'001;
  record.cost = NanoUsd{30};
  ledger::Attempt attempt;
  attempt.model = std::move(model);
  attempt.outcome = "ok";
  attempt.tokens = {10, 4, 5, 2, false};
  attempt.cost = NanoUsd{30};
  record.attempts.push_back(attempt);
  return record;
}

TEST_F(TrafficTest, AttemptsAreCountedAtTheModelThatMadeThem) {
  ledger::Record record = Row("first/small");
  record.attempts.push_back(record.attempts[0]);
  record.attempts[0].model = "second/middle";
  record.attempts[0].outcome = "upstream_status";
  traffic_.Count(record, directory());
  const TrafficTotals totals = traffic_.totals();
  EXPECT_EQ(totals.attempts.at({"second/middle", "upstream_status"}), 1U);
  EXPECT_EQ(totals.attempts.at({"first/small", "ok"}), 1U);
  EXPECT_EQ(totals.models.at("second/middle").prompt_tokens, 10);
  EXPECT_EQ(totals.models.at("second/middle").total.sum_us, 0U) << "it did not answer";
  EXPECT_EQ(totals.models.at("first/small").total.sum_us, 5'001U);
}

TEST_F(TrafficTest, ModelsThatNobodyDeclaredShareOneLabel) {
  for (int i = 0; i < 1000; ++i) traffic_.Count(Row(fmt::format("first/any-{}", i)), directory());
  const TrafficTotals totals = traffic_.totals();
  EXPECT_EQ(totals.models.size(), 1U);
  EXPECT_EQ(totals.models.at("first/*").completion_tokens, 5'000);
  EXPECT_EQ(totals.requests.size(), 1U);
}

TEST_F(TrafficTest, ABaselineIsComparedWithWhatItsOwnRequestsSpent) {
  ledger::Record with = Row("first/small");
  with.baseline_cost = NanoUsd{100};
  traffic_.Count(with, directory());
  traffic_.Count(Row("first/small"), directory());
  EXPECT_EQ(traffic_.totals().baseline_nano, 100);
  EXPECT_EQ(traffic_.totals().spent_with_baseline_nano, 30);
}

TEST_F(TrafficTest, WorkersAddUp) {
  Traffic other;
  ledger::Record row = Row("first/small");
  row.baseline_cost = NanoUsd{100};
  for (Traffic* each : {&traffic_, &other}) {
    each->Count(row, directory());
    each->CountSkippedEvent("first");
    each->CountRefused(Reason::kBadRequest);
  }
  TrafficTotals totals = traffic_.totals();
  totals.Merge(other.totals());
  EXPECT_EQ(totals.requests.begin()->second, 2U);
  EXPECT_EQ(totals.attempts.begin()->second, 2U);
  EXPECT_EQ(totals.skipped_events.at("first"), 2U);
  EXPECT_EQ(totals.refused.at(Reason::kBadRequest), 2U);
  const ModelTotals& model = totals.models.at("first/small");
  EXPECT_EQ(model.prompt_tokens, 20);
  EXPECT_EQ(model.cached_tokens, 8);
  EXPECT_EQ(model.completion_tokens, 10);
  EXPECT_EQ(model.reasoning_tokens, 4);
  EXPECT_EQ(model.cost_nano, 60);
  EXPECT_EQ(model.total.sum_us, 10'002U);
  EXPECT_EQ(totals.baseline_nano, 200);
  EXPECT_EQ(totals.spent_with_baseline_nano, 60);
}

TEST(HistogramTest, ABoundBelongsToItsOwnBucket) {
  Histogram histogram;
  histogram.Add(-1);  // not known
  for (const int64_t micros : {0, 1, 5'000}) histogram.Add(micros);
  EXPECT_EQ(histogram.counts[0], 3U);
  histogram.Add(5'001);
  EXPECT_EQ(histogram.counts[1], 1U);
  histogram.Add(300'000'000);
  EXPECT_EQ(histogram.counts[kLatencyBuckets.size() - 1], 1U);
  histogram.Add(300'000'001);
  EXPECT_EQ(histogram.counts[kLatencyBuckets.size()], 1U);
}

}  // namespace
}  // namespace weir::gateway
