// An answer as bytes, for a store outside this process: a version, a checksum, the key that it
// belongs to, its lifetime, and the answer. Whatever the bytes are, reading them is safe.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/hash.h"
#include "cache/answer.h"

namespace weir::cache {

struct StoredAnswer {
  AnswerPtr answer;
  WallMicros written = 0;  // by the writer's clock
  std::chrono::milliseconds ttl{0};
  WallMicros expires() const;
  // Until it expires, and never more than the ttl, whatever the clocks of two machines say.
  std::chrono::milliseconds left(WallMicros now) const;
};

// `key` is the SHA-256 of the request's bytes.
std::string EncodeAnswer(const Sha256Digest& key, const StoredAnswer& stored);

enum class Decoded : uint8_t {
  kGood,
  kVersion,   // of another version, or no stored answer at all
  kDamaged,   // cut, or changed
  kOtherKey,  // whole, but not the answer to this request
};
// `stored` is set when it is good.
Decoded DecodeAnswer(std::string_view bytes, const Sha256Digest& key, StoredAnswer* stored);

}  // namespace weir::cache
