// What a request says about the answer cache, and what it is compared by there.
#pragma once

#include <string>
#include <string_view>

#include "cache/key.h"
#include "catalog/directory.h"
#include "chat/request.h"
#include "http/head.h"

namespace weir::gateway {

struct CacheTerms {
  bool use = false;    // the route caches, and the request does not forbid it
  bool fresh = false;  // no-cache: not from the cache, but into it
  // The client's idempotency-key: the request is answered once, whatever the route caches. A view
  // into the head.
  std::string_view idempotency;
  const config::CacheSettings* settings = nullptr;  // that apply, where `use`
};
// `route` is null for a pinned model, which has no cache. `Cache-Control: no-store` keeps a request
// out of the cache wholly, `no-cache` and `max-age=0` ask for a fresh answer; neither means
// anything beside an idempotency-key. kBadRequest: that one is no key.
Result<CacheTerms> TermsOf(const chat::Request& request, const catalog::Route* route,
                           const http::RequestHead& head);

// The first of these two is the client and its idempotency key alone.
cache::KeyView IdempotencyNameOf(const cache::KeyMaker& keys, const http::RequestHead& head,
                                 std::string_view key, std::string* scratch);

// `named` is the route or pinned model, `body` as it was parsed into `request`; `query` is what
// goes on to the upstream. The view lives
// in `scratch` (cache::KeyMaker::Make).
cache::KeyView CacheKeyOf(const cache::KeyMaker& keys, const chat::Request& request,
                          std::string_view named, const CacheTerms& terms,
                          const http::RequestHead& head, std::string_view query,
                          std::string_view body, std::string* scratch);

}  // namespace weir::gateway
