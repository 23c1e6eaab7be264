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
};
// `route` may be null: a pinned model has no cache. `Cache-Control: no-store` keeps a request out
// of the cache wholly, `no-cache` and `max-age=0` ask for a fresh answer.
CacheTerms TermsOf(const chat::Request& request, const catalog::Route* route,
                   const http::RequestHead& head);

// `body` as it was parsed into `request`; `query` is what goes on to the upstream. The view lives
// in `scratch` (cache::KeyMaker::Make).
cache::KeyView CacheKeyOf(const cache::KeyMaker& keys, const chat::Request& request,
                          const catalog::Route& route, const http::RequestHead& head,
                          std::string_view query, std::string_view body, std::string* scratch);

}  // namespace weir::gateway
