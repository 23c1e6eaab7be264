#include "learn/chances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/object.h"

namespace weir::learn {
namespace {

using testing::HasSubstr;

// By hand: the hull is (1, .2) (3, .6) (5, .7); (2, .3) and (4, .5) lie below it. Between 1 and 5:
// 2 * .4 + 2 * .65 = 2.1, by a range of 4.
TEST(AreaUnderHull, IsTheAreaDoneByHand) {
  EXPECT_NEAR(AreaUnderHull({{5, .7}, {2, .3}, {1, .2}, {4, .5}, {3, .6}}, 1, 5), 2.1 / 4, 1e-12);
}

TEST(AreaUnderHull, GoesOnFlatBehindItsBestAndIgnoresWhatIsDearerAndWorse) {
  EXPECT_NEAR(AreaUnderHull({{1, .2}, {3, .6}, {5, .1}}, 1, 5), (2 * .4 + 2 * .6) / 4, 1e-12);
  EXPECT_NEAR(AreaUnderHull({{1, .5}}, 1, 5), .5, 1e-12);
  EXPECT_NEAR(AreaUnderHull({{1, .5}, {1, .8}}, 1, 5), .8, 1e-12);
  EXPECT_NEAR(AreaUnderHull({{3, .6}}, 1, 5), .3, 1e-12) << "nothing is known below 3";
}

// Says what stands in the prompt: "0.9 0.3" for models a and b.
class Oracle final : public route::Classifier {
 public:
  route::Verdict Classify(const route::Features&) const override { return {}; }
  std::unique_ptr<const route::Outlook> OutlookOf(
      std::span<const route::ModelFacts> models) const override {
    auto outlook = std::make_unique<Reading>();
    for (const route::ModelFacts& model : models) outlook->names.emplace_back(model.upstream);
    return outlook;
  }

 private:
  struct Reading final : route::Outlook {
    route::Verdict Judge(const route::Features& features,
                         std::span<route::Chance> chances) const override {
      const std::string text(features.last_user());
      for (size_t i = 0; i < names.size(); ++i) {
        const double good = std::stod(text.substr(names[i] == "a" ? 0 : 4, 3));
        chances[i] = {good, route::Basis::kShipped, 0};
      }
      return {};
    }
    bool Proven(size_t) const override { return false; }
    std::vector<std::string> names;
  };
};

std::vector<Example> Rows() {
  std::vector<Example> examples;
  for (const std::string_view line :
       {R"({"prompt":"0.9 0.3","scores":{"a":1,"b":0},"costs":{"a":3,"b":1}})",
        R"({"prompt":"0.9 0.8","scores":{"a":1,"b":1},"costs":{"a":3,"b":1}})",
        R"({"prompt":"0.9 0.3","scores":{"a":0,"b":1},"costs":{"a":3,"b":1}})",
        R"({"prompt":"0.1 0.2","scores":{"a":0},"costs":{"a":3}})"}) {
    examples.push_back(*ReadExample(line));
  }
  return examples;
}

// Of a: three chances of .9 of which two were good, one of .1 that was not:
// (3 * |.9 - 2/3| + 1 * .1) / 4 = .2.
TEST(JudgeChances, TheErrorIsTheOneDoneByHand) {
  const auto figures = JudgeChances(Oracle(), Rows());
  ASSERT_TRUE(figures) << figures.error().message;
  ASSERT_EQ(figures->models.size(), 3U);
  const ModelCalibration& a = figures->models[0];
  EXPECT_EQ(a.model, "a");
  EXPECT_EQ(a.rows, 4U);
  EXPECT_NEAR(a.ece, 0.2, 1e-12);
  EXPECT_NEAR(a.said, 0.7, 1e-12);
  EXPECT_NEAR(a.found, 0.5, 1e-12);
  EXPECT_NEAR(a.brier, (0.01 + 0.01 + 0.81 + 0.01) / 4, 1e-12);
  EXPECT_EQ(a.bins[9].rows, 3U);
  EXPECT_NEAR(a.bins[9].found, 2.0 / 3, 1e-12);
  EXPECT_EQ(figures->models[2].model, "all models");
  EXPECT_EQ(figures->models[2].rows, 7U);
}

// Always a: (3, 2/3), always b: (1, 2/3): flat. By chance - price * cost: a in the first and third
// row and b in the second while the price is low: (7/3, 2/3); b everywhere: (1, 2/3). The truth: b
// but for the first row: (5/3, 1), and b everywhere.
TEST(JudgeChances, ChoosingByThemIsWorthTheAreaDoneByHand) {
  const auto figures = JudgeChances(Oracle(), Rows());
  ASSERT_TRUE(figures && figures->aiq);
  const Aiq& aiq = *figures->aiq;
  EXPECT_EQ(aiq.rows, 3U) << "the last lacks a model";
  EXPECT_NEAR(aiq.low_cost, 1, 1e-12);
  EXPECT_NEAR(aiq.high_cost, 3, 1e-12);
  EXPECT_NEAR(aiq.singles, 2.0 / 3, 1e-12);
  EXPECT_NEAR(aiq.router, 2.0 / 3, 1e-12);
  EXPECT_NEAR(aiq.oracle, (2.0 / 3 * (5.0 / 6) + 4.0 / 3) / 2, 1e-12);
}

TEST(JudgeChances, AClassifierThatKnowsNoModelsHasNoFigures) {
  const auto seed = route::kSeed.make();
  const auto figures = JudgeChances(**seed, Rows());
  ASSERT_TRUE(figures);
  EXPECT_TRUE(figures->models.empty());
  EXPECT_FALSE(figures->aiq);
  EXPECT_EQ(ChancesTable(*figures), "");
}

TEST(JudgeChances, TextAndJsonHoldTheSame) {
  const auto figures = JudgeChances(Oracle(), Rows());
  const std::string text = ChancesTable(*figures);
  EXPECT_THAT(text, HasSubstr("0.200"));
  EXPECT_THAT(text, HasSubstr("0.9 to 1.0"));
  EXPECT_THAT(text, HasSubstr("AIQ 0.6667 of 3 prompts and 2 models"));
  const auto json = json::Object::Parse("{" + ChancesMembers(*figures) + "}");
  ASSERT_TRUE(json) << json.error().message;
  const auto aiq = json::Object::Parse(json->Raw("aiq"));
  EXPECT_NEAR(*aiq->Double("router").value(), 2.0 / 3, 1e-8);
  EXPECT_THAT(std::string(json->Raw("calibration")), HasSubstr("\"ece\":0.2,"));
}

}  // namespace
}  // namespace weir::learn
