// What makes two requests the same request. The key is the request itself: its bytes, framed so
// that no two requests have the same ones. A 128-bit hash finds an entry, the bytes confirm it, so
// that not even a collision could hand an answer from one tenant to another
// (docs/adr/0006-answer-cache.md).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "chat/request.h"

namespace weir::cache {

// Whose answers a request may get.
struct Partition {
  enum class Kind : uint8_t {
    kAll = 'a',        // of everyone who asks the route
    kAnonymous = 'n',  // of everyone without a credential
    kKey = 'k',        // of one client key: the digest is its SHA-256
    kSeveral = 's',    // of one combination of credentials
  };
  Kind kind = Kind::kAnonymous;
  Sha256Digest digest{};
  bool operator==(const Partition&) const = default;
};
// `credentials` in the order in which they were presented; one given twice counts once.
Partition PartitionOf(std::span<const std::string_view> credentials);

// Everything that can change the answer; views.
struct KeyParts {
  Partition partition;
  char endpoint = 0;
  std::string_view route;
  std::string_view query;    // what goes on to the upstream
  std::string_view headers;  // those that go on and change what is answered, as ready lines
  // The body, which is compared by what it says: the top-level members but `model`, for which the
  // route stands, in the order of their names, without the white space around and inside them.
  // Nothing else is left out.
  std::string_view body;
  std::span<const chat::Member> members;
};

struct Hash128 {
  uint64_t low = 0, high = 0;
  bool operator==(const Hash128&) const = default;
};

// A request's key while the request is at hand; points into the maker's scratch, or a kept key.
struct KeyView {
  Hash128 hash;
  std::string_view bytes;
};

// A key that outlives its request. Immutable.
struct Key {
  Hash128 hash;
  std::string bytes;

  bool Is(const KeyView& view) const { return hash == view.hash && bytes == view.bytes; }
  KeyView view() const { return {hash, bytes}; }
  Partition partition() const;
  std::string_view route() const;
};
std::shared_ptr<const Key> Keep(const KeyView& view);

// Hashes with a secret of this process, so that nobody outside can aim at a bucket. One a process;
// any thread.
class KeyMaker {
 public:
  KeyMaker();
  // `scratch` is overwritten and holds the bytes: as long-lived as the view. It only grows, so that
  // it need not be zeroed for each request.
  KeyView Make(const KeyParts& parts, std::string* scratch) const;

 private:
  std::array<uint8_t, 192> secret_;
};

// What a purge takes away; an empty one takes everything.
struct Selection {
  std::optional<std::string> route;
  std::optional<Sha256Digest> key;  // of Partition::Kind::kKey
  bool Holds(const Key& cached) const;
};

}  // namespace weir::cache
