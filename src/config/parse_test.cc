#include "config/parse.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <time.h>

#include <filesystem>
#include <fstream>

#include "config/testing_config.h"
#include "testing/testdata.h"

namespace weir::config {
namespace {

Result<Settings> ParseWith(std::string_view text,
                           std::map<std::string, std::string, std::less<>> variables = {}) {
  return Parse(text, "weir.yaml", FakeEnvironment(std::move(variables)));
}

// CONTRACT's example without what is not built yet.
constexpr std::string_view kContractExample = R"(
listen: 127.0.0.1:8080            # data plane; another address without client keys is refused
admin: {listen: 127.0.0.1:8081}
data_dir: ./weir-data
workers: 2

providers:
  aiwave:
    api: openai
    base_url: https://aiwave.live/v1
    keys: ["${AIWAVE_API_KEY}"]
    timeouts: {connect: 2s, first_byte: 10m, first_token: 60s, idle: 60s, total: 10m}
    retries: 1
    breaker: {failures: 5, cooldown: 30s}
  openai: {keys: ["${OPENAI_API_KEY}"]}

models:
  glm-4-flash:       {provider: aiwave, price: {input: 0.07, output: 0.14}, context: 128k}
  deepseek-chat:     {provider: aiwave, price: {input: 0.14, output: 0.28, cached_input: 0.014}}
  deepseek-reasoner: {provider: aiwave, price: {input: 0.55, output: 2.19}}
  qwen-max:          {provider: aiwave, price: {input: 0.40, output: 1.20}}
  gpt-4o:            {provider: openai, upstream: gpt-4o-2024-11-20}

fallbacks:
  glm-4-flash:       [deepseek-chat, qwen-max]
  deepseek-chat:     [qwen-max, deepseek-reasoner]
  deepseek-reasoner: [qwen-max]

routes:
  auto:
    classifier: seed
    tiers: {simple: glm-4-flash, medium: deepseek-chat, complex: deepseek-reasoner}
    default: medium
    baseline: gpt-4o
    rules:
      - {name: legal, match: "(?i)legal|contract", on: last_user, tier: complex}
    sticky: true
    deadline: 10m
    cache: {mode: exact, ttl: 1h, scope: key}
  support: {model: qwen-max, cache: {mode: exact}}

ledger: {sink: sqlite, bodies: "off", retention: 90d, fsync: 100ms}
log: {level: info, format: auto}
limits: {max_body: 32MiB, max_header: 64KiB, read_timeout: 30s, max_inflight: 10000, max_attempts: 4, drain_timeout: 60s}
)";

TEST(Parse, ReadsTheContractsExample) {
  Result<Settings> parsed =
      ParseWith(kContractExample, {{"AIWAVE_API_KEY", "key-a"}, {"OPENAI_API_KEY", "key-b"}});
  ASSERT_TRUE(parsed) << parsed.error().message;
  const Settings& settings = *parsed;
  EXPECT_EQ(settings.file, "weir.yaml");
  EXPECT_EQ(settings.workers, 2);
  ASSERT_EQ(settings.providers.size(), 2u);
  const ProviderSettings& aiwave = settings.providers[0];
  EXPECT_EQ(aiwave.name.text, "aiwave");
  EXPECT_EQ(aiwave.name.mark.line, 8);
  EXPECT_EQ(aiwave.api->text, "openai");
  EXPECT_EQ(aiwave.base_url->ToString(), "https://aiwave.live/v1");
  EXPECT_EQ(aiwave.keys->at(0).Reveal(), "key-a");
  EXPECT_EQ(aiwave.connect, milliseconds(2'000));
  EXPECT_EQ(aiwave.breaker.failures, 5);
  ASSERT_EQ(settings.models.size(), 5u);
  EXPECT_EQ(settings.models[1].price->cached_input->femto, 14'000'000);
  EXPECT_EQ(settings.models[0].context, 128'000);
  EXPECT_EQ(settings.models[4].upstream, "gpt-4o-2024-11-20");
  ASSERT_EQ(settings.fallbacks.size(), 3u);
  EXPECT_EQ(settings.fallbacks[0].chain[1].text, "qwen-max");
  ASSERT_EQ(settings.routes.size(), 2u);
  const RouteSettings& automatic = settings.routes[0];
  EXPECT_EQ(automatic.tiers[2].first.text, "complex");
  EXPECT_EQ(automatic.rules[0].match, "(?i)legal|contract");
  EXPECT_EQ(automatic.rules[0].tier->text, "complex");
  EXPECT_EQ(settings.routes[1].model->text, "qwen-max");
  EXPECT_EQ(automatic.cache.mode, CacheSettings::Mode::kExact);
  EXPECT_EQ(automatic.cache.ttl, std::chrono::hours(1));
  EXPECT_EQ(automatic.cache.scope, CacheSettings::Scope::kKey);
  EXPECT_FALSE(automatic.cache.sampled);
  EXPECT_EQ(settings.routes[1].cache.mode, CacheSettings::Mode::kExact);
  EXPECT_EQ(settings.limits.cache, 256 << 20);
  EXPECT_EQ(settings.ledger.sink.text, "sqlite");
  EXPECT_EQ(settings.ledger.retention, std::chrono::hours(90 * 24));
  EXPECT_EQ(settings.limits.max_body, 32 << 20);
  EXPECT_TRUE(settings.warnings.empty());
}

TEST(Parse, ReadsWhoseBodiesAreStored) {
  using Bodies = LedgerSettings::Bodies;
  const std::pair<std::string_view, Bodies> cases[] = {
      {"", Bodies::kOff},
      {"ledger: {bodies: off}\n", Bodies::kOff},
      {"ledger: {bodies: \"sampled\"}\n", Bodies::kSampled},
      {"ledger: {bodies: on}\n", Bodies::kOn},
  };
  for (const auto& [yaml, bodies] : cases) {
    Result<Settings> parsed = ParseWith(yaml, {});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->ledger.bodies, bodies) << yaml;
  }
}

TEST(Parse, ReadsACacheSection) {
  const auto cache_of = [](std::string_view cache) {
    Result<Settings> parsed = ParseWith(fmt::format("routes: {{r: {{model: m{}}}}}\n", cache), {});
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed->routes.at(0).cache;
  };
  EXPECT_EQ(cache_of("").mode, CacheSettings::Mode::kOff);
  EXPECT_EQ(cache_of(", cache: {mode: off, ttl: 1s}").mode, CacheSettings::Mode::kOff);
  EXPECT_EQ(cache_of(", cache: {ttl: 2m}").mode, CacheSettings::Mode::kExact);
  const CacheSettings all =
      cache_of(", cache: {mode: exact, ttl: 90s, scope: all, sampled: true, replay: paced}");
  EXPECT_EQ(all.ttl, std::chrono::seconds(90));
  EXPECT_EQ(all.scope, CacheSettings::Scope::kAll);
  EXPECT_TRUE(all.sampled);
  EXPECT_EQ(all.replay, CacheSettings::Replay::kPaced);
}

constexpr std::string_view kEverySection = R"(
admin: {listen: "0.0.0.0:9000", key: "${ADMIN}"}
catalog: ./prices.yaml
providers:
  local:
    api: openai
    base_url: http://10.0.0.5:8000/v1
    keys: []
    tls: {ca_file: /etc/ca.pem}
    headers: {x-team: core}
    allow_plaintext: true
    allow_unknown: true
    stream_options: false
    key_header: Api-Key
    retries: 0
  fake:
    api: simulator
    simulator:
      models:
        weak: {quality: 0.5}
        all: {latency: 0, token_interval: 1ms, failure_rate: 1, output_tokens: 3, quality: 0}
        none:
      latency: 0
      token_interval: 3ms
      failure_rate: 0.25
      output_tokens: 10
      quality: 1
      seed: 7
models:
  m: {providers: [local, fake], max_output: 4k, capabilities: [tools, vision]}
routes:
  r:
    tiers: {simple: m}
    rules:
      - {name: big, when: {tools: true, images: false, min_tokens: 8k}, model: m}
      - {name: words, match: x, on: all, tier: simple}
log: {level: debug, format: json}
limits: {max_inflight: 5}
)";

TEST(Parse, ReadsEveryOptionOfEverySection) {
  Result<Settings> parsed = ParseWith(kEverySection, {{"ADMIN", "admin-key"}});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->admin.listen.ToString(), "0.0.0.0:9000");
  EXPECT_EQ(parsed->admin.key->Reveal(), "admin-key");
  const ProviderSettings& local = parsed->providers[0];
  EXPECT_TRUE(local.keys->empty());
  EXPECT_EQ(local.ca_file, "/etc/ca.pem");
  EXPECT_EQ(local.headers[0].second, "core");
  EXPECT_TRUE(local.allow_plaintext);
  EXPECT_EQ(local.allow_unknown, true);
  EXPECT_EQ(local.stream_options, false);
  EXPECT_EQ(local.key_header, "api-key");
  EXPECT_FALSE(parsed->providers[1].allow_unknown || parsed->providers[1].stream_options);
  EXPECT_EQ(parsed->catalog.text, "./prices.yaml");
  EXPECT_EQ(parsed->catalog.mark.line, 3);
  EXPECT_EQ(local.retries, 0);
  const SimulatorSettings& fake = parsed->providers[1].simulator;
  EXPECT_EQ(fake.latency, milliseconds(0));
  EXPECT_EQ(fake.token_interval, milliseconds(3));
  EXPECT_EQ(fake.failure_rate, 0.25);
  EXPECT_EQ(fake.output_tokens, 10);
  EXPECT_EQ(fake.quality, 1.0);
  EXPECT_EQ(fake.seed, 7u);
  ASSERT_EQ(fake.models.size(), 3u);
  const SimulatedModelSettings& weak = fake.models.at("weak");
  EXPECT_EQ(weak.quality, 0.5);
  EXPECT_FALSE(weak.latency || weak.token_interval || weak.failure_rate || weak.output_tokens);
  const SimulatedModelSettings& all = fake.models.at("all");
  EXPECT_EQ(all.latency, milliseconds(0));
  EXPECT_EQ(all.token_interval, milliseconds(1));
  EXPECT_EQ(all.failure_rate, 1.0);
  EXPECT_EQ(all.output_tokens, 3);
  EXPECT_EQ(all.quality, 0.0);
  EXPECT_FALSE(fake.models.at("none").quality);
  EXPECT_EQ(parsed->models[0].providers.size(), 2u);
  EXPECT_EQ(parsed->models[0].max_output, 4'000);
  EXPECT_EQ(parsed->models[0].capabilities->size(), 2u);
  const std::vector<RuleSettings>& rules = parsed->routes[0].rules;
  EXPECT_EQ(rules[0].when.tools, true);
  EXPECT_EQ(rules[0].when.images, false);
  EXPECT_EQ(rules[0].when.min_tokens, 8'000);
  EXPECT_EQ(rules[0].model->text, "m");
  EXPECT_TRUE(rules[1].on_all);
  EXPECT_EQ(parsed->log.level, LogLevel::kDebug);
  EXPECT_EQ(parsed->log.format, LogSettings::Format::kJson);
  EXPECT_EQ(parsed->limits.max_inflight, 5);
}

TEST(Parse, EmptySectionsAndFilesKeepTheDefaults) {
  for (std::string_view text : {"", "# nothing\n", "providers:\nlimits:\nroutes: {}\n"}) {
    Result<Settings> parsed = ParseWith(text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->listen.ToString(), "127.0.0.1:8080");
    EXPECT_EQ(parsed->admin.listen.ToString(), "127.0.0.1:8081");
    EXPECT_EQ(parsed->limits.max_attempts, 4);
  }
}

TEST(Parse, AdminMayBeAnAddress) {
  EXPECT_EQ(ParseWith("admin: 127.0.0.1:9\n")->admin.listen.port, 9);
  EXPECT_EQ(ParseWith("admin: {listen: localhost:9}\n")->admin.listen.host, "127.0.0.1");
}

TEST(Parse, JsonIsYaml) {
  Result<Settings> parsed = ParseWith(R"({"workers": 3, "log": {"level": "warn"}})");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->workers, 3);
}

TEST(Parse, G17ReadsAHundredThousandModels) {
  std::string text = "models:\n";
  for (int i = 0; i < 100'000; ++i) {
    text +=
        fmt::format("  model-{}: {{provider: aiwave, price: {{input: 0.07, output: 0.14}}}}\n", i);
  }
  Result<Settings> parsed = ParseWith(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->models.size(), 100'000u);
}

TEST(Parse, G19WarnsOfSecretsInClearAndNamesTheVariable) {
  Result<Settings> parsed = ParseWith(
      "providers:\n  my-engine:\n    keys: [sk-clear-1234]\n    headers: {x-api-key: abcdef}\n"
      "admin: {key: clear-admin}\n");
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->warnings.size(), 3u);
  EXPECT_TRUE(parsed->warnings[0].starts_with("weir.yaml:3:12: providers.my-engine.keys: "));
  EXPECT_NE(parsed->warnings[0].find("\"${MY_ENGINE_API_KEY}\""), std::string::npos);
  EXPECT_NE(parsed->warnings[1].find("\"${MY_ENGINE_X_API_KEY}\""), std::string::npos);
  EXPECT_NE(parsed->warnings[2].find("\"${WEIR_ADMIN_KEY}\""), std::string::npos);
  for (const std::string& warning : parsed->warnings) {
    EXPECT_EQ(warning.find("clear-1234"), std::string::npos);
  }
}

TEST(Parse, G19IsSilentAboutVariables) {
  Result<Settings> parsed =
      ParseWith("providers: {a: {keys: [\"${K}\"], headers: {authorization: \"Bearer ${K}\"}}}\n",
                {{"K", "sk-1"}});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_TRUE(parsed->warnings.empty());
  EXPECT_EQ(parsed->providers[0].headers[0].second, "Bearer sk-1");
}

class File : public testing::Test {
 protected:
  File() {
    char name[] = "/tmp/weir-config-XXXXXX";
    folder_ = mkdtemp(name);
    path_ = folder_ + "/weir.yaml";
  }
  ~File() override { std::filesystem::remove_all(folder_); }
  void Write(std::string_view text, mode_t mode) const {
    std::ofstream(path_) << text;
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
  }
  std::string folder_;
  std::string path_;
};

TEST_F(File, G14WarnsOfAReadableFileWithASecretInClear) {
  Write("providers: {a: {keys: [sk-clear]}}\n", 0644);
  Result<Settings> parsed = ParseFile(path_, FakeEnvironment({}));
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->warnings.size(), 2u);
  EXPECT_TRUE(parsed->warnings[1].starts_with(path_ + ":1:24: everybody on this machine"));
}

TEST_F(File, G14IsSilentWithoutASecretOrOthersAccess) {
  Write("providers: {a: {keys: [sk-clear]}}\n", 0600);
  EXPECT_EQ(ParseFile(path_, FakeEnvironment({}))->warnings.size(), 1u);
  Write("providers: {a: {keys: [\"${K}\"]}}\n", 0644);
  EXPECT_TRUE(ParseFile(path_, FakeEnvironment({{"K", "k"}}))->warnings.empty());
}

TEST_F(File, MissingOrWrongFilesAreErrors) {
  EXPECT_NE(ParseFile(path_, FakeEnvironment({})).error().message.find("No such file"),
            std::string::npos);
  EXPECT_NE(ParseFile(folder_, FakeEnvironment({})).error().message.find("it is a folder"),
            std::string::npos);
  Write("", 0600);
  std::filesystem::resize_file(path_, (32u << 20) + 5);
  EXPECT_NE(ParseFile(path_, FakeEnvironment({})).error().message.find("larger than 32 MiB"),
            std::string::npos);
}

}  // namespace
}  // namespace weir::config
