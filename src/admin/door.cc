#include "admin/door.h"

#include "base/strings.h"
#include "net/origin_guard.h"

namespace weir::admin {
namespace {

constexpr std::string_view kScheme = "Bearer ";

// Empty unless exactly one header carries a key: two are one too many to tell which was meant.
std::string_view KeyOf(const http::RequestHead& head) {
  auto bearer = head.headers.Find("authorization");
  auto plain = head.headers.Find("x-api-key");
  if (head.headers.Count("authorization") + head.headers.Count("x-api-key") != 1) return {};
  if (plain) return *plain;
  if (!StartsWithIgnoreCase(*bearer, kScheme)) return {};
  return Trim(bearer->substr(kScheme.size()));
}

std::string_view Bytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Door::Door(const Secret& key, std::string listen_host)
    : key_(Sha256(key.Reveal())), closed_(key.empty()), listen_host_(std::move(listen_host)) {}

bool Door::Fits(std::string_view key) const {
  Sha256Digest digest = Sha256(key);
  return ConstantTimeEqual(Bytes(digest), Bytes(key_)) && !closed_;
}

Result<void> Door::Enter(const http::RequestHead& head) const {
  WEIR_CHECK_OK(net::CheckSameOrigin(head, listen_host_));
  if (Fits(KeyOf(head))) return {};
  return MakeError(
      Reason::kUnauthorized,
      "the admin plane wants its key as `Authorization: Bearer KEY` or `x-api-key: KEY`, "
      "once; without `admin.key` in the config it stands in data_dir/admin.key");
}

}  // namespace weir::admin
