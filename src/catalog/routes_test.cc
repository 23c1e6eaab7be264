#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/tiers.h"
#include "catalog/world_for_test.h"

namespace weir::catalog {
namespace {

using testing::HasSubstr;

// "simple=1 medium=2 complex=3"
std::string Text(const std::vector<Tier>& tiers) {
  std::string text;
  for (const Tier& tier : tiers)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", tier.name, tier.model);
  return text;
}

TEST(Tiers, MissingOnesTakeTheNearestDearer) {
  EXPECT_EQ(Text(CompleteTiers({{"simple", 1}, {"medium", 2}, {"complex", 3}})),
            "simple=1 medium=2 complex=3");
  EXPECT_EQ(Text(CompleteTiers({{"medium", 2}, {"complex", 3}})), "simple=2 medium=2 complex=3");
  EXPECT_EQ(Text(CompleteTiers({{"simple", 1}, {"complex", 3}})), "simple=1 medium=3 complex=3");
  EXPECT_EQ(Text(CompleteTiers({{"complex", 3}})), "simple=3 medium=3 complex=3");
}

TEST(Tiers, ElseTheNearestCheaper) {
  EXPECT_EQ(Text(CompleteTiers({{"simple", 1}})), "simple=1 medium=1 complex=1");
  EXPECT_EQ(Text(CompleteTiers({{"simple", 1}, {"medium", 2}})), "simple=1 medium=2 complex=2");
}

TEST(Tiers, OwnNamesStandBesideTheCanonicalOnes) {
  EXPECT_EQ(Text(CompleteTiers({{"low", 1}, {"mid", 2}, {"high", 3}})),
            "simple=1 low=1 medium=2 mid=2 complex=3 high=3");
  EXPECT_EQ(Text(CompleteTiers({{"low", 1}, {"high", 2}})),
            "simple=1 low=1 medium=2 complex=2 high=2");
  EXPECT_EQ(Text(CompleteTiers({{"only", 1}})), "simple=1 medium=1 complex=1 only=1");
  EXPECT_EQ(Text(CompleteTiers({{"simple", 1}, {"hard", 2}, {"complex", 3}})),
            "simple=1 medium=2 hard=2 complex=3");
}

TEST(ResolveRoutes, FillTiersDefaultAndRules) {
  Directory directory = Resolved(R"(
providers: {maker: {}, shop: {}}
routes:
  auto:
    tiers: {complex: thinker, simple: small}
    baseline: thinker
    rules:
      - {name: a, match: x, tier: complex}
      - {name: b, when: {tools: true}, model: shop/llama}
  one: {model: small}
)");
  const Route* route = directory.FindRoute("auto");
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(route->classifier, "learned");
  ASSERT_EQ(route->tiers.size(), 3u);
  EXPECT_EQ(directory.model(route->tiers[0].model).name, "maker/small");
  EXPECT_EQ(directory.model(route->tiers[1].model).name, "maker/thinker");
  EXPECT_EQ(route->default_tier, 1);
  EXPECT_EQ(directory.model(route->baseline).name, "maker/thinker");
  EXPECT_EQ(route->rule_tiers, (std::vector<int>{2, -1}));
  EXPECT_EQ(route->rule_models[0], kNoModel);
  EXPECT_EQ(directory.model(route->rule_models[1]).name, "shop/llama");
  const Route* one = directory.FindRoute("one");
  EXPECT_EQ(directory.model(one->single).name, "maker/small");
  EXPECT_TRUE(one->classifier.empty());
  EXPECT_EQ(directory.FindRoute("none"), nullptr);
}

std::string ErrorOfRoute(std::string_view route) {
  return ErrorOf("providers: {maker: {}}\nroutes:\n  r: " + std::string(route) + "\n");
}

TEST(ResolveRoutes, WrongNamesAreErrors) {
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: smal}}"),
              HasSubstr("3:23: unknown model `smal`; did you mean"));
  EXPECT_THAT(ErrorOfRoute("{model: smal}"), HasSubstr("3:14: unknown model `smal`"));
  EXPECT_THAT(ErrorOfRoute("{model: r}"), HasSubstr("`r` is a route, not a model"));
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, default: medum}"),
              HasSubstr("3:40: unknown tier `medum`; did you mean `medium`?"));
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, default: x}"),
              HasSubstr("this route has simple, medium, complex"));
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, rules: [{name: x, match: y, tier: complx}]}"),
              HasSubstr("unknown tier `complx`; did you mean `complex`?"));
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, rules: [{name: x, match: y, model: thinkr}]}"),
              HasSubstr("unknown model `thinkr`"));
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, baseline: thinkr}"),
              HasSubstr("did you mean `thinker`?"));
}

TEST(ResolveRoutes, TheBaselineNeedsAPrice) {
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, baseline: free-text}"),
              HasSubstr("3:41: the baseline `free-text` has no price"));
}

