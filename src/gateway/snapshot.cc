#include "gateway/snapshot.h"

#include <utility>

namespace weir::gateway {
namespace {

const provider::Dialect* DialectByName(std::span<const provider::Dialect* const> dialects,
                                       std::string_view name) {
  for (const provider::Dialect* dialect : dialects) {
    if (dialect->name == name) return dialect;
  }
  return nullptr;
}

std::shared_ptr<KeyPool> KeptKeys(const catalog::Provider& provider, const Snapshot* before) {
  if (before != nullptr) {
    for (const catalog::Provider& old : before->directory->providers()) {
      const std::shared_ptr<KeyPool>& pool = before->upstreams[old.id].keys;
      if (old.name == provider.name && pool->SameKeys(provider.keys)) return pool;
    }
  }
  return std::make_shared<KeyPool>(provider.keys);
}

std::shared_ptr<Breaker> KeptBreaker(const catalog::Model& model, const Snapshot* before) {
  if (before != nullptr) {
    catalog::ModelId old = before->directory->FindModel(model.name);
    if (old != catalog::kNoModel) return before->breakers[old];
  }
  return std::make_shared<Breaker>();
}

net::ServerLimits LimitsOf(const config::LimitSettings& settings) {
  net::ServerLimits limits;
  limits.head.max_head = static_cast<size_t>(settings.max_header);
  limits.max_body = static_cast<uint64_t>(settings.max_body);
  limits.read_timeout = settings.read_timeout;
  return limits;
}

std::string AuthorityOf(const config::Url& url) {
  const bool usual_port = url.port == (url.tls ? 443 : 80);
  const bool v6 = url.host.find(':') != std::string::npos;
  std::string authority = v6 ? fmt::format("[{}]", url.host) : url.host;
  if (!usual_port) authority += fmt::format(":{}", url.port);
  return authority;
}

}  // namespace

std::shared_ptr<const Snapshot> MakeSnapshot(config::Settings settings,
                                             std::shared_ptr<const route::Router> router,
                                             std::span<const provider::Dialect* const> dialects,
                                             const Snapshot* before,
                                             std::shared_ptr<const limits::KeyRing> keys) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->version = before == nullptr ? 1 : before->version + 1;
  snapshot->keys = keys ? std::move(keys) : std::make_shared<const limits::KeyRing>();
  snapshot->limits = LimitsOf(settings.limits);
  snapshot->settings = std::move(settings);
  snapshot->directory = std::shared_ptr<const catalog::Directory>(router, &router->directory());
  for (const catalog::Provider& provider : snapshot->directory->providers()) {
    const config::Url& url = provider.base_url;
    snapshot->upstreams.push_back({DialectByName(dialects, provider.api),
                                   {url.host, url.port, url.tls, provider.ca_file},
                                   AuthorityOf(url),
                                   KeptKeys(provider, before)});
  }
  for (const catalog::Model& model : snapshot->directory->models()) {
    snapshot->breakers.push_back(KeptBreaker(model, before));
  }
  snapshot->router = std::move(router);
  return snapshot;
}

bool SnapshotHealth::Usable(catalog::ModelId model) const {
  const catalog::ProviderId provider = snapshot_.directory->model(model).provider;
  return !snapshot_.breakers[model]->open(now_) &&
         snapshot_.upstreams[provider].keys->usable(now_) > 0;
}

}  // namespace weir::gateway
