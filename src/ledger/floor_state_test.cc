// Whether a route keeps its floor: by the net loss of its requests, probes with them.
#include "ledger/report_fixture_test.h"

namespace weir::ledger {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kBig = "sea/big";

struct Sampled {
  std::string_view verdict;
  bool probe = false;
  std::string_view signals = "{}";
  double baseline_chance = 0;
};

class FloorStateTest : public ReportFixture {
 protected:
  // That many requests of the tier `simple`, or that were handed up from it, and a sample of each.
  void Add(int count, const Sampled& sampled) {
    for (int i = 0; i < count; ++i) {
      Record request = MakeRow(static_cast<int>(rows_.size()), Traffic::kStart);
      request.tier = sampled.probe ? "complex" : "simple";
      request.baseline = kBig;
      if (sampled.probe) request.model = kBig;
      Record sample;
      sample.time = request.time;
      sample.id = NewRequestId(sample.time);
      sample.kind = kSample;
      sample.parent = request.id.ToString();
      sample.baseline = kBig;
      sample.tier = "simple";
      sample.outcome = sampled.probe ? kProbe : std::string_view("ok");
      sample.priced = true;
      sample.verdict = sampled.verdict;
      sample.verdict_by = "judge";
      sample.signals = sampled.signals;
      sample.baseline_chance = sampled.baseline_chance;
      rows_.push_back(std::move(request));
      rows_.push_back(std::move(sample));
    }
  }
  Report Made(double floor) {
    Store(rows_);
    Report report = Summarize();
    Complete(TermsForTest(floor), &report);
    return report;
  }

