#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/world_for_test.h"

namespace weir::catalog {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ResolveProviders, TakeFromTheCatalogWhatIsNotSaid) {
  Directory directory = Resolved("providers: {maker: }\n");
  const Provider& maker = directory.provider(0);
  EXPECT_EQ(maker.api, "openai");
  EXPECT_EQ(maker.base_url.ToString(), "https://maker.example/v1");
  EXPECT_EQ(maker.keys.at(0).Reveal(), "sk-maker");
  EXPECT_FALSE(maker.key_missing);
  EXPECT_EQ(maker.timeouts.first_token, std::chrono::seconds(60));
}

TEST(ResolveProviders, SayWhatTheyOverride) {
  Directory directory = Resolved(
      "providers: {maker: {base_url: https://proxy.example/v1, keys: [], timeouts: {idle: 7s}}}\n");
  const Provider& maker = directory.provider(0);
  EXPECT_EQ(maker.base_url.ToString(), "https://proxy.example/v1");
  EXPECT_TRUE(maker.keys.empty());
  EXPECT_FALSE(maker.key_missing);
  EXPECT_EQ(maker.timeouts.idle, std::chrono::seconds(7));
}

TEST(ResolveProviders, MissingKeyIsMarkedAndWarned) {
  Directory directory = Resolved(
      "providers:\n  other:\nmodels: {m: {provider: other}}\nroutes:\n  r: {tiers: {simple: m}}\n");
  EXPECT_TRUE(directory.provider(0).key_missing);
  EXPECT_EQ(directory.provider(0).key_env, "OTHER_KEY");
  ASSERT_EQ(directory.warnings().size(), 1u);
  EXPECT_EQ(directory.warnings()[0],
            "weir.yaml:5:23: `other/m` cannot be used: OTHER_KEY is not set");
}

TEST(ResolveProviders, OnesOfTheirOwnNeedApiAndUrl) {
  EXPECT_THAT(
      ErrorOf("providers:\n  mine: {base_url: https://a.example}\n"),
      HasSubstr("weir.yaml:2:3: provider `mine` is not in the catalog; it needs `api` and"));
  EXPECT_THAT(ErrorOf("providers:\n  mine: {api: openai}\n"), HasSubstr("it needs `base_url`"));
  EXPECT_THAT(ErrorOf("providers: {makr: {}}\n"), HasSubstr("did you mean `maker`?"));
  EXPECT_TRUE(ResolveText("providers: {mine: {api: openai, base_url: https://a.example}}\n"));
}

TEST(ResolveProviders, NoneIsAnError) {
  EXPECT_THAT(ErrorOf(""), StartsWith("weir.yaml:1:1: no provider is configured"));
  EXPECT_THAT(ErrorOf("workers: 1\nproviders: {}\n"),
              StartsWith("weir.yaml:2:12: no provider is configured"));
  EXPECT_THAT(ErrorOf("workers: 1\nproviders:\n"), StartsWith("weir.yaml:2:"));
}

TEST(ResolveProviders, DialectsThatAreNotBuiltAreRefusedByName) {
  for (std::string_view api : {"anthropic", "gemini", "azure", "bedrock"}) {
    EXPECT_THAT(ErrorOf(fmt::format("providers: {{x: {{api: {}, base_url: https://a.b}}}}\n", api)),
                HasSubstr(fmt::format(
                    "1:22: api `{}` is not built yet; built are openai, simulator", api)));
  }
  EXPECT_THAT(ErrorOf("providers: {alien: {}}\n"),
              HasSubstr("1:13: api `gemini` is not built yet"));
  EXPECT_THAT(
      ErrorOf("providers: {x: {api: opnai, base_url: https://a.b}}\n"),
      HasSubstr("unknown api `opnai` (did you mean `openai`?); built are openai, simulator, later "
                "anthropic"));
}