TEST(ResolveRoutes, ClassifiersThatAreNotBuiltAreRefusedByName) {
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, classifier: rules}"),
              HasSubstr("3:43: classifier `rules` is not built yet; built are seed, learned"));
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, classifier: guess}"),
              HasSubstr("classifier `guess` is unknown; built are seed, learned"));
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: small}, classifier: seedd}"),
              HasSubstr("classifier `seedd` is unknown (did you mean `seed`?); built are"));
}

TEST(ResolveRoutes, NoOtherErrorHidesAWrongClassifier) {
  EXPECT_THAT(ErrorOfRoute("{classifier: rules}"),
              HasSubstr("3:19: classifier `rules` is not built yet"));
  EXPECT_THAT(ErrorOf("routes:\n  r: {classifier: rules, tiers: {simple: small}}\n"),
              HasSubstr("2:19: classifier `rules` is not built yet"));
  EXPECT_THAT(ErrorOfRoute("{}"), HasSubstr("3:3: route `r` needs `tiers`, `model`, or `models`"));
}

std::vector<std::string> WarningsOfRoute(std::string_view route) {
  return Resolved("providers: {maker: {}}\nroutes:\n  r: " + std::string(route) + "\n").warnings();
}

TEST(ResolveRoutes, AMistypedTierIsWarnedAbout) {
  EXPECT_THAT(
      WarningsOfRoute("{tiers: {simpel: small, complex: thinker}}"),
      testing::ElementsAre("weir.yaml:3:15: no rule names the tier `simpel`, and classifiers "
                           "answer simple, medium, complex; did you mean `simple`?"));
  EXPECT_THAT(WarningsOfRoute("{tiers: {simpel: small}}"),
              testing::ElementsAre(HasSubstr("did you mean `simple`?")));
  EXPECT_THAT(WarningsOfRoute("{tiers: {simple: small, hard: thinker}}"),
              testing::ElementsAre(testing::EndsWith("answer simple, medium, complex")));
}

TEST(ResolveRoutes, TiersOfTheUsersOwnAreNot) {
  for (std::string_view route :
       {"{tiers: {low: small, mid: small, high: thinker}}",
        "{tiers: {simple: small, complex: thinker}}",
        "{tiers: {simpel: small, complex: thinker}, default: simpel}",
        "{tiers: {simple: small, hard: thinker}, rules: [{name: x, match: y, tier: hard}]}"}) {
    EXPECT_THAT(WarningsOfRoute(route), testing::IsEmpty()) << route;
  }
}

TEST(ResolveRoutes, TiersMustChatAndStandInOrder) {
  EXPECT_THAT(ErrorOfRoute("{tiers: {simple: embed}}"),
              HasSubstr("`embed` cannot chat (it has: embeddings)"));
  EXPECT_EQ(ErrorOfRoute("{model: embed}"), "accepted");
  EXPECT_THAT(ErrorOfRoute("{tiers: {complex: thinker, own: small, simple: small}}"),
              HasSubstr("3:3: tiers stand from cheap to dear"));
}

TEST(ResolveRoutes, ARouteAndAModelOfOneNameIsAnError) {
  EXPECT_THAT(ErrorOf("providers: {maker: {}}\nroutes:\n  small: {model: thinker}\n"),
              HasSubstr("weir.yaml:3:3: route `small` has the name of the model maker/small"));
  EXPECT_THAT(ErrorOf("providers: {maker: {}}\nroutes:\n  maker/small: {model: thinker}\n"),
              HasSubstr("has the name of the model"));
}

TEST(DirectoryNames, OpenProvidersTakeAnyNameThatIsOne) {
  Directory directory = Resolved(
      "providers: {maker: {allow_unknown: true}, shop: {}}\nroutes: {auto: {model: small}}\n");
  EXPECT_EQ(directory.FindOpenProvider("maker/anything/else:free"), ProviderId{0});
  EXPECT_EQ(directory.FindOpenProvider("maker/small"), std::nullopt);
  EXPECT_EQ(directory.FindOpenProvider("shop/anything"), std::nullopt);
  EXPECT_EQ(directory.FindOpenProvider("anything"), std::nullopt);
  EXPECT_EQ(directory.FindOpenProvider("maker/"), std::nullopt);
  EXPECT_EQ(directory.FindOpenProvider("maker/a b"), std::nullopt);
  EXPECT_EQ(directory.FindOpenProvider("maker/" + std::string(300, 'x')), std::nullopt);
}

TEST(DirectoryNames, NearestSuggestsModelsAndRoutes) {
  Directory directory = Resolved("providers: {maker: {}}\nroutes: {auto: {model: small}}\n");
  EXPECT_EQ(directory.Nearest("smal"), "small");
  EXPECT_EQ(directory.Nearest("autoo"), "auto");
  EXPECT_EQ(directory.Nearest("qqqqqqqqqq"), "");
  EXPECT_EQ(directory.Nearest(std::string(1000, 'a')), "");
}

}  // namespace
}  // namespace weir::catalog
