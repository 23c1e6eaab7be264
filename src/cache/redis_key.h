// Where Redis keeps an answer. The name begins with the version of its format, then come partition
// and route, hashed so that a purge finds the names by pattern, then SHA-256 of all of the request:
//   weir:answer:1:<16 hex, partition>:<16 hex, route>:<64 hex>
#pragma once

#include <string>

#include "cache/key.h"

namespace weir::cache {

struct RedisKey {
  Sha256Digest digest;
  std::string name;
};
RedisKey RedisKeyOf(const Key& key);

// For SCAN … MATCH: the names of all that the selection holds. It may hold others by a collision of
// 64 bits, which a purge may take away too.
std::string RedisPatternOf(const Selection& selection);

}  // namespace weir::cache
