// examples/article/: its config is valid, and its command says what the catalog's arithmetic says.
#include <gtest/gtest.h>

#include "catalog/directory.h"
#include "route/command_for_test.h"
#include "route/world_for_test.h"
#include "testing/testdata.h"

namespace weir::route {
namespace {

constexpr std::string_view kFolder = WEIR_SOURCE_DIR "/examples/article/";

std::optional<std::string> Recompute(std::string_view arguments) {
  return OutputOf(fmt::format("python3 '{}run' {}", kFolder, arguments));
}

class Article : public ::testing::Test {
 protected:
  NanoUsd ADay(std::string_view model) const {
    const catalog::ModelId id = world_.directory().FindModel(model);
    catalog::Usage usage;
    usage.prompt = 10'000LL * 1'000;
    usage.completion = 10'000LL * 500;
    return *catalog::Cost(usage, *world_.directory().model(id).prices, catalog::kNoTime);
  }
  World world_{ReadWholeFile(std::string(kFolder) + "weir.yaml").value_or("")};
};

TEST_F(Article, TheConfigRoutesAsTheArticleDoes) {
  const catalog::Route* route = world_.directory().FindRoute("auto");
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(route->classifier, "seed");
  const auto alias = [&](std::string_view tier) {
    return world_.directory()
        .model(route->tiers[static_cast<size_t>(route->TierIndex(tier))].model)
        .alias;
  };
  EXPECT_EQ(alias("simple"), "glm-4-flash");
  EXPECT_EQ(alias("medium"), "deepseek-chat");
  EXPECT_EQ(alias("complex"), "deepseek-reasoner");
  EXPECT_EQ(world_.directory().model(route->baseline).alias, "gpt-4o");
}

TEST_F(Article, ItsPricesDoNotGiveItsFigures) {
  EXPECT_EQ(ADay("gpt-4o").nano, 75'000'000'000);  // said: 105
  EXPECT_EQ(ADay("glm-4-flash").nano, 1'400'000'000);
  EXPECT_EQ(ADay("deepseek-chat").nano, 2'800'000'000);
  EXPECT_EQ(ADay("deepseek-reasoner").nano, 16'450'000'000);
}

TEST_F(Article, TheCommandRecomputesBothSides) {
  if (!PythonIsHere()) GTEST_SKIP() << "python3 is absent";
  const auto out = Recompute("");
  ASSERT_TRUE(out);
  for (const char* model : {"gpt-4o", "glm-4-flash", "deepseek-chat", "deepseek-reasoner"}) {
    const size_t at = out->find(model);
    ASSERT_NE(at, out->npos) << model;
    const std::string line = out->substr(at, out->find('\n', at) - at);
    EXPECT_TRUE(line.ends_with(" $" + FormatUsd(ADay(model)))) << line;
  }
  EXPECT_NE(out->find("routed 60/30/10 (simple/medium/complex): $3.325 a day"), out->npos) << *out;
  EXPECT_NE(
      out->find("said of gpt-4o: $105.00 a day. These prices give $75.00: it does not follow"),
      out->npos)
      << *out;
  EXPECT_NE(out->find("only when 73.3 % to 75.7 %"), out->npos) << *out;
}

TEST_F(Article, OtherSharesAreTakenAndNonsenseIsRefused) {
  if (!PythonIsHere()) GTEST_SKIP() << "python3 is absent";
  const auto all_complex = Recompute("--shares 0/0/100");
  ASSERT_TRUE(all_complex);
  EXPECT_NE(all_complex->find("routed 0/0/100 (simple/medium/complex): $16.45 a day"),
            all_complex->npos)
      << *all_complex;
  EXPECT_FALSE(Recompute("--shares 50/20/10"));
  EXPECT_FALSE(Recompute("--shares 1"));
}

}  // namespace
}  // namespace weir::route
