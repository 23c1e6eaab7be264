#include "limits/account.h"

#include <limits>

namespace weir::limits {
namespace {

constexpr size_t kMostDays = 100;  // more than three months

NanoUsd Minus(NanoUsd a, NanoUsd b) {
  return AddSaturating(a, NanoUsd{-b.nano});
}

WallMicros RenewalOf(const config::BudgetSettings& budget, WallMicros now) {
  const WallMicros end = EndOfWindow(budget.per, now);
  return end == std::numeric_limits<WallMicros>::max() ? 0 : end;
}

}  // namespace

Money operator+(Money a, Money b) {
  return {AddSaturating(a.all, b.all), AddSaturating(a.strong, b.strong)};
}

Money operator-(Money a, Money b) {
  return {Minus(a.all, b.all), Minus(a.strong, b.strong)};
}

void Account::AddSpent(int64_t day, Money amount) {
  Money& spent = days_[day];
  spent = spent + amount;
  if (days_.size() <= kMostDays) return;
  before_ = before_ + days_.begin()->second;
  days_.erase(days_.begin());
}

Money Account::SpentIn(config::Per per, WallMicros now) const {
  const int64_t today = DayOf(now);
  Money sum;
  if (per == config::Per::kTotal) {
    sum = before_;
    for (const auto& [day, spent] : days_) sum = sum + spent;
    return sum;
  }
  const int64_t end = DayOf(EndOfWindow(per, now));
  for (auto day = days_.lower_bound(FirstDay(per, today)); day != days_.end() && day->first < end;
       ++day) {
    sum = sum + day->second;
  }
  return sum;
}

RoomFor FindRoom(const Account& account, const Caps& caps, Money amount, WallMicros now) {
  RoomFor found;
  for (const config::BudgetSettings& budget : caps.budgets) {
    const NanoUsd spent = AddSaturating(account.SpentIn(budget.per, now).all, amount.all);
    if (spent > budget.limit) return {Room::kSpent, RenewalOf(budget, now)};
    if (AddSaturating(spent, account.reserved.all) > budget.limit) {
      found = {Room::kHeld, RenewalOf(budget, now)};
    }
  }
  if (!caps.strong || amount.strong.nano == 0) return found;
  const NanoUsd spent = AddSaturating(account.SpentIn(caps.strong->per, now).strong, amount.strong);
  const WallMicros renewal = RenewalOf(*caps.strong, now);
  if (spent > caps.strong->limit) return {Room::kStrong, renewal};
  if (AddSaturating(spent, account.reserved.strong) <= caps.strong->limit) return found;
  return {Room::kStrongHeld, renewal};
}

}  // namespace weir::limits