  std::vector<Record> rows_;
};

TEST_F(FloorStateTest, EqualModelsAreNotUnderItForTheTiesThatAJudgeFlips) {
  Add(800, {"tie"});
  Add(100, {"win"});
  Add(100, {"loss"});
  const Report report = Made(0.95);
  const QualityLine& route = report.quality.routes.at(0);
  EXPECT_LT(*route.high, 0.95) << "of the plain share";
  EXPECT_DOUBLE_EQ(*route.loss, 0);
  EXPECT_NEAR(*route.allowed, 0.05, 1e-9);
  EXPECT_EQ(route.state(), FloorState::kHolds);
  EXPECT_EQ(report.quality.total.state(), FloorState::kHolds);
  EXPECT_THAT(FormatHtml(report), Not(HasSubstr("Under its floor")));
}

TEST_F(FloorStateTest, AModelThatLosesTwiceWhatIsAllowedIs) {
  Add(900, {"tie"});
  Add(10, {"win"});
  Add(90, {"loss"});
  const Report report = Made(0.95);
  EXPECT_NEAR(*report.quality.routes.at(0).loss, 0.1, 1e-9);
  EXPECT_EQ(report.quality.routes[0].state(), FloorState::kBroken);
  EXPECT_THAT(FormatHtml(report), HasSubstr("Under its floor"));
  EXPECT_THAT(FormatJson(report), HasSubstr(R"("floor_state":"broken","loss_percent":10.0,)"));
  EXPECT_THAT(FormatJson(report), HasSubstr(R"("allowed_percent":5.0)"));
}

TEST_F(FloorStateTest, FewVerdictsLeaveItOpen) {
  Add(9, {"tie"});
  Add(1, {"loss"});
  EXPECT_EQ(Made(0.95).quality.routes.at(0).state(), FloorState::kOpen);
}

TEST_F(FloorStateTest, ProbesAreTrafficThatLosesNothing) {
  Add(80, {"tie"});
  Add(20, {"loss"});
  Add(30, {"loss", true, R"({"sampled":0.1})"});
  const Report report = Made(0.9);
  const QualityLine& route = report.quality.routes.at(0);
  EXPECT_EQ(route.judged(), 100);
  EXPECT_DOUBLE_EQ(route.sums.traffic, 400);
  EXPECT_DOUBLE_EQ(*route.loss, 20 / 0.8 / 400);
  ASSERT_EQ(report.quality.tiers.size(), 1u) << "none of who answered instead";
  EXPECT_DOUBLE_EQ(report.quality.tiers[0].sums.traffic, 400);
  EXPECT_EQ(report.quality.tiers[0].state(), FloorState::kNone) << "tiers have no floor";
}

TEST_F(FloorStateTest, VerdictsStandForTheRequestsThatTheyWereDrawnFrom) {
  Add(10, {"loss", false, R"({"sampled":1})"});
  Add(9, {"tie", false, R"({"sampled":0.1})"});
  const QualityLine route = Made(0.9).quality.routes.at(0);
  EXPECT_DOUBLE_EQ(*route.loss, 10 / 0.8 / 100);
  EXPECT_DOUBLE_EQ(route.sums.count(), 100.0 * 100 / (10 * 1 + 9 * 100));
}

TEST_F(FloorStateTest, ABaselineThatIsSeldomRightAllowsLess) {
  Add(10, {"tie", false, "{}", 0.5});
  Add(10, {"tie", false, "{}", 0.7});
  Add(10, {"tie"});
  EXPECT_NEAR(*Made(0.9).quality.routes.at(0).allowed, 0.06, 1e-9) << "of those that are known";
}

TEST_F(FloorStateTest, TheJudgesOrdersAreHeldAgainstEachOther) {
  for (const std::string_view same : {"1", "10", "22"}) {  // "1": A, then B
    const std::string signals = R"({"judged":)" + std::string(same) + "}";
    Add(1, {"tie", false, signals});
  }
  for (const std::string_view other : {"0", "11", "2", "20", "12", "21"}) {
    const std::string signals = R"({"judged":)" + std::string(other) + "}";
    Add(1, {"tie", true, signals});
  }
  for (const std::string_view nonsense : {R"({"judged":33})", R"({"judged":-1})", "{", "{}"}) {
    Add(1, {"tie", false, nonsense});
  }
  const QualityLine route = Made(0.9).quality.routes.at(0);
  EXPECT_EQ(route.sums.pairs, 9);
  EXPECT_EQ(route.sums.disagreements, 6);
}

// Of an older release: nobody says what the client got.
TEST_F(FloorStateTest, AnOldProbeThatTheBaselineDidNotAnswerTellsNothingOfClients) {
  Add(10, {"loss"});
  Add(10, {"loss", true});
  Add(10, {"loss", true});
  for (size_t i = 40; i < rows_.size(); i += 2) rows_[i].model = "river/middle";
  EXPECT_DOUBLE_EQ(Made(0.9).quality.routes.at(0).sums.traffic, 20);
}

// A request that could have measured three models counts once in what clients got.
TEST_F(FloorStateTest, ARequestCountsOnceHoweverManyModelsItCouldMeasure) {
  Add(20, {"loss", false, R"({"sampled":0.1,"clients":10})"});
  Add(30, {"loss", true, R"({"sampled":0.1,"clients":3.3333333333333335})"});
  Add(50, {"loss", true, R"({"sampled":0.1,"clients":0,"own":0})"});
  const Report report = Made(0.9);
  const QualityLine& route = report.quality.routes.at(0);
  EXPECT_NEAR(route.sums.traffic, 200 + 100, 1e-9);
  EXPECT_NEAR(*route.loss, 200 / 0.8 / 300, 1e-9);
  EXPECT_NEAR(*report.quality.total.loss, *route.loss, 1e-9);
  EXPECT_DOUBLE_EQ(report.quality.tiers.at(0).sums.traffic, 1'000) << "all that it could have";
}

TEST(FloorStates, AreToldByTheIntervalOfTheLossAlone) {
  QualityLine line;
  line.floor = 0.9;
  line.low = 0.1;
  line.high = 0.2;
  EXPECT_EQ(line.state(), FloorState::kNone);
  line.allowed = 0.1;
  EXPECT_EQ(line.state(), FloorState::kNone);
  line.loss_low = 0.02;
  line.loss_high = 0.1;
  EXPECT_EQ(line.state(), FloorState::kHolds);
  line.loss_high = 0.11;
  EXPECT_EQ(line.state(), FloorState::kOpen);
  line.loss_low = 0.1;
  EXPECT_EQ(line.state(), FloorState::kOpen);
  line.loss_low = 0.101;
  EXPECT_EQ(line.state(), FloorState::kBroken);
}

}  // namespace
}  // namespace weir::ledger