TEST(ResolveProviders, G09PlaintextToAnotherMachineNamesTheOption) {
  EXPECT_THAT(
      ErrorOf("providers:\n  x: {api: openai, base_url: \"http://10.0.0.1/v1\"}\n"),
      HasSubstr("weir.yaml:2:30: http://10.0.0.1/v1 would send prompts and keys over the network "
                "unencrypted: use https://, or say `allow_plaintext: true`"));
  EXPECT_TRUE(
      ResolveText("providers: {x: {api: openai, base_url: \"http://10.0.0.1\", allow_plaintext: "
                  "true}}\n"));
  EXPECT_TRUE(ResolveText("providers: {x: {api: openai, base_url: \"http://localhost:8000\"}}\n"));
}

TEST(ResolveProviders, TheSimulatorNeedsNothing) {
  Directory directory = Resolved("providers: {s: {api: simulator}}\nmodels: {m: {provider: s}}\n");
  EXPECT_TRUE(directory.provider(0).base_url.host.empty());
  EXPECT_FALSE(directory.provider(0).key_missing);
  EXPECT_EQ(directory.model(0).capabilities, kAssumedCapabilities);
}

TEST(ResolveProviders, SimulatedModelsAreNamedAsOnTheWire) {
  constexpr std::string_view kModels = "models: {m: {provider: s, upstream: m-2024}}\n";
  const auto with = [&](std::string_view name, std::string_view more = "") {
    return fmt::format(
        "providers:\n  s:\n    api: simulator\n    simulator: {{models: {{{}: {{}}}}}}\n{}{}", name,
        more, kModels);
  };
  EXPECT_TRUE(ResolveText(with("m-2024")));
  EXPECT_EQ(ErrorOf(with("m-2O24")),
            "weir.yaml:4:26: no model of provider `s` is called `m-2O24` there; did you mean "
            "`m-2024`?");
  EXPECT_THAT(ErrorOf(with("zebra")), HasSubstr("is called `zebra` there"));
  EXPECT_THAT(ErrorOf(with("zebra")), testing::Not(HasSubstr("did you mean")));
  EXPECT_TRUE(ResolveText(with("zebra", "    allow_unknown: true\n")));
  // A model of another provider does not count.
  EXPECT_THAT(ErrorOf(with("small", "  maker:\n")), HasSubstr("no model of provider `s`"));
}

TEST(ResolveProviders, KeysInVariablesMustBeKeys) {
  config::Environment env = config::FakeEnvironment({{"MAKER_KEY", "sk-secret\n"}});
  Result<config::Settings> settings = config::Parse("providers: {maker: {}}\n", "f", env);
  ASSERT_TRUE(settings);
  Result<Directory> directory =
      DirectoryBuilder({*settings, TestCatalog(), env, kTestDialects, kTestClassifiers}).Build();
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, HasSubstr("MAKER_KEY holds a blank, a line break"));
  EXPECT_EQ(directory.error().message.find("sk-secret"), std::string::npos);
}

TEST(ResolveModels, CatalogModelsOfANamedProviderNeedNotBeListed) {
  Directory directory = Resolved("providers: {maker: {}}\n");
  EXPECT_EQ(NameOf(directory, "maker/small"), "maker/small");
  EXPECT_EQ(NameOf(directory, "small"), "maker/small");
  EXPECT_FALSE(directory.model(directory.FindModel("small")).declared);
  EXPECT_EQ(NameOf(directory, "shop/small"), "(none)");
  EXPECT_EQ(NameOf(directory, "shop/llama"), "(none)");
}

