// Providers that differ from a vendor with an address and a bearer key: engines on this machine,
// and services whose address is the user's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/describe.h"
#include "catalog/world_for_test.h"

namespace weir::catalog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Directory> ResolveShipped(std::string_view yaml,
                                 std::map<std::string, std::string, std::less<>> variables = {}) {
  const config::Environment env = config::FakeEnvironment(std::move(variables));
  WEIR_TRY(const config::Settings settings, config::Parse(yaml, "weir.yaml", env));
  return Resolve(settings, env, kTestDialects, kTestClassifiers);
}

Directory Shipped(std::string_view yaml,
                  std::map<std::string, std::string, std::less<>> variables = {}) {
  Result<Directory> directory = ResolveShipped(yaml, std::move(variables));
  EXPECT_TRUE(directory) << directory.error().message;
  return directory ? *std::move(directory) : Directory();
}

std::string Refusal(std::string_view yaml) {
  const Result<Directory> directory = ResolveShipped(yaml);
  return directory ? "accepted" : directory.error().message;
}

TEST(LocalEngine, NeedsItsNameOnly) {
  const Directory directory = Shipped(
      "providers: {ollama: {}, vllm: , llamacpp: {}, lmstudio: }\n"
      "listen: 127.0.0.1:9999\n");
  ASSERT_EQ(directory.providers().size(), 4u);
  const uint16_t kPorts[] = {11434, 8000, 8080, 1234};
  for (const Provider& provider : directory.providers()) {
    EXPECT_EQ(provider.base_url.port, kPorts[provider.id]) << provider.name;
    EXPECT_EQ(provider.base_url.path, "/v1") << provider.name;
    EXPECT_TRUE(provider.keys.empty() && !provider.key_missing) << provider.name;
    EXPECT_TRUE(directory.FindOpenProvider(provider.name + "/anything:8b")) << provider.name;
    EXPECT_EQ(provider.timeouts.first_token, std::chrono::minutes(5)) << "it loads the model";
    EXPECT_EQ(provider.prices->input.femto + provider.prices->output.femto, 0);
  }
  EXPECT_THAT(directory.warnings(), IsEmpty());
}

TEST(LocalEngine, ADeclaredModelIsFreeUnlessItSaysAPrice) {
  const Directory directory = Shipped(
      "providers: {ollama: {keys: [\"k-123456\"]}, vllm: {allow_unknown: false}}\n"
      "models:\n"
      "  llama: {provider: ollama, upstream: \"llama3.2:3b\", context: 8k}\n"
      "  big: {provider: vllm, price: {input: 1, output: 2}}\n");
  const Model& llama = directory.model(directory.FindModel("llama"));
  EXPECT_EQ(llama.prices->source, "self-hosted");
  EXPECT_EQ(llama.prices->input.femto, 0);
  EXPECT_EQ(llama.capabilities, kAssumedCapabilities);
  EXPECT_EQ(directory.provider_of(llama.id).keys.size(), 1u);
  EXPECT_EQ(FormatPrice(directory.model(directory.FindModel("big")).prices->output), "2");
  EXPECT_FALSE(directory.FindOpenProvider("vllm/other"));
  EXPECT_EQ(directory.AliasReason("llama"), "as configured");
}

TEST(LocalEngine, RoutesAndChainsMayNameWhatItServes) {
  const Directory directory = Shipped(
      "providers: {ollama: {}, openai: {keys: [\"sk-123456\"]}}\n"
      "fallbacks: {\"ollama/qwen3:8b\": [gpt-5.4, ollama/other]}\n"
      "routes:\n"
      "  auto:\n"
      "    tiers: {simple: \"ollama/qwen3:8b\", complex: gpt-5.4}\n"
      "    baseline: gpt-5.4\n"
      "    rules: [{name: r, match: x, model: ollama/third}]\n"
      "  one: {model: ollama/fourth}\n");
  for (const char* name : {"ollama/qwen3:8b", "ollama/other", "ollama/third", "ollama/fourth"}) {
    const ModelId id = directory.FindModel(name);
    ASSERT_NE(id, kNoModel) << name;
    EXPECT_TRUE(directory.model(id).declared && directory.model(id).prices) << name;
    EXPECT_EQ(directory.model(id).upstream, directory.model(id).alias);
  }
  EXPECT_EQ(directory.model(directory.FindModel("ollama/qwen3:8b")).fallbacks.size(), 2u);
  EXPECT_EQ(directory.AliasReason("fourth"), "the only provider");
}

