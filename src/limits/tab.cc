#include "limits/tab.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::limits {
namespace {

constexpr std::chrono::milliseconds kSlotPause{1000};  // until a running request may have ended

Error Limited(std::string message, std::chrono::milliseconds retry_after) {
  Error error = MakeError(Reason::kRateLimited, std::move(message));
  error.retry_after = std::max(retry_after, std::chrono::milliseconds(1));
  return error;
}

// The graver one; of equals the one that is renewed later, so that nobody is sent back too early.
RoomFor Graver(RoomFor a, RoomFor b) {
  if (a.room != b.room) return a.room < b.room ? b : a;
  if (a.renewal == 0 || b.renewal == 0) return a.renewal == 0 ? a : b;
  return a.renewal < b.renewal ? b : a;
}

}  // namespace

Tab::Tab(Accounts& accounts, std::vector<Party> parties, WallMicros time)
    : accounts_(accounts), parties_(std::move(parties)), day_(DayOf(time)) {}

Tab::~Tab() {
  Withdraw();
  if (grant_ == Grant::kYes) Settle({});
  if (!counted_) return;
  std::lock_guard lock(accounts_.mutex_);
  for (const Party& party : parties_) --party.account->inflight;
}

Result<void> Tab::Begin(SteadyTime now) {
  std::lock_guard lock(accounts_.mutex_);
  for (const Party& party : parties_) {
    if (party.max_inflight > 0 && party.account->inflight >= party.max_inflight) {
      return Limited(
          fmt::format("{} requests are at work already (max_inflight)", party.max_inflight),
          kSlotPause);
    }
  }
  for (size_t i = 0; i < parties_.size(); ++i) {
    const Party& party = parties_[i];
    if (party.rpm == 0 || party.account->requests.Take(1, party.rpm, now)) continue;
    for (size_t taken = 0; taken < i; ++taken) {
      const Party& before = parties_[taken];
      if (before.rpm > 0) before.account->requests.Charge(-1, before.rpm, now);
    }
    return Limited(fmt::format("more than {} requests a minute (rpm)", party.rpm),
                   party.account->requests.Until(1, party.rpm, now));
  }
  for (const Party& party : parties_) ++party.account->inflight;
  counted_ = true;
  return {};
}

Result<void> Tab::TakeTokens(int64_t expected, SteadyTime now) {
  std::lock_guard lock(accounts_.mutex_);
  for (size_t i = 0; i < parties_.size(); ++i) {
    const Party& party = parties_[i];
    if (party.tpm == 0 || party.account->tokens.Take(expected, party.tpm, now)) continue;
    for (size_t taken = 0; taken < i; ++taken) {
      const Party& before = parties_[taken];
      if (before.tpm > 0) before.account->tokens.Charge(-expected, before.tpm, now);
    }
    return Limited(fmt::format("more than {} tokens a minute (tpm)", party.tpm),
                   party.account->tokens.Until(expected, party.tpm, now));
  }
  tokens_taken_ = expected;
  return {};
}

void Tab::Used(int64_t tokens, SteadyTime now) {
  std::lock_guard lock(accounts_.mutex_);
  for (const Party& party : parties_) {
    if (party.tpm > 0) party.account->tokens.Charge(tokens - tokens_taken_, party.tpm, now);
  }
  tokens_taken_ = tokens;
}

bool Tab::has_budget() const {
  return std::ranges::any_of(parties_, [](const Party& party) { return party.caps->money(); });
}

RoomFor Tab::Find(Money amount, WallMicros now) const {
  RoomFor found;
  for (const Party& party : parties_) {
    found = Graver(found, FindRoom(*party.account, *party.caps, amount, now));
  }
  return found;
}

RoomFor Tab::RoomOf(Money amount, WallMicros now) const {
  std::lock_guard lock(accounts_.mutex_);
  return Find(amount, now);
}