TEST(ResolveModels, TakeFactsFromTheCatalog) {
  Directory directory = Resolved(
      "providers: {maker: {}}\nmodels:\n  small: {}\n"
      "  fast: {provider: maker, upstream: small}\n"
      "  thinker: {upstream: thinker-2026-01-01, context: 1M, price: {input: 5, output: 6}}\n"
      "  mine: {provider: maker, capabilities: [vision]}\n");
  const Model& small = directory.model(directory.FindModel("small"));
  EXPECT_TRUE(small.declared);
  EXPECT_EQ(small.context, 8'000);
  EXPECT_EQ(small.prices->date, "2026-01-01");
  const Model& fast = directory.model(directory.FindModel("maker/fast"));
  EXPECT_EQ(fast.upstream, "small");
  EXPECT_EQ(fast.max_output, 1'000);
  EXPECT_EQ(fast.prices->input, *ParsePrice("1"));
  const Model& thinker = directory.model(directory.FindModel("thinker"));
  EXPECT_EQ(thinker.upstream, "thinker-2026-01-01");
  EXPECT_EQ(thinker.context, 1'000'000);
  EXPECT_EQ(thinker.prices->source, "config");
  EXPECT_EQ(thinker.prices->cached_input, *ParsePrice("5"));
  EXPECT_NE(thinker.capabilities & Bit(Capability::kReasoning), 0);
  const Model& mine = directory.model(directory.FindModel("mine"));
  EXPECT_FALSE(mine.prices);
  EXPECT_EQ(CapabilityNames(mine.capabilities), "chat, vision");
}

TEST(ResolveModels, ReasoningModelsWaitLongerUnlessTheProviderSays) {
  Directory directory =
      Resolved("providers: {maker: {timeouts: {idle: 9s}}}\nmodels: {x: {provider: maker}}\n");
  const config::Timeouts& thinker = directory.model(directory.FindModel("thinker")).timeouts;
  EXPECT_EQ(thinker.first_byte, std::chrono::minutes(10));
  EXPECT_EQ(thinker.first_token, std::chrono::minutes(5));
  EXPECT_EQ(thinker.idle, std::chrono::seconds(9));
  EXPECT_EQ(directory.model(directory.FindModel("small")).timeouts.first_token,
            std::chrono::seconds(60));
  // Capabilities that are only assumed do not lengthen a timeout.
  EXPECT_EQ(directory.model(directory.FindModel("x")).timeouts.first_token,
            std::chrono::seconds(60));
}

TEST(ResolveModels, WithoutAProviderTheCatalogDecides) {
  Directory directory =
      Resolved("providers: {mall: {}, shop: {}, maker: {}}\nmodels: {small: {}, llama: {}}\n");
  EXPECT_EQ(NameOf(directory, "small"), "maker/small");
  EXPECT_EQ(NameOf(directory, "llama"), "mall/llama");
  EXPECT_THAT(
      ErrorOf("providers: {shop: {}}\nmodels:\n  thinker: {}\n"),
      HasSubstr(
          "weir.yaml:3:3: model `thinker` needs `provider`; maker has it: add `maker: {keys"));
  EXPECT_THAT(ErrorOf("providers: {shop: {}}\nmodels:\n  nobody-has-it: {}\n"),
              HasSubstr("no configured one is known to have it"));
}

TEST(ResolveModels, FullNamesNameTheirProvider) {
  Directory directory = Resolved("providers: {maker: {}}\nmodels: {maker/new: {context: 1k}}\n");
  EXPECT_EQ(directory.model(directory.FindModel("new")).upstream, "new");
  EXPECT_THAT(
      ErrorOf("providers: {maker: {}, shop: {}}\nmodels: {maker/new: {provider: shop}}\n"),
      HasSubstr("2:32: `maker/new` already names the provider maker; write `shop/maker/new`"));
  EXPECT_THAT(ErrorOf("providers: {maker: {}}\nmodels: {shop/llama: {}}\n"),
              HasSubstr("unknown provider `shop`; the catalog knows it: add `shop: {keys"));
  EXPECT_THAT(ErrorOf("providers: {maker: {}}\nmodels: {makr/x: {}}\n"),
              HasSubstr("did you mean `maker`?"));
  EXPECT_THAT(ErrorOf("providers: {maker: {}}\nmodels: {x: {provider: makr}}\n"),
              HasSubstr("2:24: unknown provider `makr`; did you mean `maker`?"));
  EXPECT_THAT(ErrorOf("providers: {maker: {}}\nmodels: {maker/: {}}\n"),
              HasSubstr("missing after the `/`"));
}

TEST(ResolveModels, AResellersSlashIsPartOfTheName) {
  Directory directory = Resolved("providers: {shop: {}}\nmodels: {maker/big: {provider: shop}}\n");
  EXPECT_EQ(NameOf(directory, "maker/big"), "shop/maker/big");
  EXPECT_EQ(directory.model(directory.FindModel("maker/big")).upstream, "maker/big");
}

TEST(ResolveModels, G07OneModelTwiceIsAnError) {
  EXPECT_THAT(ErrorOf("providers: {maker: {}}\nmodels:\n  x: {provider: maker}\n  maker/x: {}\n"),
              HasSubstr("weir.yaml:4:3: model `maker/x` is already declared in line 3"));
}

TEST(ResolveModels, SeveralProvidersMakeTwins) {
  Directory directory = Resolved(
      "providers: {shop: {}, mall: {}, maker: {}}\nmodels: {llama: {providers: [mall, shop, "
      "maker]}}\n");
  ModelId first = directory.FindModel("llama");
  EXPECT_EQ(directory.model(first).name, "mall/llama");
  ASSERT_EQ(directory.model(first).twins.size(), 2u);
  EXPECT_EQ(directory.model(directory.model(first).twins[0]).name, "shop/llama");
  ModelId last = directory.FindModel("maker/llama");
  EXPECT_EQ(directory.model(last).twins.size(), 2u);
  EXPECT_EQ(directory.model(last).twins[0], first);
  EXPECT_FALSE(directory.model(last).prices);
}

TEST(ResolveModels, UnknownCapabilityIsAnError) {
  EXPECT_THAT(
      ErrorOf("providers: {maker: {}}\nmodels: {x: {provider: maker, capabilities: [flying]}}\n"),
      HasSubstr("2:46: unknown capability `flying`: known are chat, tools"));
}

TEST(ResolveAliases, ConfiguredThenOwnThenCheapest) {
  Directory directory =
      Resolved("providers: {shop: {}, mall: {}, maker: {}}\nmodels: {small: {provider: shop}}\n");
  EXPECT_EQ(NameOf(directory, "small"), "shop/small");
  EXPECT_EQ(directory.AliasReason("small"), "as configured");
  EXPECT_EQ(NameOf(directory, "llama"), "mall/llama");
  EXPECT_EQ(directory.AliasReason("llama"), "cheapest");
  EXPECT_EQ(directory.AliasReason("thinker"), "the vendor's own");
  EXPECT_EQ(directory.AliasReason("maker/thinker"), "");
  Directory two = Resolved("providers: {shop: {}, maker: {}}\n");
  EXPECT_EQ(NameOf(two, "small"), "maker/small");
  EXPECT_EQ(two.AliasReason("small"), "the vendor's own");
  EXPECT_EQ(two.AliasReason("llama"), "the only provider");
}

TEST(ResolveAliases, AFullNameIsNeverAnAlias) {
  Directory both = Resolved("providers: {shop: {}, maker: {}}\n");
  EXPECT_EQ(NameOf(both, "maker/small"), "maker/small");
  Directory alone = Resolved("providers: {shop: {}}\n");
  EXPECT_EQ(NameOf(alone, "maker/small"), "shop/maker/small");
}

TEST(ResolveAliases, AProviderWithoutKeyGivesWay) {
  Directory directory = Resolved(
      "providers: {other: {}, shop: {}}\nmodels: {other/llama: {price: {input: 0, output: 0}}}\n");
  EXPECT_EQ(NameOf(directory, "llama"), "shop/llama");
}

TEST(ResolveFallbacks, AreChainsOfIds) {
  Directory directory = Resolved(
      "providers: {maker: {}, shop: {}}\nfallbacks: {small: [thinker, shop/llama], thinker: "
      "[small]}\n");
  const Model& small = directory.model(directory.FindModel("small"));
  ASSERT_EQ(small.fallbacks.size(), 2u);
  EXPECT_EQ(directory.model(small.fallbacks[0]).name, "maker/thinker");
  EXPECT_EQ(directory.model(small.fallbacks[1]).name, "shop/llama");
  EXPECT_EQ(directory.model(directory.FindModel("thinker")).fallbacks.size(), 1u);
}

TEST(ResolveFallbacks, OfAnAliasHoldForItsTwins) {
  constexpr std::string_view kModels =
      "providers: {shop: {}, mall: {}, maker: {}}\nmodels: {llama: {providers: [mall, shop]}}\n";
  Directory by_alias = Resolved(std::string(kModels) + "fallbacks: {llama: [thinker]}\n");
  EXPECT_EQ(by_alias.model(by_alias.FindModel("shop/llama")).fallbacks.size(), 1u);
  Directory by_name = Resolved(std::string(kModels) + "fallbacks: {mall/llama: [thinker]}\n");
  EXPECT_EQ(by_name.model(by_name.FindModel("mall/llama")).fallbacks.size(), 1u);
  EXPECT_TRUE(by_name.model(by_name.FindModel("shop/llama")).fallbacks.empty());
  EXPECT_THAT(ErrorOf(std::string(kModels) + "fallbacks: {llama: [shop/llama]}\n"),
              HasSubstr("3:21: `shop/llama` is already tried: `providers` of llama names it"));
}

TEST(ResolveFallbacks, G05SelfAndDuplicateAreErrorsMutualIsNot) {
  constexpr std::string_view kMaker = "providers: {maker: {}}\n";
  EXPECT_THAT(ErrorOf(std::string(kMaker) + "fallbacks: {small: [maker/small]}\n"),
              HasSubstr("2:21: `small` is its own fallback"));
  EXPECT_THAT(ErrorOf(std::string(kMaker) + "fallbacks: {small: [thinker, maker/thinker]}\n"),
              HasSubstr("2:30: `maker/thinker` stands in this chain already"));
  EXPECT_THAT(
      ErrorOf(std::string(kMaker) + "fallbacks: {small: [thinker], maker/small: [thinker]}\n"),
      HasSubstr("2:31: the fallbacks of maker/small already stand in line 2, as `small`"));
  EXPECT_TRUE(
      ResolveText(std::string(kMaker) + "fallbacks: {small: [thinker], thinker: [small]}\n"));
}

TEST(ResolveFallbacks, G06UnknownModelsAreErrorsWithASuggestion) {
  constexpr std::string_view kMaker = "providers: {maker: {}}\n";
  EXPECT_THAT(ErrorOf(std::string(kMaker) + "fallbacks: {smal: [thinker]}\n"),
              HasSubstr("2:13: unknown model `smal`; did you mean `small`?"));
  EXPECT_THAT(ErrorOf(std::string(kMaker) + "fallbacks: {small: [thinkr]}\n"),
              HasSubstr("2:21: unknown model `thinkr`; did you mean `thinker`?"));
  EXPECT_THAT(ErrorOf(std::string(kMaker) + "fallbacks: {small: [llama]}\n"),
              HasSubstr("unknown model `llama`; shop has it: add `shop: {keys"));
  EXPECT_THAT(
      ErrorOf(std::string(kMaker) + "fallbacks: {small: [r]}\nroutes: {r: {model: small}}\n"),
      HasSubstr("`r` is a route, not a model"));
}

TEST(ResolveErrors, LargeConfigsResolveInTime) {
  std::string text = "providers: {s: {api: simulator}}\nmodels:\n";
  for (int i = 0; i < 20'000; ++i) text += fmt::format("  m{}: {{provider: s}}\n", i);
  Directory directory = Resolved(text);
  EXPECT_EQ(directory.models().size(), 20'000u);
  EXPECT_EQ(NameOf(directory, "m19999"), "s/m19999");
  EXPECT_TRUE(directory.Nearest(std::string(5'000, 'm')).empty());
}

}  // namespace
}  // namespace weir::catalog
