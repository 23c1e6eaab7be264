#include "ledger/intake.h"

#include "base/log.h"

namespace weir::ledger {
namespace {

constexpr std::chrono::milliseconds kSlowWrite{250};
constexpr size_t kFlushBytes = 1 << 20;

}  // namespace

void Intake::Append(const Batch& batch) {
  const std::span<const std::string> rows = batch.rows();
  if (!holding_.load(std::memory_order_acquire) && Write(rows) != Written::kNot) {
    rows_ += rows.size();
    return;
  }
  // What was spent goes before what was said: there is room for many more rows so.
  for (const std::string& row : rows) ++(ring_.Push(WithoutBodies(row)) ? rows_ : dropped_);
}

Intake::Written Intake::Write(std::span<const std::string> payloads) {
  SteadyTime began = clock_.Steady();
  if (Result<void> written = journal_.AppendAll(payloads); !written) {
    Hold(written.error().message);
    return Written::kNot;
  }
  if (clock_.Steady() - began <= kSlowWrite) return Written::kFast;
  Hold("a write took longer than " + std::to_string(kSlowWrite.count()) + " ms");
  return Written::kSlow;
}

void Intake::Hold(std::string why) {
  std::lock_guard lock(mutex_);
  if (!holding_.exchange(true)) {
    Log(LogLevel::kError, "ledger: rows wait in memory", {Field("why", why)});
  }
  hold_reason_ = std::move(why);
}

void Intake::Flush() {
  // Many rows a write: one by one this thread would never catch up with several workers.
  for (;;) {
    std::vector<std::string> rows = ring_.Front(kFlushBytes);
    if (rows.empty()) break;
    const Written written = Write(rows);
    if (written == Written::kNot) return;
    ring_.Pop(rows.size());
    if (written == Written::kSlow) return;
  }
  std::lock_guard lock(mutex_);
  if (holding_.exchange(false)) Log(LogLevel::kInfo, "ledger: rows go to the journal again");
  hold_reason_.clear();
}

void Intake::GiveUp() {
  uint64_t lost = ring_.rows();
  ring_.Pop(lost);
  if (lost == 0) return;
  dropped_ += lost;
  rows_ -= lost;
  Log(LogLevel::kError, "ledger: rows lost, the disk never took them",
      {Field("rows", static_cast<int64_t>(lost)), Field("why", trouble())});
}

void Intake::NoteSync(const Result<void>& synced) {
  std::string trouble = synced ? std::string() : synced.error().message;
  std::lock_guard lock(mutex_);
  if (!trouble.empty() && trouble != sync_trouble_) {
    Log(LogLevel::kError, "ledger: the journal is not synced", {Field("why", trouble)});
  }
  sync_trouble_ = std::move(trouble);
}

std::string Intake::trouble() const {
  std::lock_guard lock(mutex_);
  return hold_reason_.empty() ? sync_trouble_ : hold_reason_;
}

}  // namespace weir::ledger