bool Tab::Decide(Money amount, WallMicros now) {
  refusal_ = Find(amount, now);
  const bool strong = refusal_.room == Room::kStrongHeld && waits_for_strong_;
  if (refusal_.room == Room::kHeld || strong) return false;
  grant_ = refusal_.room == Room::kFits ? Grant::kYes : Grant::kNo;
  if (grant_ == Grant::kNo) return true;
  held_ = amount;
  for (const Party& party : parties_) party.account->reserved = party.account->reserved + amount;
  return true;
}

bool Tab::IsFirst() const {
  return std::ranges::all_of(
      parties_, [this](const Party& party) { return party.account->waiting.front() == this; });
}

bool Tab::DecideWaiting() {
  return Decide(waiting_->amount, waiting_->now);
}

std::function<void()> Tab::LeaveQueues() {
  for (size_t i = 0; i < parties_.size(); ++i) {
    parties_[i].account->waiting.erase(waiting_->places[i]);
  }
  --accounts_.waiting_;
  std::function<void()> wake = std::move(waiting_->wake);
  waiting_.reset();
  return wake;
}

Tab::Grant Tab::Reserve(Money amount, WallMicros now, std::function<void()> wake) {
  std::lock_guard lock(accounts_.mutex_);
  // Who comes later does not go before those who wait for the same account.
  const bool behind = std::ranges::any_of(
      parties_, [](const Party& party) { return !party.account->waiting.empty(); });
  if (!behind && Decide(amount, now)) return grant_;
  if (behind) {
    refusal_ = Find(amount, now);
    const bool strong = refusal_.room == Room::kStrongHeld && waits_for_strong_;
    const bool may_come = refusal_.room == Room::kHeld || refusal_.room == Room::kFits || strong;
    if (!may_come) return grant_ = Grant::kNo;
    refusal_.room = Room::kHeld;
  }
  const bool full = std::ranges::any_of(parties_, [](const Party& party) {
    return party.account->waiting.size() >= kMostWaitingEach;
  });
  if (full || accounts_.waiting_ >= kMostWaiting) return grant_ = Grant::kNo;
  waiting_ = Waiting{amount, now, std::move(wake), {}};
  for (const Party& party : parties_) {
    waiting_->places.push_back(party.account->waiting.insert(party.account->waiting.end(), this));
  }
  ++accounts_.waiting_;
  return grant_ = Grant::kWaiting;
}

Tab::Grant Tab::grant() const {
  std::lock_guard lock(accounts_.mutex_);
  return grant_;
}

void Tab::Withdraw() {
  std::vector<std::function<void()>> woken;
  {
    std::lock_guard lock(accounts_.mutex_);
    if (grant_ != Grant::kWaiting) return;
    grant_ = Grant::kNo;
    LeaveQueues();
    woken = accounts_.Serve(parties_);  // those behind it
  }
  for (const auto& wake : woken) wake();
}

void Tab::Settle(Money cost) {
  std::vector<std::function<void()>> woken;
  {
    std::lock_guard lock(accounts_.mutex_);
    if (grant_ == Grant::kYes && cost.all > held_.all) ++accounts_.overruns_;
    for (const Party& party : parties_) {
      party.account->reserved = party.account->reserved - held_;
      party.account->AddSpent(day_, cost);
    }
    spent_ = spent_ + cost;
    held_ = {};
    grant_ = Grant::kNo;
    if (accounts_.waiting_ > 0) woken = accounts_.Serve(parties_);
  }
  for (const auto& wake : woken) wake();
}

RateState Tab::Tightest(int64_t Party::* rate, Bucket Account::* bucket, SteadyTime now) const {
  std::lock_guard lock(accounts_.mutex_);
  RateState state;
  for (const Party& party : parties_) {
    const int64_t limit = party.*rate;
    if (limit == 0) continue;
    Bucket& of = (*party.account).*bucket;
    const int64_t left = of.left(limit, now);
    if (state.limit > 0 && left >= state.left) continue;
    state = {limit, left, of.Until(limit, limit, now)};
  }
  return state;
}

RateState Tab::requests(SteadyTime now) const {
  return Tightest(&Party::rpm, &Account::requests, now);
}

RateState Tab::tokens(SteadyTime now) const {
  return Tightest(&Party::tpm, &Account::tokens, now);
}

}  // namespace weir::limits
