#include "cache/key.h"

#include <sys/random.h>
#include <xxhash.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "json/minify.h"
#include "json/token.h"

namespace weir::cache {
namespace {

constexpr char kVersion = 1;
constexpr size_t kKindAt = 1;
constexpr size_t kDigestAt = 2;
constexpr size_t kRouteAt = kDigestAt + sizeof(Sha256Digest) + 1;  // behind the endpoint

size_t SizeAt(std::string_view bytes, size_t at) {
  uint64_t size = 0;
  std::memcpy(&size, bytes.data() + at, sizeof(size));
  return size;
}

// Writes behind what it has written; whoever made it has seen to the room.
class Cursor {
 public:
  explicit Cursor(char* begin) : at_(begin) {}

  void Byte(char byte) { *at_++ = byte; }
  void Bytes(std::string_view bytes) { at_ += bytes.copy(at_, bytes.size()); }
  void Sized(std::string_view text) {
    const auto size = static_cast<uint64_t>(text.size());
    Bytes({reinterpret_cast<const char*>(&size), sizeof(size)});
    Bytes(text);
  }
  void Minified(std::string_view json) { at_ += json::Minify(json, at_); }
  char* at() const { return at_; }

 private:
  char* at_;
};

size_t RoomFor(const KeyParts& parts) {
  constexpr size_t kFixed = kRouteAt + 3 * sizeof(uint64_t);
  // A member of the canonical body is no longer than it was: its quotes, colon and comma stay.
  return kFixed + parts.route.size() + parts.query.size() + parts.headers.size() +
         parts.body.size() + json::kPadding;
}

bool IsModel(std::string_view body, const chat::Member& member) {
  // A name with escapes may mean "model" too: then the route stands for it as well.
  const std::string_view name = member.name.of(body);
  if (name == "model") return true;
  json::StringToken token;
  if (name.find('\\') == name.npos || !json::MeasureString(name, &token)) return false;
  return token.bytes == 5 && json::Unescaped(token) == "model";
}

void WriteBody(const KeyParts& parts, Cursor* out) {
  constexpr size_t kUsualMembers = 32;
  std::array<const chat::Member*, kUsualMembers> usual;
  std::vector<const chat::Member*> many;
  std::span<const chat::Member*> order(usual.data(), std::min(parts.members.size(), kUsualMembers));
  if (parts.members.size() > kUsualMembers) {
    many.resize(parts.members.size());
    order = many;
  }
  for (size_t i = 0; i < order.size(); ++i) order[i] = &parts.members[i];
  const auto name = [&](const chat::Member* member) { return member->name.of(parts.body); };
  // As they came where names are equal; a stable sort would ask for memory.
  std::ranges::sort(order, [&](const chat::Member* a, const chat::Member* b) {
    const auto by_name = name(a) <=> name(b);
    return by_name != 0 ? by_name < 0 : a < b;
  });
  for (const chat::Member* member : order) {
    if (IsModel(parts.body, *member)) continue;
    out->Byte('"');
    out->Bytes(name(member));
    out->Bytes("\":");
    out->Minified(member->value.of(parts.body));
    out->Byte(',');
  }
}

}  // namespace

Partition PartitionOf(std::span<const std::string_view> credentials) {
  if (credentials.empty()) return {};
  const auto same = [&](std::string_view other) { return other == credentials.front(); };
  if (std::ranges::all_of(credentials, same)) {
    return {Partition::Kind::kKey, Sha256(credentials.front())};
  }
  std::string all;
  for (std::string_view credential : credentials) {
    all += fmt::format("{}:", credential.size());
    all += credential;
  }
  return {Partition::Kind::kSeveral, Sha256(all)};
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
  return std::make_shared<const Key>(Key{view.hash, std::string(view.bytes)});
}

KeyMaker::KeyMaker() {
  static_assert(sizeof(secret_) >= XXH3_SECRET_SIZE_MIN);
  const ssize_t got = getrandom(secret_.data(), secret_.size(), 0);
  if (got != static_cast<ssize_t>(secret_.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
}

KeyView KeyMaker::Make(const KeyParts& parts, std::string* scratch) const {
  const size_t room = RoomFor(parts);
  if (scratch->size() < room) scratch->resize(room);
  Cursor out(scratch->data());
  out.Byte(kVersion);
  out.Byte(static_cast<char>(parts.partition.kind));
  const Sha256Digest& digest = parts.partition.digest;
  out.Bytes({reinterpret_cast<const char*>(digest.data()), digest.size()});
  out.Byte(parts.endpoint);
  out.Sized(parts.route);
  out.Sized(parts.query);
  out.Sized(parts.headers);
  WriteBody(parts, &out);
  const std::string_view bytes(scratch->data(), out.at());
  const XXH128_hash_t hash =
      XXH3_128bits_withSecret(bytes.data(), bytes.size(), secret_.data(), secret_.size());
  return {{hash.low64, hash.high64}, bytes};
}

bool Selection::Holds(const Key& cached) const {
  if (route && cached.route() != *route) return false;
  return !key || cached.partition() == Partition{Partition::Kind::kKey, *key};
}

}  // namespace weir::cache
