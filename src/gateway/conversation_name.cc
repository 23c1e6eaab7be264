#include "gateway/conversation_name.h"

#define XXH_STATIC_LINKING_ONLY  // a state without memory of its own, secrets from a seed
#include <xxhash.h>

#include <algorithm>

#include "base/ids.h"
#include "base/strings.h"
#include "gateway/credentials.h"

namespace weir::gateway {
namespace {

constexpr std::string_view kSessionHeaders[] = {"x-claude-code-session-id", "session-id",
                                                "thread-id", "x-session-id", "x-session-affinity"};

// Framed, so that no two lists of texts are one text.
class Hash {
 public:
  explicit Hash(const std::array<uint8_t, 192>& secret) {
    XXH3_128bits_reset_withSecret(&state_, secret.data(), secret.size());
  }
  void Add(char kind, std::string_view text) {
    Number(kind, text.size());
    XXH3_128bits_update(&state_, text.data(), text.size());
  }
  void Number(char kind, uint64_t number) {
    std::array<char, 9> bytes{kind};
    std::memcpy(bytes.data() + 1, &number, sizeof(number));
    XXH3_128bits_update(&state_, bytes.data(), bytes.size());
  }
  ConversationId Id() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_);
    return {hash.low64, hash.high64};
  }

 private:
  XXH3_state_t state_;
};

bool AddHeaders(const http::HeaderList& headers, Hash* hash) {
  bool named = false;
  for (const http::Header& header : headers.all()) {
    if (const auto credential = CredentialOf(header)) hash->Add('c', *credential);
    const auto same = [&](std::string_view name) { return EqualsIgnoreCase(name, header.name); };
    const auto* found = std::ranges::find_if(kSessionHeaders, same);
    if (found == std::end(kSessionHeaders) || header.value.empty()) continue;
    hash->Add(static_cast<char>('0' + (found - std::begin(kSessionHeaders))), header.value);
    named = true;
  }
  return named;
}

}  // namespace

bool IsSessionHeader(std::string_view name) {
  const auto same = [&](std::string_view known) { return EqualsIgnoreCase(known, name); };
  return std::ranges::any_of(kSessionHeaders, same);
}

ConversationNamer::ConversationNamer() {
  const std::string seed = RandomHex(32);
  XXH3_generateSecret(secret_.data(), secret_.size(), seed.data(), seed.size());
}

ConversationNames ConversationNamer::NamesOf(const http::HeaderList& headers,
                                             const chat::Request& request,
                                             std::string_view route) const {
  Hash hash(secret_);
  hash.Add('r', route);
  bool session = AddHeaders(headers, &hash);
  if (!request.prompt_cache_key.empty()) {
    hash.Add('p', request.prompt_cache_key);
    session = true;
  }
  ConversationNames names;
  if (session) names.session = hash.Id();
  if (request.opening == 0) return names;
  hash.Number('o', request.opening);
  names.thread = hash.Id();
  return names;
}

}  // namespace weir::gateway
