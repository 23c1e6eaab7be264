#include "config/header_name.h"
#include "config/options.h"
#include "config/parse.h"

namespace weir::config {
namespace {

constexpr size_t kMaxProviders = 10'000;
constexpr size_t kMaxKeys = 1'000;
constexpr size_t kMaxHeaders = 50;
constexpr size_t kMaxSimulatedModels = 10'000;
constexpr std::string_view kSimulator = "simulator";

constexpr Option<ProviderSettings> kTimeoutOptions[] = {
    {"connect", "until the connection stands, TLS included; default 2s",
     Set<&Reader::Duration, &ProviderSettings::connect>},
    {"first_byte", "wait for a plain answer; default 10m",
     Set<&Reader::Duration, &ProviderSettings::first_byte>},
    {"first_token",
     "wait for a stream's first content; default 60s, reasoning models and local engines 5m",
     Set<&Reader::Duration, &ProviderSettings::first_token>},
    {"idle", "longest pause inside a stream; default 60s, reasoning models 5m",
     Set<&Reader::Duration, &ProviderSettings::idle>},
    {"total", "one attempt from start to end; default 10m",
     Set<&Reader::Duration, &ProviderSettings::total>},
};

constexpr Option<BreakerSettings> kBreakerOptions[] = {
    {"failures", "failures in a row that open the breaker; default 5",
     SetInteger<&BreakerSettings::failures, 1, 10'000>},
    {"cooldown", "time until one request tries again; default 30s",
     Set<&Reader::Duration, &BreakerSettings::cooldown>},
};

constexpr Option<SimulatedModelSettings> kSimulatedModelOptions[] = {
    {"latency", "time to this model's first token; default: the provider's",
     Set<&Reader::DurationOrZero, &SimulatedModelSettings::latency>},
    {"token_interval", "time between its stream's tokens; default: the provider's",
     Set<&Reader::DurationOrZero, &SimulatedModelSettings::token_interval>},
    {"failure_rate", "share of its requests answered 503; default: the provider's",
     Set<&Reader::Share, &SimulatedModelSettings::failure_rate>},
    {"output_tokens", "length of its answers; default: the provider's",
     SetInteger<&SimulatedModelSettings::output_tokens, 1, 1'000'000>},
    {"quality", "its chance of a right answer at medium difficulty; default: the provider's",
     Set<&Reader::Share, &SimulatedModelSettings::quality>},
};

Result<void> ReadSimulatedModels(Reader& reader, const Node& node, SimulatorSettings& simulator) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{glm-4-flash: {quality: 0.7}}"));
  if (node.keys.size() > kMaxSimulatedModels) {
    return reader.At(node.mark, "more than 10,000 models");
  }
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Name& name = node.keys[i];
    WEIR_CHECK_OK(reader.CheckName(name));
    Reader::Step step(reader, name.text);
    SimulatedModelSettings model;
    model.mark = name.mark;
    WEIR_CHECK_OK(
        ReadSection<SimulatedModelSettings>(reader, node.items[i], kSimulatedModelOptions, model));
    simulator.models.emplace(name.text, model);
  }
  return {};
}

constexpr Option<SimulatorSettings> kSimulatorOptions[] = {
    {"latency", "time to the first token; default 5ms",
     Set<&Reader::DurationOrZero, &SimulatorSettings::latency>},
    {"token_interval", "time between a stream's tokens; default 0",
     Set<&Reader::DurationOrZero, &SimulatorSettings::token_interval>},
    {"failure_rate", "share of requests answered 503; default 0",
     Set<&Reader::Share, &SimulatorSettings::failure_rate>},
    {"output_tokens", "length of an answer; default 60",
     SetInteger<&SimulatorSettings::output_tokens, 1, 1'000'000>},
    {"quality", "chance of a right answer at medium difficulty; default 0.9",
     Set<&Reader::Share, &SimulatorSettings::quality>},
    {"seed", "of its random numbers; default 1", Set<&Reader::Unsigned, &SimulatorSettings::seed>},
    {"models", "what differs for a model, by its name on the wire", ReadSimulatedModels},
};

constexpr Option<ProviderSettings> kTlsOptions[] = {
    {"ca_file", "PEM file of the authorities to trust instead of the system's",
     Set<&Reader::Text, &ProviderSettings::ca_file>},
};

Result<void> ReadTimeouts(Reader& reader, const Node& node, ProviderSettings& provider) {
  WEIR_CHECK_OK(ReadSection<ProviderSettings>(reader, node, kTimeoutOptions, provider));
  for (auto part : {&ProviderSettings::connect, &ProviderSettings::first_byte,
                    &ProviderSettings::first_token, &ProviderSettings::idle}) {
    if (provider.*part && provider.total && provider.*part > provider.total) {
      return reader.At(
          node.Find("total")->mark,
          fmt::format("total ({}) is shorter than another of these timeouts ({})",
                      FormatDuration(*provider.total), FormatDuration(*(provider.*part))));
    }
  }
  return {};
}

Result<void> ReadBaseUrl(Reader& reader, const Node& node, ProviderSettings& provider) {
  WEIR_TRY(provider.base_url, reader.UrlOf(node));
  provider.base_url_mark = node.mark;
  return {};
}

Result<void> ReadKeys(Reader& reader, const Node& node, ProviderSettings& provider) {
  WEIR_CHECK_OK(reader.ExpectList(node, "[\"${OPENAI_API_KEY}\"]"));
  if (node.items.size() > kMaxKeys) return reader.At(node.mark, "more than 1000 keys");
  std::vector<Secret> keys;
  for (const Node& item : node.items) {
    WEIR_TRY(Secret key, reader.SecretOf(item));
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
      return reader.At(item.mark, "this key stands here twice");
    }
    keys.push_back(std::move(key));
    reader.WarnAboutClearSecret(item, provider.name.text + "_API_KEY");
  }
  provider.keys = std::move(keys);
  return {};
}

