// Purging the answer cache: what the admin plane does with the body of POST /api/cache/purge.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/server.h"

namespace weir::app {

// {"route"?: a route's name, "key_sha256"?: 64 hex digits of a client key's SHA-256}; empty takes
// everything. Answers {"purged": how many}. kBadRequest for another member, an unknown route or a
// hash that is none.
Result<std::string> PurgeCache(gateway::Server& server, std::string_view body);

}  // namespace weir::app
