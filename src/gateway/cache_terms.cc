#include "gateway/cache_terms.h"

#include "base/strings.h"
#include "cache/idempotency.h"
#include "gateway/credentials.h"
#include "http/write.h"

namespace weir::gateway {
namespace {

using config::CacheSettings;

struct Directives {
  bool no_store = false, no_cache = false;
};

Directives DirectivesOf(const http::HeaderList& headers) {
  Directives found;
  for (const http::Header& header : headers.all()) {
    if (!EqualsIgnoreCase(header.name, "cache-control")) continue;
    for (std::string_view part : Split(header.value, ',')) {
      const std::string_view directive = Trim(part);
      if (EqualsIgnoreCase(directive, "no-store")) found.no_store = true;
      if (EqualsIgnoreCase(directive, "no-cache") || EqualsIgnoreCase(directive, "max-age=0")) {
        found.no_cache = true;
      }
    }
  }
  return found;
}

// Whatever a client shows to say who it is, in the order in which it shows it.
cache::Partition PartitionOf(const http::HeaderList& headers) {
  ShelvedVector<std::string_view> credentials;
  for (const http::Header& header : headers.all()) {
    if (const auto credential = CredentialOf(header)) credentials.push_back(*credential);
  }
  return cache::PartitionOf(credentials);
}

// Of the headers that go on to the upstream, those of the wire dialects: they may change what it
// answers (beta features, versions, projects). The others say who asks with what program.
std::string AnsweringHeaders(const http::HeaderList& headers) {
  std::string lines;
  for (const http::Header& header : headers.all()) {
    const bool dialect = StartsWithIgnoreCase(header.name, "openai-") ||
                         StartsWithIgnoreCase(header.name, "anthropic-");
    if (!dialect || !http::MayForwardToUpstream(header.name)) continue;
    http::HeadWriter(&lines).Field(AsciiLower(header.name), header.value);
  }
  return lines;
}

constexpr size_t kMaxIdempotencyBytes = 255;
// The answer to a request that may be sent again by a client that does not know whether it arrived.
constexpr CacheSettings kIdempotent{CacheSettings::Mode::kExact, cache::kIdempotencyLife,
                                    CacheSettings::Scope::kKey, true, CacheSettings::Replay::kFast};

}  // namespace

cache::KeyView IdempotencyNameOf(const cache::KeyMaker& keys, const http::RequestHead& head,
                                 std::string_view key, std::string* scratch) {
  constexpr char kNoEndpoint = 'i';
  cache::KeyParts parts;
  parts.partition = PartitionOf(head.headers);
  parts.endpoint = kNoEndpoint;
  parts.headers = key;
  return keys.Make(parts, scratch);
}

Result<CacheTerms> TermsOf(const chat::Request& request, const catalog::Route* route,
                           const http::RequestHead& head) {
  CacheTerms terms;
  if (const auto key = head.headers.Find("idempotency-key")) {
    if (key->empty() || key->size() > kMaxIdempotencyBytes) {
      return MakeError(
          Reason::kBadRequest,
          fmt::format("idempotency-key: expected 1 to {} characters", kMaxIdempotencyBytes),
          "idempotency-key");
    }
    terms.use = true;
    terms.idempotency = *key;
    terms.settings = &kIdempotent;
    return terms;
  }
  if (route == nullptr || route->cache.mode == CacheSettings::Mode::kOff) return terms;
  if (request.temperature.value_or(0) > 0 && !route->cache.sampled) return terms;
  terms.settings = &route->cache;
  const Directives said = DirectivesOf(head.headers);
  terms.use = !said.no_store;
  terms.fresh = said.no_cache;
  return terms;
}

cache::KeyView CacheKeyOf(const cache::KeyMaker& keys, const chat::Request& request,
                          std::string_view named, const CacheTerms& terms,
                          const http::RequestHead& head, std::string_view query,
                          std::string_view body, std::string* scratch) {
  cache::KeyParts parts;
  parts.partition.kind = cache::Partition::Kind::kAll;
  if (terms.settings->scope == CacheSettings::Scope::kKey) {
    parts.partition = PartitionOf(head.headers);
  }
  parts.endpoint = static_cast<char>('a' + static_cast<int>(request.endpoint));
  parts.route = named;
  parts.query = query;
  std::string headers = AnsweringHeaders(head.headers);
  if (!terms.idempotency.empty()) {
    http::HeadWriter(&headers).Field("idempotency-key", terms.idempotency);
  }
  parts.headers = headers;
  parts.body = body;
  parts.members = request.members;
  return keys.Make(parts, scratch);
}

}  // namespace weir::gateway
