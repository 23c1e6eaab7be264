// Who pays for a request: its key with the key's permissions, rates and budgets. While no keys
// exist nobody does, and all of it is nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/core.h"
#include "gateway/request_size.h"
#include "gateway/target.h"
#include "gateway/verdict_view.h"
#include "http/head.h"
#include "limits/tab.h"
#include "route/router.h"

namespace weir::gateway {

// The key that a request shows; nullptr while no keys exist. kUnauthorized: it shows none, an
// unknown or expired one, or two that differ.
Result<const limits::Key*> Authenticate(const limits::KeyRing& keys,
                                        const http::HeaderList& headers, WallMicros now);

// Lives as long as its request; on the worker's thread. `row` is the request's.
class Payment {
 public:
  Payment(WorkerState& worker, const Snapshot& snapshot, ledger::Record& row);
  ~Payment() { Release(); }
  Payment(const Payment&) = delete;
  Payment& operator=(const Payment&) = delete;

  // In this order: who asks; whether it may ask for that; whether its rates allow one more.
  Result<void> Enter(const http::HeaderList& headers);
  Result<void> Permit(std::string_view wish);
  Result<void> Begin(const chat::Request& request, size_t body_bytes);
  const limits::Key* key() const { return key_; }

  // What a decision is not to choose.
  std::optional<route::Rejected> Barred(catalog::ModelId model) const;
  // The tokens that the decision expects, against tpm.
  Result<void> Expect(const route::Decision& decision);
  // When a budget is renewed, for an error that says kBudgetExceeded.
  void AddRenewal(Error* error) const;

  // Before an attempt: reserves the most that it can cost, and has that in the journal. Waits for
  // what others may return, until `deadline` at most. kBudgetExceeded, kRateLimited, kClientGone.
  net::Task<Result<void>> Reserve(const Target& target, SteadyTime deadline,
                                  net::CancelToken* cancel);
  // True: what strong models may cost was used up since the decision, and weaker ones are to
  // answer.
  bool strong_was_taken() const { return strong_was_taken_; }
  // What the attempt cost in the end; nothing where it is settled already. The rest of what was
  // reserved for it is others' once the journal knows: a failed attempt's at the end of the task,
  // an answer's with its row.
  net::Task<void> SettleFailed(const Target& target, NanoUsd cost);
  void SettleAnswered(const Target& target, NanoUsd cost);
  // The request has ended and its row was added: Close(), then wait until Booked().
  void Close();
  net::Task<void> Booked();

  // x-ratelimit-* lines; empty without limits.
  void AppendRates(std::string* lines) const;

 private:
  limits::Money Most(const catalog::Model* model, const catalog::Prices& prices, bool strong) const;
  bool IsStrong(const catalog::Model* model) const;
  void Journal(std::string_view model, limits::Money promised) const;
  net::Task<void> ReleaseBooked();
  void Release();
  Error Refusal(const limits::RoomFor& room) const;

  WorkerState& worker_;
  const Snapshot& snapshot_;
  ledger::Record& row_;
  const limits::Key* key_ = nullptr;
  std::optional<limits::Tab> tab_;
  RequestSize size_;
  bool budgeted_ = false;
  bool pinned_ = false;
  bool strong_was_taken_ = false;
  bool unsettled_ = false;
  std::optional<limits::Money> owed_;  // for the attempt that is settled, until Release()
  mutable WallMicros renewal_ = 0;     // of the budget that barred a model last
};

// What a decision is told of the world: health, verdicts, and what the request's key may have.
class RequestHealth final : public VerdictView {
 public:
  RequestHealth(const Snapshot& snapshot, SteadyTime now, WallMicros whole, const Payment& payment,
                const quality::Monitor& monitor)
      : VerdictView(monitor), health_(snapshot, now, whole), payment_(payment) {}
  bool Usable(catalog::ModelId model) const override { return health_.Usable(model); }
  WallMicros Time() const override { return health_.Time(); }
  std::optional<route::Rejected> Barred(catalog::ModelId model) const override {
    return payment_.Barred(model);
  }

 private:
  SnapshotHealth health_;
  const Payment& payment_;
};

}  // namespace weir::gateway
