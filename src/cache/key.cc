#include "cache/key.h"

#include <sys/random.h>
#include <xxhash.h>

#include <system_error>

namespace weir::cache {
namespace {

constexpr char kVersion = 1;
constexpr size_t kKindAt = 1;
constexpr size_t kDigestAt = 2;
constexpr size_t kRouteAt = kDigestAt + sizeof(Sha256Digest) + 1;  // behind the endpoint

void AppendSize(std::string* out, size_t size) {
  const auto fixed = static_cast<uint64_t>(size);
  out->append(reinterpret_cast<const char*>(&fixed), sizeof(fixed));
}

size_t SizeAt(std::string_view bytes, size_t at) {
  uint64_t size = 0;
  std::memcpy(&size, bytes.data() + at, sizeof(size));
  return size;
}

void AppendSized(std::string* out, std::string_view text) {
  AppendSize(out, text.size());
  out->append(text);
}

}  // namespace

Partition PartitionOf(std::span<const std::string_view> credentials) {
  if (credentials.empty()) return {};
  const auto same = [&](std::string_view other) { return other == credentials.front(); };
  if (std::ranges::all_of(credentials, same)) {
    return {Partition::Kind::kKey, Sha256(credentials.front())};
  }
  std::string all;
  for (std::string_view credential : credentials) AppendSized(&all, credential);
  return {Partition::Kind::kSeveral, Sha256(all)};
}

bool Key::Is(const KeyView& view) const {
  if (hash != view.hash || bytes.size() != view.size()) return false;
  std::string_view rest = bytes;
  for (std::string_view piece : view.pieces) {
    if (!rest.starts_with(piece)) return false;
    rest.remove_prefix(piece.size());
  }
  return true;
}

Partition Key::partition() const {
  Partition partition{static_cast<Partition::Kind>(bytes[kKindAt]), {}};
  std::memcpy(partition.digest.data(), bytes.data() + kDigestAt, partition.digest.size());
  return partition;
}

std::string_view Key::route() const {
  return std::string_view(bytes).substr(kRouteAt + sizeof(uint64_t), SizeAt(bytes, kRouteAt));
}

std::shared_ptr<const Key> Keep(const KeyView& view) {
  auto key = std::make_shared<Key>();
  key->hash = view.hash;
  key->bytes.reserve(view.size());
  for (std::string_view piece : view.pieces) key->bytes += piece;
  return key;
}

KeyMaker::KeyMaker() {
  static_assert(sizeof(secret_) >= XXH3_SECRET_SIZE_MIN);
  const ssize_t got = getrandom(secret_.data(), secret_.size(), 0);
  if (got != static_cast<ssize_t>(secret_.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
}

KeyView KeyMaker::Make(const KeyParts& parts, std::string* frame) const {
  frame->assign(1, kVersion);
  *frame += static_cast<char>(parts.partition.kind);
  const Sha256Digest& digest = parts.partition.digest;
  frame->append(reinterpret_cast<const char*>(digest.data()), digest.size());
  *frame += parts.endpoint;
  AppendSized(frame, parts.route);
  AppendSized(frame, parts.query);
  AppendSized(frame, parts.headers);
  AppendSize(frame, parts.before_model.size());
  KeyView view{{}, {*frame, parts.before_model, parts.after_model}};
  // Of the pieces' hashes, so that no state is needed.
  std::array<XXH128_hash_t, 4> hashes{};
  for (size_t i = 0; i < view.pieces.size(); ++i) {
    hashes[i] = XXH3_128bits_withSecret(view.pieces[i].data(), view.pieces[i].size(),
                                        secret_.data(), secret_.size());
  }
  const XXH128_hash_t hash =
      XXH3_128bits_withSecret(hashes.data(), sizeof(hashes), secret_.data(), secret_.size());
  view.hash = {hash.low64, hash.high64};
  return view;
}

bool Selection::Holds(const Key& cached) const {
  if (route && cached.route() != *route) return false;
  return !key || cached.partition() == Partition{Partition::Kind::kKey, *key};
}

}  // namespace weir::cache
