// The accounts of one process: what keys, teams and users have spent, hold and may still use. They
// outlive reloads. One mutex: an operation is some hundred nanoseconds, and a request has two or
// three (docs/adr/0013-budgets.md).
//
// Money is reserved before an upstream is asked, at the most it can cost, and settled afterwards,
// so that no number of requests at one time goes over a budget. A reservation that only others'
// reservations keep out waits its turn: they return what they did not need.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/strings.h"
#include "limits/account.h"

namespace weir::limits {

class Tab;
struct Party;

inline constexpr size_t kMostAccounts = 500'000;  // further users of a key share one
inline constexpr size_t kMostWaiting = 10'000;
inline constexpr size_t kMostWaitingEach = 2'500;  // of one account

class Accounts {
 public:
  // Made at its first use; by the names of AccountName().
  std::shared_ptr<Account> Open(std::string_view name);
  // What the ledger has of former days.
  void AddSpent(std::string_view name, std::span<const DaySpent> days);

  struct Figures {
    size_t accounts = 0, waiting = 0;
    int64_t inflight = 0;
    NanoUsd reserved;       // of all keys; 0 when nothing is in flight
    uint64_t overruns = 0;  // settled at more than was reserved
  };
  Figures figures() const;
  // Of one account, for lists of keys.
  Money SpentIn(std::string_view name, config::Per per, WallMicros now) const;

 private:
  friend class Tab;
  // Those who wait for these accounts' money. Whom to wake, when the mutex is free again.
  std::vector<std::function<void()>> Serve(std::span<const Party> parties);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Account>, StringHash, std::equal_to<>> accounts_;
  size_t waiting_ = 0;
  uint64_t overruns_ = 0;
};

enum class Owner : uint8_t { kKey, kTeam, kUser, kJudge };
// "key:NAME"; of a user "user:KEY\x1fUSER", as no name has such a character. As the ledger's books
// name them.
std::string AccountName(Owner owner, std::string_view name, std::string_view user = {});

}  // namespace weir::limits
