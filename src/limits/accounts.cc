#include "limits/accounts.h"

#include <algorithm>

#include "limits/tab.h"

namespace weir::limits {
namespace {

constexpr std::string_view kEverybodyElse = "user:*";

}  // namespace

std::string AccountName(Owner owner, std::string_view name, std::string_view user) {
  constexpr std::string_view kPrefixes[] = {"key:", "team:", "user:", "quality:"};
  std::string text(kPrefixes[static_cast<size_t>(owner)]);
  text += name;
  if (owner == Owner::kUser) (text += '\x1f') += user;
  return text;
}

std::shared_ptr<Account> Accounts::Open(std::string_view name) {
  std::lock_guard lock(mutex_);
  if (const auto found = accounts_.find(name); found != accounts_.end()) return found->second;
  const bool user = name.starts_with(kEverybodyElse.substr(0, kEverybodyElse.size() - 1));
  if (user && accounts_.size() >= kMostAccounts) name = kEverybodyElse;
  std::shared_ptr<Account>& account = accounts_[std::string(name)];
  if (account == nullptr) account = std::make_shared<Account>();
  return account;
}

void Accounts::AddSpent(std::string_view name, std::span<const DaySpent> days) {
  const std::shared_ptr<Account> account = Open(name);
  std::lock_guard lock(mutex_);
  for (const auto& [day, amount] : days) account->AddSpent(day, amount);
}

Accounts::Figures Accounts::figures() const {
  std::lock_guard lock(mutex_);
  Figures figures;
  figures.accounts = accounts_.size();
  figures.waiting = waiting_;
  figures.overruns = overruns_;
  for (const auto& [name, account] : accounts_) {
    if (!name.starts_with("key:")) continue;
    figures.inflight += account->inflight;
    figures.reserved = AddSaturating(figures.reserved, account->reserved.all);
  }
  return figures;
}

Money Accounts::SpentIn(std::string_view name, config::Per per, WallMicros now) const {
  std::lock_guard lock(mutex_);
  const auto found = accounts_.find(name);
  return found == accounts_.end() ? Money{} : found->second->SpentIn(per, now);
}

// Who is the first of all accounts that it waits for is decided; behind one that still waits for an
// account nobody else gets of it.
std::vector<std::function<void()>> Accounts::Serve(std::span<const Party> parties) {
  std::vector<std::function<void()>> woken;
  std::vector<Account*> changed;
  const auto add = [&changed](std::span<const Party> touched) {
    for (const Party& party : touched) {
      if (!party.account->waiting.empty()) changed.push_back(party.account.get());
    }
  };
  add(parties);
  while (!changed.empty()) {
    Account& account = *changed.back();
    Tab* first = account.waiting.empty() ? nullptr : account.waiting.front();
    if (first == nullptr || !first->IsFirst() || !first->DecideWaiting()) {
      changed.pop_back();
      continue;
    }
    woken.push_back(first->LeaveQueues());
    add(first->parties_);
  }
  return woken;
}

}  // namespace weir::limits
