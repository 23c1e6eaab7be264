// What one key, team or user has spent and holds. Guarded by the Accounts it belongs to.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/money.h"
#include "limits/bucket.h"
#include "limits/calendar.h"

namespace weir::limits {

// An amount, and the part of it that goes to strong models.
struct Money {
  NanoUsd all, strong;
  bool operator==(const Money&) const = default;
};
Money operator+(Money a, Money b);  // held at the limits of int64
Money operator-(Money a, Money b);

class Tab;

// `day` is since 1970-01-01, UTC.
struct DaySpent {
  int64_t day = 0;
  Money amount;
};

class Account {
 public:
  // Spent on `day` (UTC), as the ledger has it or as it was settled.
  void AddSpent(int64_t day, Money amount);
  // In the window of `per` that `now` is in.
  Money SpentIn(config::Per per, WallMicros now) const;

  Money reserved;
  int64_t inflight = 0;
  Bucket requests, tokens;
  std::list<Tab*> waiting;  // for its money, in the order of their coming

 private:
  // By day, so that a clock which goes back finds what was spent then. Days that are no part of any
  // window near the newest are folded into `before_`.
  std::map<int64_t, Money> days_;
  Money before_;
};

// What limits an account: a part of the snapshot's keys and teams.
struct Caps {
  std::vector<config::BudgetSettings> budgets;
  std::optional<config::BudgetSettings> strong;
  bool money() const { return !budgets.empty() || strong.has_value(); }
};

enum class Room : uint8_t {
  kFits,
  kHeld,        // would fit if nothing were reserved
  kStrongHeld,  // likewise into what strong models may cost
  kSpent,       // does not fit into a budget
  kStrong,      // does not fit into what strong models may cost
};
struct RoomFor {
  Room room = Room::kFits;
  WallMicros renewal = 0;  // of the budget that it does not fit into; 0: never
};
// Whether `amount` more may be reserved.
RoomFor FindRoom(const Account& account, const Caps& caps, Money amount, WallMicros now);

}  // namespace weir::limits