TEST(LocalEngine, ASlipInItsNameIsStillFound) {
  EXPECT_THAT(Refusal("providers: {olama: {}}\n"), HasSubstr("did you mean `ollama`?"));
  EXPECT_THAT(Refusal("providers: {llama.cpp: {}}\n"), HasSubstr("did you mean `llamacpp`?"));
  EXPECT_THAT(Refusal("providers: {vllm: {}}\nmodels: {m: {provider: ollama}}\n"),
              HasSubstr("add `ollama: {}` to providers"));
  EXPECT_THAT(Refusal("providers: {vllm: {allow_unknown: false}}\nroutes: {a: {model: vllm/m}}\n"),
              HasSubstr("unknown model `vllm/m`"));
  EXPECT_THAT(Refusal("providers: {ollama: {base_url: \"http://10.1.2.3:11434/v1\"}}\n"),
              HasSubstr("allow_plaintext"));
}

TEST(LocalEngine, OneAtWeirsOwnAddressIsWarnedOf) {
  const Directory directory = Shipped("providers: {llamacpp: {}}\n");
  EXPECT_THAT(directory.warnings(),
              ElementsAre(HasSubstr("weir.yaml:1:13: http://127.0.0.1:8080/v1 is the address")));
}

TEST(LocalEngine, CheckSaysWhatBecomesOfItsModels) {
  const config::Environment env = config::FakeEnvironment({});
  const auto settings = config::Parse(
      "providers: {ollama: {}, x: {api: openai, base_url: https://x.example, allow_unknown: true}}",
      "weir.yaml", env);
  ASSERT_TRUE(settings);
  const auto directory = Resolve(*settings, env, kTestDialects, kTestClassifiers);
  ASSERT_TRUE(directory);
  const std::string text = Describe(*settings, *directory, {});
  for (const char* part : {"no key is sent", "any, free", "any, unpriced"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Azure, NeedsTheAddressOfTheResource) {
  EXPECT_EQ(Refusal("providers: {azure: {}}\n"),
            "weir.yaml:1:13: provider `azure` needs `base_url`, of the form "
            "https://RESOURCE.openai.azure.com/openai/v1");
  EXPECT_THAT(Refusal("providers: {vllm: {}}\nroutes: {a: {model: azure/gpt-5.4}}\n"),
              HasSubstr("add `azure: {base_url: …, keys: […]}` to providers"));
}

TEST(Azure, SendsItsKeyInAHeaderOfItsOwn) {
  constexpr std::string_view kAzure =
      "providers: {azure: {base_url: \"https://mine.openai.azure.com/openai/v1/\"}}\n"
      "models: {mini: {provider: azure, upstream: gpt-5.4-mini}, azure/my-deployment: {}}\n";
  const Directory directory = Shipped(kAzure, {{"AZURE_OPENAI_API_KEY", "az-123456"}});
  const Provider& azure = directory.provider(0);
  EXPECT_EQ(azure.key_header, "api-key");
  EXPECT_EQ(azure.keys.size(), 1u);
  EXPECT_EQ(azure.base_url.ToString(), "https://mine.openai.azure.com/openai/v1");
  EXPECT_EQ(FormatPrice(directory.model(directory.FindModel("mini")).prices->input), "0.75");
  EXPECT_FALSE(directory.model(directory.FindModel("azure/my-deployment")).prices);
  EXPECT_TRUE(Shipped(kAzure).provider(0).key_missing);
}

TEST(Manner, TheConfigOverrulesTheCatalog) {
  const Directory directory = Shipped(
      "providers:\n"
      "  mistral: {}\n"
      "  azure: {base_url: \"https://a.example/v1\", key_header: authorization}\n"
      "  groq: {stream_options: false, key_header: x-key, allow_unknown: true}\n"
      "  xai: {}\n");
  EXPECT_FALSE(directory.provider(0).stream_options);
  EXPECT_EQ(directory.provider(1).key_header, "authorization");
  EXPECT_FALSE(directory.provider(2).stream_options);
  EXPECT_EQ(directory.provider(2).key_header, "x-key");
  EXPECT_TRUE(directory.provider(2).allow_unknown && !directory.provider(2).prices);
  EXPECT_TRUE(directory.provider(3).stream_options && !directory.provider(3).allow_unknown);
  EXPECT_EQ(directory.provider(3).key_header, "authorization");
}

}  // namespace
}  // namespace weir::catalog
