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
  figures.waiting = waiting_.size();
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

// In the order of their coming; behind one that still waits for an account nobody else gets of it.
std::vector<std::function<void()>> Accounts::Serve() {
  std::vector<std::function<void()>> woken;
  std::vector<const Account*> held;
  for (auto waiter = waiting_.begin(); waiter != waiting_.end();) {
    Tab& tab = *waiter->tab;
    const bool behind = std::ranges::any_of(tab.parties_, [&](const Party& party) {
      return std::ranges::find(held, party.account.get()) != held.end();
    });
    if (behind || !tab.Decide(waiter->amount, waiter->now)) {
      for (const Party& party : tab.parties_) held.push_back(party.account.get());
      ++waiter;
      continue;
    }
    woken.push_back(std::move(waiter->wake));
    waiter = waiting_.erase(waiter);
  }
  return woken;
}

}  // namespace weir::limits
