#include "limits/key_ring.h"

#include <algorithm>
#include <cstring>

namespace weir::limits {

namespace {

bool IsOver(const Terms& terms, WallMicros now) {
  return terms.expires && *terms.expires <= now;
}

template <class Id>
bool Lists(const std::optional<std::vector<Id>>& ids, Id id) {
  return !ids || std::ranges::find(*ids, id) != ids->end();
}

Party PartyOf(std::shared_ptr<Account> account, const Terms& terms) {
  return {std::move(account), &terms.caps, terms.rpm, terms.tpm, terms.max_inflight};
}

}  // namespace

bool Key::expired(WallMicros now) const {
  return IsOver(terms, now) || (team_terms != nullptr && IsOver(*team_terms, now));
}

bool Key::MayAsk(const catalog::Route& route) const {
  return Lists(terms.routes, route.id) &&
         (team_terms == nullptr || Lists(team_terms->routes, route.id));
}

bool Key::MayPin(catalog::ModelId model) const {
  return Lists(terms.models, model) && (team_terms == nullptr || Lists(team_terms->models, model));
}

std::vector<Party> Key::PartiesIn(Accounts& accounts, std::string_view user) const {
  std::vector<Party> parties;
  parties.reserve(3);
  parties.push_back(PartyOf(accounts.Open(AccountName(Owner::kKey, name)), terms));
  if (team_terms != nullptr) {
    parties.push_back(PartyOf(accounts.Open(AccountName(Owner::kTeam, team)), *team_terms));
  }
  if (counts_users()) {
    parties.push_back(
        {accounts.Open(AccountName(Owner::kUser, name, user)), &terms.user_caps, 0, 0, 0});
  }
  return parties;
}

size_t KeyRing::DigestHash::operator()(const Sha256Digest& digest) const {
  size_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof(hash));
  return hash;
}

const Key* KeyRing::Find(std::string_view credential) const {
  if (credential.empty()) return nullptr;
  const auto found = by_digest_.find(Sha256(credential));
  return found == by_digest_.end() ? nullptr : &keys_[found->second];
}

std::vector<std::string> KeyRing::teams() const {
  std::vector<std::string> names;
  for (const auto& [name, terms] : teams_) names.push_back(name);
  std::ranges::sort(names);
  return names;
}

bool KeyRing::IsStrong(catalog::ModelId model) const {
  return model < strong_.size() && strong_[model];
}

}  // namespace weir::limits