bool HoldsSecret(std::string_view name) {
  std::string lower = AsciiLower(name);
  return lower.find("auth") != std::string::npos || lower.find("key") != std::string::npos ||
         lower.find("token") != std::string::npos || lower.find("cookie") != std::string::npos;
}

Result<void> ReadHeaders(Reader& reader, const Node& node, ProviderSettings& provider) {
  WEIR_CHECK_OK(reader.ExpectMap(node, "{x-team: core}"));
  if (node.keys.size() > kMaxHeaders) return reader.At(node.mark, "more than 50 headers");
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Name& name = node.keys[i];
    const Node& item = node.items[i];
    if (!IsHeaderName(name.text))
      return reader.At(name.mark, "a header's name must be an HTTP token");
    if (IsOwnHeader(name.text)) {
      return reader.At(name.mark, fmt::format("Weir sets `{}` itself", AsciiLower(name.text)));
    }
    WEIR_TRY(std::string value, reader.Text(item));
    auto bad = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; };
    if (std::any_of(value.begin(), value.end(), bad)) {
      return reader.At(item.mark, "a header's value must be one line without control characters");
    }
    if (HoldsSecret(name.text)) {
      reader.WarnAboutClearSecret(item, provider.name.text + "_" + name.text);
      Secret scrubbed(value);
    }
    provider.headers.emplace_back(name.text, std::move(value));
  }
  return {};
}

Result<void> ReadKeyHeader(Reader& reader, const Node& node, ProviderSettings& provider) {
  WEIR_TRY(provider.key_header, KeyHeaderOf(reader, node));
  return {};
}

Result<void> ReadTls(Reader& reader, const Node& node, ProviderSettings& provider) {
  return ReadSection<ProviderSettings>(reader, node, kTlsOptions, provider);
}

