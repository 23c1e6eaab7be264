// Who may ask for what: the keys of the config and of data_dir/keys.json, resolved. Immutable.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "catalog/directory.h"
#include "config/settings.h"
#include "limits/tab.h"

namespace weir::limits {

// Of a key or a team; what has no value does not limit.
struct Terms {
  std::optional<std::vector<catalog::RouteId>> routes;
  std::optional<std::vector<catalog::ModelId>> models;
  bool allow_override = false;
  bool sample = true;
  bool bodies = true;
  bool refuse_strong = false;  // when the cap on strong models is reached; else weaker ones answer
  int64_t rpm = 0, tpm = 0, max_inflight = 0;
  Caps caps;
  Caps user_caps;
  std::optional<WallMicros> expires;
};

struct Key {
  std::string name;
  std::string shown;  // its first characters, or empty
  std::string team;   // or empty
  Sha256Digest digest{};
  bool stored = false;  // in keys.json: may be revoked by command
  Terms terms;
  const Terms* team_terms = nullptr;

  bool may_override() const {
    return terms.allow_override && (team_terms == nullptr || team_terms->allow_override);
  }
  bool may_be_sampled() const {
    return terms.sample && (team_terms == nullptr || team_terms->sample);
  }
  bool may_keep_bodies() const {
    return terms.bodies && (team_terms == nullptr || team_terms->bodies);
  }
  bool refuses_strong() const {
    return terms.refuse_strong || (team_terms != nullptr && team_terms->refuse_strong);
  }
  bool expired(WallMicros now) const;
  bool MayAsk(const catalog::Route& route) const;
  bool MayPin(catalog::ModelId model) const;
  // The key's account, its team's, and that of `user` where the key has budgets for each.
  std::vector<Party> PartiesIn(Accounts& accounts, std::string_view user) const;
  bool counts_users() const { return terms.user_caps.money(); }
};

// What `weir keys` has made.
struct StoredKeys {
  std::string file;  // for messages
  std::vector<config::KeySettings> keys;
  bool ever = false;  // a key has existed once, so that none left means closed
};

class KeyRing {
 public:
  // Errors are kConfig with file:line:col: a name or digest twice, a team, route or model that is
  // not there. Of stored keys the latter are only warned about, and do not widen anything.
  static Result<std::shared_ptr<const KeyRing>> Make(const config::Settings& settings,
                                                     const StoredKeys& stored,
                                                     const catalog::Directory& directory);

  // True: no key was ever made, everybody who reaches the port may ask.
  bool open() const { return open_; }
  // nullptr: unknown. Compares digests only.
  const Key* Find(std::string_view credential) const;
  std::span<const Key> keys() const { return keys_; }
  std::vector<std::string> teams() const;  // by name
  const Terms& team(const std::string& name) const { return teams_.at(name); }
  const std::vector<std::string>& warnings() const { return warnings_; }
  // The dearest tier and the baseline of some route.
  bool IsStrong(catalog::ModelId model) const;

 private:
  friend class KeyRingBuilder;
  struct DigestHash {
    size_t operator()(const Sha256Digest& digest) const;
  };
  bool open_ = true;
  std::vector<Key> keys_;
  std::unordered_map<std::string, Terms, StringHash, std::equal_to<>> teams_;
  std::unordered_map<Sha256Digest, size_t, DigestHash> by_digest_;
  std::vector<bool> strong_;
  std::vector<std::string> warnings_;
};

}  // namespace weir::limits
