#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "catalog/builder.h"

namespace weir::catalog {
namespace {

// Dialects of the plan: they are refused by name until their row is wired.
constexpr std::array<std::string_view, 4> kPlannedDialects = {"anthropic", "gemini", "azure",
                                                              "bedrock"};

bool Contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A local engine loads a model when it is first asked for.
constexpr config::milliseconds kLoadingFirstToken{300'000};

config::Timeouts MakeTimeouts(const config::ProviderSettings& settings, bool local) {
  config::Timeouts timeouts;
  if (local) timeouts.first_token = kLoadingFirstToken;
  timeouts.connect = settings.connect.value_or(timeouts.connect);
  timeouts.first_byte = settings.first_byte.value_or(timeouts.first_byte);
  timeouts.first_token = settings.first_token.value_or(timeouts.first_token);
  timeouts.idle = settings.idle.value_or(timeouts.idle);
  timeouts.total = settings.total.value_or(timeouts.total);
  return timeouts;
}

}  // namespace

Result<std::string> DirectoryBuilder::DialectOf(const config::ProviderSettings& settings,
                                                const Vendor* vendor) const {
  if (!settings.api && vendor == nullptr) {
    std::vector<std::string_view> vendors;
    for (const Vendor& known : from_.catalog.vendors) vendors.push_back(known.name);
    return At(settings.name.mark,
              fmt::format("provider `{}` is not in the catalog{}; it needs `api` and `base_url`",
                          settings.name.text,
                          Suggestion(DidYouMean(settings.name.text, vendors), " (", ")")));
  }
  config::Name api = settings.api ? *settings.api : config::Name{vendor->api, settings.name.mark};
  if (Contains(from_.dialects, api.text)) return api.text;
  std::string built = fmt::format("built are {}", fmt::join(from_.dialects, ", "));
  if (Contains(kPlannedDialects, api.text)) {
    return At(api.mark, fmt::format("api `{}` is not built yet; {}", api.text, built));
  }
  std::vector<std::string_view> later;
  for (std::string_view planned : kPlannedDialects) {
    if (!Contains(from_.dialects, planned)) later.push_back(planned);
  }
  return At(api.mark, fmt::format("unknown api `{}`{}; {}, later {}", api.text,
                                  Suggestion(DidYouMean(api.text, from_.dialects), " (", ")"),
                                  built, fmt::join(later, ", ")));
}

Result<void> DirectoryBuilder::FillUpstream(const config::ProviderSettings& settings,
                                            const Vendor* vendor, Provider* provider) const {
  if (!settings.base_url && vendor == nullptr) {
    return At(settings.name.mark,
              fmt::format("provider `{}` is not in the catalog; it needs `base_url`",
                          settings.name.text));
  }
  if (!settings.base_url && vendor->base_url.host.empty()) {
    return At(settings.name.mark, fmt::format("provider `{}` needs `base_url`, of the form {}",
                                              settings.name.text, vendor->base_url_form));
  }
  provider->base_url = settings.base_url ? *settings.base_url : vendor->base_url;
  if (provider->base_url.tls || provider->base_url.IsLoopback() || settings.allow_plaintext)
    return {};
  return At(
      settings.base_url ? settings.base_url_mark : settings.name.mark,
      fmt::format("{} would send prompts and keys over the network unencrypted: use https://, or "
                  "say `allow_plaintext: true`",
                  provider->base_url.ToString()));
}

Result<void> DirectoryBuilder::FillKeys(const config::ProviderSettings& settings,
                                        const Vendor* vendor, Provider* provider) const {
  if (vendor != nullptr) provider->key_env = vendor->key_env;
  if (settings.keys) {
    provider->keys = *settings.keys;
    return {};
  }
  if (vendor == nullptr || vendor->local) return {};
  std::optional<std::string> key = from_.env(vendor->key_env);
  provider->key_missing = !key || key->empty();
  if (provider->key_missing) return {};
  auto visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!std::all_of(key->begin(), key->end(), visible)) {
    return At(
        settings.name.mark,
        fmt::format("the environment variable {} holds a blank, a line break or a letter beyond "
                    "ASCII: that is no key",
                    vendor->key_env));
  }
  provider->keys.emplace_back(*std::move(key));
  return {};
}

// Of how the upstream is spoken to, what neither the config nor the vendor says is the default.
void DirectoryBuilder::FillManner(const config::ProviderSettings& settings, const Vendor* vendor,
                                  Provider* provider) {
  const Vendor unknown;
  const Vendor& known = vendor == nullptr ? unknown : *vendor;
  const std::string& header = settings.key_header.empty() ? known.key_header : settings.key_header;
  if (!header.empty()) provider->key_header = header;
  provider->stream_options = settings.stream_options.value_or(known.stream_options);
  provider->allow_unknown = settings.allow_unknown.value_or(known.local);
  if (known.local) provider->prices = Prices{Rates(), "self-hosted", ""};
}

Result<Provider> DirectoryBuilder::MakeProvider(const config::ProviderSettings& settings) const {
  const Vendor* vendor = from_.catalog.FindVendor(settings.name.text);
  Provider provider;
  provider.name = settings.name.text;
  WEIR_TRY(provider.api, DialectOf(settings, vendor));
  if (provider.api != kSimulatorDialect) {
    WEIR_CHECK_OK(FillUpstream(settings, vendor, &provider));
    WEIR_CHECK_OK(FillKeys(settings, vendor, &provider));
  }
  const Vendor* spoken_to = provider.api == kSimulatorDialect ? nullptr : vendor;
  FillManner(settings, spoken_to, &provider);
  provider.timeouts = MakeTimeouts(settings, spoken_to != nullptr && spoken_to->local);
  provider.retries = settings.retries;
  provider.breaker = settings.breaker;
  provider.ca_file = settings.ca_file;
  provider.headers = settings.headers;
  provider.simulator = settings.simulator;
  return provider;
}

// llama.cpp listens where Weir does, unless one of them is told otherwise.
void DirectoryBuilder::WarnAboutOwnAddress(const config::ProviderSettings& settings,
                                           const Provider& provider) {
  const config::HostPort& own = from_.settings.listen;
  if (!provider.base_url.IsLoopback() || provider.base_url.port != own.port) return;
  made_.warnings_.push_back(
      At(settings.base_url ? settings.base_url_mark : settings.name.mark,
         fmt::format("{} is the address that Weir itself listens on: give `listen` another port, "
                     "or the engine, in `base_url` too",
                     provider.base_url.ToString()))
          .message);
}

Result<void> DirectoryBuilder::AddProviders() {
  if (from_.settings.providers.empty()) {
    return At(from_.settings.providers_mark,
              "no provider is configured: `providers` needs at least one, such as "
              "`openai: {keys: [\"${OPENAI_API_KEY}\"]}`");
  }
  for (const config::ProviderSettings& settings : from_.settings.providers) {
    WEIR_TRY(Provider provider, MakeProvider(settings));
    provider.id = static_cast<ProviderId>(made_.providers_.size());
    WarnAboutOwnAddress(settings, provider);
    provider_ids_.emplace(provider.name, provider.id);
    made_.providers_.push_back(std::move(provider));
  }
  return {};
}

}  // namespace weir::catalog