constexpr Option<ProviderSettings> kProviderOptions[] = {
    {"api", "wire dialect: openai or simulator; default: the catalog's",
     Set<&Reader::NameOf, &ProviderSettings::api>},
    {"base_url", "URL before /chat/completions; default: the catalog's", ReadBaseUrl},
    {"keys", "API keys, used in rotation; [] sends none; default: the catalog's variable",
     ReadKeys},
    {"key_header",
     "header that carries the bare key instead of `authorization: Bearer`; default: the catalog's",
     ReadKeyHeader},
    {"timeouts", "bounds of one attempt", ReadTimeouts},
    {"retries", "attempts on the same target beyond the first; default 1",
     SetInteger<&ProviderSettings::retries, 0, 10>},
    {"breaker", "when to stop asking a failing target",
     SetSection<&ProviderSettings::breaker, kBreakerOptions>},
    {"tls", "how the upstream's certificate is judged", ReadTls},
    {"headers", "further request headers, by name", ReadHeaders},
    {"allow_plaintext", "allow http:// to another machine; default false",
     Set<&Reader::Bool, &ProviderSettings::allow_plaintext>},
    {"allow_unknown",
     "forward `provider/anything`, unpriced; default false, true at a local engine of the catalog",
     Set<&Reader::Bool, &ProviderSettings::allow_unknown>},
    {"stream_options",
     "false: never send stream_options, for a service that refuses it; default: the catalog's",
     Set<&Reader::Bool, &ProviderSettings::stream_options>},
    {"simulator", "how api: simulator behaves",
     SetSection<&ProviderSettings::simulator, kSimulatorOptions>},
};

Result<void> CheckProvider(Reader& reader, const Node& node, const ProviderSettings& provider) {
  bool simulated = provider.api && provider.api->text == kSimulator;
  const Name* simulator = node.FindKey("simulator");
  if (simulator != nullptr && !simulated) {
    return reader.At(simulator->mark, "`simulator` belongs to `api: simulator` only");
  }
  for (std::string_view key :
       {"base_url", "keys", "key_header", "tls", "headers", "allow_plaintext", "stream_options"}) {
    const Name* found = node.FindKey(key);
    if (simulated && found != nullptr) {
      return reader.At(found->mark, fmt::format("the simulator has no `{}`: it calls no one", key));
    }
  }
  return {};
}

}  // namespace

Result<void> ReadProviders(Reader& reader, const Node& node, Settings& settings) {
  settings.providers_mark = node.mark;
  WEIR_CHECK_OK(reader.ExpectMap(node, "{openai: {keys: [\"${OPENAI_API_KEY}\"]}}"));
  if (node.keys.size() > kMaxProviders) return reader.At(node.mark, "more than 10,000 providers");
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Name& name = node.keys[i];
    WEIR_CHECK_OK(reader.CheckName(name));
    Reader::Step step(reader, name.text);
    if (name.text.find('/') != std::string::npos) {
      return reader.At(name.mark, "a provider's name has no `/`: models are `provider/name`");
    }
    ProviderSettings provider;
    provider.name = name;
    WEIR_CHECK_OK(ReadSection<ProviderSettings>(reader, node.items[i], kProviderOptions, provider));
    WEIR_CHECK_OK(CheckProvider(reader, node.items[i], provider));
    settings.providers.push_back(std::move(provider));
  }
  return {};
}

void AppendProviderDocs(std::vector<OptionDoc>* docs) {
  AppendDocs<ProviderSettings>("providers.NAME.", kProviderOptions, docs);
  AppendDocs<ProviderSettings>("providers.NAME.timeouts.", kTimeoutOptions, docs);
  AppendDocs<BreakerSettings>("providers.NAME.breaker.", kBreakerOptions, docs);
  AppendDocs<ProviderSettings>("providers.NAME.tls.", kTlsOptions, docs);
  AppendDocs<SimulatorSettings>("providers.NAME.simulator.", kSimulatorOptions, docs);
  AppendDocs<SimulatedModelSettings>("providers.NAME.simulator.models.NAME.",
                                     kSimulatedModelOptions, docs);
}

}  // namespace weir::config
