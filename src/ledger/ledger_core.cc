#include "ledger/ledger_core.h"

#include <filesystem>

#include "base/log.h"
#include "ledger/books.h"
#include "ledger/books_copy.h"
#include "ledger/data_dir.h"
#include "ledger/segment.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

constexpr int kBatchesPerStep = 16;
// A transaction of these is short beside one of kBatchRows; together a step deletes more than it
// stores, so that the store does not grow beyond its retention however fast rows come.
constexpr int64_t kExpireRows = 500;
constexpr int kExpiriesPerStep = 8;
constexpr std::chrono::hours kExpireEvery{1};
// Of the books; most need only to be looked at.
constexpr int64_t kTidyRows = 1000;
constexpr int kTidiesPerStep = 4;
constexpr std::chrono::seconds kFinishLimit{5};

void AddTrouble(std::string_view name, const std::string& why, std::string* all) {
  if (why.empty()) return;
  if (!all->empty()) *all += "; ";
  all->append(name).append(": ").append(why);
}

// So that a start knows that there is nothing before: segments are counted on.
Result<void> BeginBooks(const std::string& data_dir, JournalPosition end) {
  std::error_code none;
  for (const std::string& path : {StorePath(data_dir), CopyPath(data_dir)}) {
    if (std::filesystem::exists(path, none)) return {};
  }
  WEIR_TRY(const std::vector<uint64_t> segments, ListSegments(data_dir));
  return BooksCopy::WriteEmpty(
      data_dir, {segments.empty() ? end.segment + 1 : segments.front(), kSegmentHeaderBytes});
}

}  // namespace

Result<std::unique_ptr<LedgerCore>> LedgerCore::Open(LedgerOptions options, SinkOpen sink,
                                                     const Clock& clock, FileCalls calls,
                                                     JournalLimits limits) {
  WEIR_CHECK_OK(MakeDataDir(options.data_dir));
  WEIR_TRY(File lock, LockDataDir(options.data_dir));
  WEIR_TRY(auto journal, Journal::Open(options.data_dir, std::move(calls), limits));
  auto core = std::unique_ptr<LedgerCore>(new LedgerCore(std::move(options), std::move(sink), clock,
                                                         std::move(lock), std::move(journal)));
  auto connected = core->feed_.Connect();
  if (!connected && connected.error().reason != Reason::kOverloaded) {
    return std::move(connected).error();
  }
  return core;
}

LedgerCore::LedgerCore(LedgerOptions options, SinkOpen sink, const Clock& clock, File lock,
                       std::unique_ptr<Journal> journal)
    : options_(std::move(options)),
      clock_(clock),
      lock_(std::move(lock)),
      journal_(std::move(journal)),
      intake_(journal_.get(), options_.ring_bytes, clock),
      feed_(options_.data_dir, std::move(sink), journal_.get()),
      next_expiry_(clock.Steady()),
      next_tidying_(clock.Steady()) {}

void LedgerCore::Secure() {
  intake_.Flush();
  intake_.NoteSync(journal_->Sync());
}

bool LedgerCore::Sync() {
  if (!InPlace()) return false;
  Secure();
  return intake_.waiting() == 0;
}

bool LedgerCore::Step() {
  if (!InPlace()) return false;
  Secure();
  bool more = true;
  // Rows in the ring go first: only this thread can empty it.
  for (int i = 0; i < kBatchesPerStep && more; ++i) {
    more = feed_.Feed();
    if (intake_.waiting() > 0) break;
  }
  intake_.NoteLost(feed_.TakeLost());
  Expire();
  Tidy();
  return more;
}

// False: data_dir is not ours, so rows wait in the ring and nothing is written.
bool LedgerCore::InPlace() {
  Result<void> placed = LockIsInPlace(lock_, options_.data_dir) ? journal_->Check() : Replace();
  std::string trouble = placed ? std::string() : placed.error().message;
  bool ours = placed || LockIsInPlace(lock_, options_.data_dir);
  if (!ours) intake_.Hold("data_dir is gone");
  std::lock_guard lock(mutex_);
  if (!trouble.empty() && trouble != place_trouble_) {
    Log(LogLevel::kError, "ledger: data_dir changed under us", {Field("why", trouble)});
  }
  place_trouble_ = std::move(trouble);
  return ours;
}

// Not before the new directory is locked: another weir may live there now.
Result<void> LedgerCore::Replace() {
  WEIR_CHECK_OK(MakeDataDir(options_.data_dir));
  WEIR_TRY(lock_, LockDataDir(options_.data_dir));
  Log(LogLevel::kError, "ledger: data_dir was deleted, made anew",
      {Field("data_dir", options_.data_dir)});
  WEIR_CHECK_OK(BeginBooks(options_.data_dir, journal_->end()));
  feed_.Disconnect();
  return journal_->Check();
}

void LedgerCore::Expire() {
  if (options_.retention.count() <= 0 || clock_.Steady() < next_expiry_) return;
  int64_t before =
      clock_.Wall() -
      std::chrono::duration_cast<std::chrono::microseconds>(options_.retention).count();
  // Where they all were full there are more; they go with the next steps. Rows that wait come
  // first.
  for (int i = 0; i < kExpiriesPerStep && intake_.waiting() == 0; ++i) {
    if (feed_.Expire(before, kExpireRows) == kExpireRows) continue;
    next_expiry_ = clock_.Steady() + kExpireEvery;
    // What is deleted must not live on in the segment that is being written: it is trimmed once it
    // has a successor.
    if (feed_.TakeBodies()) [[maybe_unused]]
      auto begun = journal_->StartSegment();
    return;
  }
}

void LedgerCore::Tidy() {
  if (clock_.Steady() < next_tidying_) return;
  for (int i = 0; i < kTidiesPerStep && intake_.waiting() == 0; ++i) {
    if (feed_.Tidy(kTidyRows)) continue;
    next_tidying_ = clock_.Steady() + kExpireEvery;
    return;
  }
}

void LedgerCore::Finish() {
  SteadyTime deadline = clock_.Steady() + kFinishLimit;
  while (Step() && clock_.Steady() < deadline) {
  }
  if (InPlace()) feed_.Persist();
  intake_.GiveUp();
}

bool LedgerCore::Drained() const {
  return intake_.waiting() == 0 && feed_.lag() == 0 && feed_.trouble().empty();
}

LedgerHealth LedgerCore::health() const {
  LedgerHealth health;
  health.rows = intake_.rows();
  health.rows_dropped = intake_.dropped();
  health.rows_in_ring = intake_.waiting();
  health.sink_lag_rows = feed_.lag();
  {
    std::lock_guard lock(mutex_);
    AddTrouble("data_dir", place_trouble_, &health.degraded);
  }
  AddTrouble("journal", intake_.trouble(), &health.degraded);
  AddTrouble("sink", feed_.trouble(), &health.degraded);
  AddTrouble("books", feed_.persist_trouble(), &health.degraded);
  AddTrouble("books", LostBooks(options_.data_dir), &health.degraded);
  return health;
}

}  // namespace weir::ledger
