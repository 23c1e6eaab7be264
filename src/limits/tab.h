// What one request has with the accounts that pay for it. Used on one thread; the accounts it
// touches are shared.
#pragma once

#include <optional>
#include <vector>

#include "limits/accounts.h"

namespace weir::limits {

// An account and what limits it; `caps` and the rates belong to a config that outlives the tab.
struct Party {
  std::shared_ptr<Account> account;
  const Caps* caps = nullptr;
  int64_t rpm = 0, tpm = 0, max_inflight = 0;  // 0: no limit
};

// The tightest of the parties' rates, as clients are told.
struct RateState {
  int64_t limit = 0, left = 0;  // limit 0: none
  std::chrono::milliseconds reset{0};
};

class Tab {
 public:
  Tab(Accounts& accounts, std::vector<Party> parties, WallMicros time);
  ~Tab();  // returns what is held
  Tab(const Tab&) = delete;
  Tab& operator=(const Tab&) = delete;

  // Once, before anything else: counts the request. kRateLimited with its retry_after, and nothing
  // is counted.
  Result<void> Begin(SteadyTime now);
  // Tokens that the request is expected to use, against tpm; corrected by Used().
  Result<void> TakeTokens(int64_t expected, SteadyTime now);
  void Used(int64_t tokens, SteadyTime now);

  // Money for strong models is waited for, too. Without it who cannot have it now is refused.
  void WaitForStrong() { waits_for_strong_ = true; }
  bool has_budget() const;
  // Without taking it.
  RoomFor RoomOf(Money amount, WallMicros now) const;

  // Of one attempt at a time: Reserve, then Settle with what it cost. kWaiting: `wake` is called
  // (on any thread, once) when it is decided; until then Withdraw() gives up.
  enum class Grant : uint8_t { kYes, kNo, kWaiting };
  Grant Reserve(Money amount, WallMicros now, std::function<void()> wake);
  Grant grant() const;
  void Withdraw();
  void Settle(Money cost);

  Money held() const { return held_; }
  Money spent() const { return spent_; }  // of the attempts before
  // Why the last Reserve() was refused.
  RoomFor refusal() const { return refusal_; }

  RateState requests(SteadyTime now) const;
  RateState tokens(SteadyTime now) const;

 private:
  friend class Accounts;
  // Under the mutex. False: it has to wait.
  bool Decide(Money amount, WallMicros now);
  bool IsFirst() const;                 // of all who wait for its accounts
  bool DecideWaiting();                 // as Decide() for what it waits for
  std::function<void()> LeaveQueues();  // what wakes it
  RoomFor Find(Money amount, WallMicros now) const;
  RateState Tightest(int64_t Party::* rate, Bucket Account::* bucket, SteadyTime now) const;

  Accounts& accounts_;
  const std::vector<Party> parties_;
  const int64_t day_;
  bool counted_ = false;
  bool waits_for_strong_ = false;
  int64_t tokens_taken_ = 0;
  Grant grant_ = Grant::kNo;
  Money held_, spent_;
  struct Waiting {
    Money amount;
    WallMicros now;
    std::function<void()> wake;
    std::vector<std::list<Tab*>::iterator> places;  // in its parties' accounts
  };
  std::optional<Waiting> waiting_;
  RoomFor refusal_;
};

}  // namespace weir::limits
