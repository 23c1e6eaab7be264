#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <fstream>

#include "catalog/builtin.h"
#include "catalog/describe.h"
#include "catalog/world_for_test.h"
#include "config/options.h"

namespace weir::catalog {
namespace {

using testing::Contains;
using testing::HasSubstr;

config::Environment With(std::map<std::string, std::string, std::less<>> variables) {
  return config::FakeEnvironment(std::move(variables));
}

Directory ResolvedStarter(const Starter& starter, const config::Environment& env) {
  Result<Directory> directory = Resolve(starter.settings, env, kTestDialects, kTestClassifiers);
  EXPECT_TRUE(directory) << directory.error().message;
  return directory ? *std::move(directory) : Directory();
}

TEST(StarterConfig, WithoutKeysSimulatesTheArticle) {
  Result<Starter> starter = MakeStarter(With({{"OPENAI_API_KEY", ""}}), kTestDialects);
  ASSERT_TRUE(starter) << starter.error().message;
  Directory directory = ResolvedStarter(*starter, With({}));
  ASSERT_EQ(directory.providers().size(), 1u);
  EXPECT_EQ(directory.provider(0).api, "simulator");
  const Route* route = directory.FindRoute("auto");
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(directory.model(route->tiers[0].model).name, "simulator/glm-4-flash");
  EXPECT_EQ(directory.model(route->tiers[1].model).name, "simulator/deepseek-chat");
  EXPECT_EQ(directory.model(route->tiers[2].model).name, "simulator/deepseek-reasoner");
  const Model& baseline = directory.model(route->baseline);
  EXPECT_EQ(baseline.alias, "gpt-4o");
  EXPECT_EQ(FormatPrice(baseline.prices->input), "2.5");
  EXPECT_EQ(FormatPrice(baseline.prices->output), "10");
  EXPECT_EQ(FormatPrice(directory.model(directory.FindModel("deepseek-chat")).prices->cached_input),
            "0.014");
  EXPECT_EQ(directory.model(directory.FindModel("glm-4-flash")).fallbacks.size(), 2u);
  EXPECT_THAT(starter->notes, Contains(HasSubstr("answers come from the built-in simulator")));
  EXPECT_THAT(starter->notes, Contains(HasSubstr("set one of OPENAI_API_KEY")));
}

TEST(StarterConfig, SimulatedModelsAreGradedByRank) {
  Result<Starter> starter = MakeStarter(With({}), kTestDialects);
  ASSERT_TRUE(starter) << starter.error().message;
  const config::Settings& settings = starter->settings;
  const auto& graded = settings.providers.at(0).simulator.models;
  EXPECT_EQ(graded.size(), settings.models.size());
  std::map<int, double> by_rank;
  for (const config::ModelSettings& model : settings.models) {
    SCOPED_TRACE(model.name.text);
    ASSERT_TRUE(graded.contains(model.name.text));
    const double quality = graded.at(model.name.text).quality.value_or(0);
    EXPECT_GT(quality, 0.6);
    EXPECT_LE(quality, 1);
    by_rank[Builtin()->FindAny(model.name.text)->rank] = quality;
  }
  EXPECT_EQ(by_rank.size(), settings.models.size());
  double weaker = 0;
  for (const auto& [rank, quality] : by_rank) {
    EXPECT_GT(quality, weaker) << rank;
    weaker = quality;
  }
  EXPECT_GT(by_rank.rbegin()->second - by_rank.begin()->second, 0.1);
}

TEST(StarterConfig, UsesEveryVendorWhoseKeyIsSet) {
  config::Environment env = With({{"OPENAI_API_KEY", "sk-a"}, {"DEEPSEEK_API_KEY", "sk-b"}});
  Result<Starter> starter = MakeStarter(env, kTestDialects);
  ASSERT_TRUE(starter) << starter.error().message;
  EXPECT_THAT(starter->notes, Contains("OPENAI_API_KEY is set: using openai"));
  EXPECT_THAT(starter->notes, Contains("DEEPSEEK_API_KEY is set: using deepseek"));
  Directory directory = ResolvedStarter(*starter, env);
  EXPECT_EQ(directory.providers().size(), 2u);
  EXPECT_TRUE(directory.warnings().empty());
  for (const std::string& note : starter->notes) EXPECT_EQ(note.find("sk-"), std::string::npos);
}

// The rule of directory.h, for each vendor alone and for all together.
void CheckRule(const config::Environment& env) {
  Result<Starter> starter = MakeStarter(env, kTestDialects);
  ASSERT_TRUE(starter) << starter.error().message;
  Directory directory = ResolvedStarter(*starter, env);
  const Route* route = directory.FindRoute("auto");
  ASSERT_NE(route, nullptr);
  if (directory.provider(0).api == "simulator") return;
  const Model& simple = directory.model(route->tiers[0].model);
  const Model& medium = directory.model(route->tiers[1].model);
  const Model& complex = directory.model(route->tiers[2].model);
  EXPECT_EQ(route->baseline, complex.id);
  for (const Model& model : directory.models()) {
    bool usable = model.prices && (model.capabilities & Bit(Capability::kChat)) != 0 &&
                  (model.capabilities & Bit(Capability::kTools)) != 0;
    if (!usable) continue;
    EXPECT_GE(BlendedPrice(model.prices), BlendedPrice(simple.prices)) << model.name;
    EXPECT_LE(model.rank, complex.rank) << model.name;
  }
  EXPECT_GE(medium.rank, simple.rank);
  EXPECT_LE(BlendedPrice(medium.prices), BlendedPrice(complex.prices));
  if (simple.id != complex.id) {
    EXPECT_FALSE(simple.fallbacks.empty());
    EXPECT_FALSE(complex.fallbacks.empty());
  }
}

TEST(StarterConfig, TiersFollowTheRuleForEveryVendor) {
  std::map<std::string, std::string, std::less<>> all;
  for (const Vendor& vendor : Builtin()->vendors) {
    if (vendor.local) continue;
    SCOPED_TRACE(vendor.name);
    CheckRule(With({{vendor.key_env, "sk"}}));
    all[vendor.key_env] = "sk";
  }
  CheckRule(With(all));
}

TEST(StarterConfig, NamesAKeyThatCannotBeUsedYet) {
  constexpr std::string_view kOnlySimulator[] = {"simulator"};
  Result<Starter> starter = MakeStarter(With({{"OPENAI_API_KEY", "sk"}}), kOnlySimulator);
  ASSERT_TRUE(starter) << starter.error().message;
  EXPECT_THAT(starter->notes,
              Contains(HasSubstr("OPENAI_API_KEY is set, but openai cannot be used yet: its "
                                 "api `openai` is not built")));
  EXPECT_EQ(starter->settings.providers.at(0).name.text, "simulator");
}

TEST(StarterConfig, UsesNoEngineThatItCannotKnowOf) {
  const Result<Starter> starter = MakeStarter(With({{"GROQ_API_KEY", "k-123456"}}), kTestDialects);
  ASSERT_TRUE(starter) << starter.error().message;
  ASSERT_EQ(starter->settings.providers.size(), 1u);
  EXPECT_EQ(starter->settings.providers[0].name.text, "groq");
  const Result<Starter> bare = MakeStarter(With({}), kTestDialects);
  ASSERT_TRUE(bare);
  for (const std::string& note : bare->notes) {
    EXPECT_EQ(note.find(", ,"), std::string::npos) << note;
    EXPECT_EQ(note.find("AZURE"), std::string::npos) << note;
  }
}

TEST(StarterConfig, SaysWhatAVendorWithoutAnAddressNeeds) {
  const Result<Starter> starter = MakeStarter(With({{"AZURE_OPENAI_API_KEY", "k-123456"}}));
  ASSERT_TRUE(starter) << starter.error().message;
  EXPECT_THAT(starter->notes,
              Contains("AZURE_OPENAI_API_KEY is set, but azure needs a weir.yaml with its "
                       "base_url, of the form https://RESOURCE.openai.azure.com/openai/v1"));
  EXPECT_EQ(starter->settings.providers.at(0).name.text, "simulator");
}

constexpr std::string_view kDescribed = R"(
providers:
  maker: {keys: [sk-in-clear-123], timeouts: {idle: 7s}}
  other:
  shop:
models:
  mine: {provider: other}
  llama: {providers: [shop, maker]}
fallbacks: {small: [thinker]}
routes:
  auto:
    tiers: {simple: small, complex: mine}
    baseline: thinker
    rules: [{name: long, when: {min_tokens: 8k, tools: false}, tier: complex}, {name: w, match: "x+", model: llama}]
  one: {model: small}
)";

TEST(Describe, ShowsRedisWithoutItsPassword) {
  config::Environment env = With({{"SHOP_KEY", "sk-shop-123456"}});
  const std::string yaml =
      std::string(kDescribed) + "redis: {url: \"rediss://app:hunter2@cache.example.com/2\"}\n";
  Result<config::Settings> settings = config::Parse(yaml, "weir.yaml", env);
  ASSERT_TRUE(settings) << settings.error().message;
  Result<Directory> directory =
      DirectoryBuilder({*settings, TestCatalog(), env, kTestDialects, kTestClassifiers}).Build();
  ASSERT_TRUE(directory) << directory.error().message;
  const std::string text = Describe(*settings, *directory, {});
  EXPECT_THAT(text, HasSubstr("redis     rediss://cache.example.com:6379/2, as user app, with a "
                              "password\n"));
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
}

TEST(Describe, ShowsWhatWasUnderstood) {
  config::Environment env = With({{"SHOP_KEY", "sk-shop-123456"}});
  Result<config::Settings> settings = config::Parse(kDescribed, "weir.yaml", env);
  ASSERT_TRUE(settings) << settings.error().message;
  Result<Directory> directory =
      DirectoryBuilder({*settings, TestCatalog(), env, kTestDialects, kTestClassifiers}).Build();
  ASSERT_TRUE(directory) << directory.error().message;
  constexpr std::chrono::sys_days kToday{std::chrono::year(2026) / 2 / 1};
  std::string text = Describe(*settings, *directory, kToday);
  for (std::string_view part : {"127.0.0.1:8080",
                                "https://maker.example/v1",
                                "no key: set OTHER_KEY",
                                "idle 7s",
                                "unpriced",
                                "2026-01-01",
                                "(as configured)",
                                "(the vendor's own)",
                                "maker/small  -> maker/thinker",
                                "shop/llama   -> maker/llama",
                                "route auto",
                                "tier medium   other/mine (default)",
                                "rule long     no tools and 8000 tokens or more -> tier complex",
                                "the last user text matches x+ -> shop/llama",
                                "baseline      maker/thinker",
                                "first_token 5m",
                                "route one",
                                "warnings",
                                "weir.yaml:3:18: providers.maker.keys: a secret stands in the file",
                                "`other/mine` cannot be used: OTHER_KEY is not set"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_EQ(text.find("sk-"), std::string::npos);
  EXPECT_EQ(text.find(" \n"), std::string::npos);
}

TEST(Describe, ShowsPricesByLengthTimeAndKind) {
  const config::Environment env = With({});
  constexpr std::string_view kYaml = R"(
providers: {local: {api: simulator}}
models:
  long: {provider: local, price: {input: 2, cached_input: 0.2, output: 8, above: [{tokens: 200k, input: 4, output: 12}]}}
  night: {provider: local, price: {input: 2, output: 8, off_peak: {utc: ["16:30-00:30", sat-sun], input: 1}}}
  soon: {provider: local, price: {input: 2, output: 8, later: {from: 2026-12-01, output: 9}}}
  heard: {provider: local, price: {input: 2, output: 8, cache_write: 2.5, audio_input: 40, audio_output: 80, image_input: 3}}
  plain: {provider: local, price: {input: 2, output: 8}}
routes: {auto: {model: long}}
)";
  Result<config::Settings> settings = config::Parse(kYaml, "weir.yaml", env);
  ASSERT_TRUE(settings) << settings.error().message;
  Result<Directory> directory =
      DirectoryBuilder({*settings, TestCatalog(), env, kTestDialects, kTestClassifiers}).Build();
  ASSERT_TRUE(directory) << directory.error().message;
  const std::string text = Describe(*settings, *directory, {});
  const size_t begin = text.find("prices by length, time and kind of token\n");
  ASSERT_NE(begin, std::string::npos) << text;
  EXPECT_EQ(text.substr(begin, text.find("\n\n", begin) - begin),
            R"(prices by length, time and kind of token
  name         when                                in $/1M  cached  out $/1M  cache write  audio in  image in  audio out
  local/long   else                                2        0.2     8         -            -         -         -
  local/long   prompts of more than 200000 tokens  4        0.2     12        -            -         -         -
  local/night  else                                2        2       8         -            -         -         -
  local/night  off peak, UTC 16:30-00:30, sat-sun  1        1       8         -            -         -         -
  local/soon   else                                2        2       8         -            -         -         -
  local/soon   from 2026-12-01 UTC                 2        2       9         -            -         -         -
  local/heard  always                              2        2       8         2.5          40        3         80)");
}

std::string ExampleText() {
  std::ifstream file(std::string(WEIR_SOURCE_DIR) + "/weir.example.yaml");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Its options that are commented out are in effect.
std::string WholeExample() {
  std::string text = ExampleText();
  re2::RE2::GlobalReplace(&text, "(?m)^( *)# ( *(?:- )?\\w+:)", "\\1\\2");
  return text;
}

class ExampleFile : public testing::TestWithParam<std::string (*)()> {};

TEST_P(ExampleFile, IsValid) {
  std::map<std::string, std::string, std::less<>> variables;
  for (const Vendor& vendor : Builtin()->vendors) variables[vendor.key_env] = "sk-example";
  config::Environment env = With(variables);
  const std::string file = std::string(WEIR_SOURCE_DIR) + "/weir.example.yaml";
  Result<config::Settings> settings = config::Parse(GetParam()(), file, env);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(settings->warnings.empty());
  constexpr std::array<std::string_view, 2> kBuilt = {"seed", "learned"};
  Result<Directory> directory = Resolve(*settings, env, kTestDialects, kBuilt);
  ASSERT_TRUE(directory) << directory.error().message;
  EXPECT_TRUE(directory->warnings().empty());
  EXPECT_NE(directory->FindRoute("auto"), nullptr);
}

INSTANTIATE_TEST_SUITE_P(AsShippedAndWhole, ExampleFile,
                         testing::Values(&ExampleText, &WholeExample));

TEST(ExampleFileOptions, EveryBuiltOneStandsThere) {
  const std::string text = ExampleText();
  int found = 0;
  for (const config::OptionDoc& option : config::AllOptions()) {
    if (!option.built) continue;
    const std::string key = option.path.substr(option.path.rfind('.') + 1);
    EXPECT_TRUE(re2::RE2::PartialMatch(text, fmt::format("(?m)(^|[ {{`]){}:", key))) << option.path;
    ++found;
  }
  EXPECT_GE(found, 70);
}

}  // namespace
}  // namespace weir::catalog
