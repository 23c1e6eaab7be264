#include "ledger/sink_feed.h"

#include <algorithm>

#include "base/log.h"

namespace weir::ledger {
namespace {

constexpr size_t kBatchRows = 1000;

}  // namespace

Result<void> SinkFeed::Connect() {
  if (!sink_) {
    WEIR_TRY(sink_, open_(directory_));
  }
  if (!placed_) WEIR_CHECK_OK(FindPlace());
  return {};
}

void SinkFeed::Disconnect() {
  sink_.reset();
  tail_.Close();
  placed_ = false;
  persisting_ = false;
  persisted_ = {};
}

// A store that is ahead of the journal has rows which a power cut took from the journal. Its
// position means nothing then: everything the journal has is offered again, and known ids are left
// alone.
Result<void> SinkFeed::FindPlace() {
  WEIR_TRY(JournalPosition stored, sink_->Position());
  JournalEnd end = journal_.Snapshot();
  if (stored > (stored_ ? end.position : first_end_)) stored = {};
  uint64_t backlog = 0;
  WEIR_CHECK_OK(Replay(directory_, stored, [&](std::string_view, JournalPosition next) {
    backlog += next <= end.position ? 1 : 0;
    return next < end.position;
  }));
  position_ = stored;
  fed_ = static_cast<int64_t>(end.records) - static_cast<int64_t>(backlog);
  placed_ = true;
  return {};
}

bool SinkFeed::Feed() {
  auto fed = FeedBatch();
  Note(fed ? std::string() : fed.error().message);
  return fed && *fed;
}

Result<bool> SinkFeed::FeedBatch() {
  WEIR_CHECK_OK(Connect());
  JournalEnd end = journal_.Snapshot();
  if (position_ < end.position) {
    WEIR_CHECK_OK(ReadBatch(end.position));
    // Whole records stand before `end`: what cannot be read there is damaged, and is left behind
    // once its segment has a successor.
    if (batch_.position == position_) {
      WEIR_CHECK_OK(journal_.StartSegment());
      return true;
    }
    WEIR_CHECK_OK(StoreBatch());
    TrimJournal();
  } else if (persisting_) {
    TrimJournal();
  }
  if (position_ == end.position) Settle(end);
  return position_ < end.position || persisting_;
}

Result<void> SinkFeed::ReadBatch(JournalPosition end) {
  WEIR_TRY(batch_.position, tail_.Read(position_, end, kBatchRows, &batch_.payloads));
  batch_.rows.clear();
  for (std::string_view payload : batch_.payloads) {
    auto row = View(payload);
    if (!row) continue;
    bodies_ |= !row->bodies.empty();
    batch_.rows.push_back(*row);
  }
  return {};
}

Result<void> SinkFeed::StoreBatch() {
  auto stored = sink_->Store(batch_.rows, batch_.position);
  if (!stored) {
    CheckPlace();
    return stored;
  }
  stored_ = true;
  position_ = batch_.position;
  fed_ += static_cast<int64_t>(batch_.payloads.size());
  lost_ += batch_.unreadable();
  return {};
}

// All rows up to `end` were offered; those that were not seen lay behind damaged bytes.
void SinkFeed::Settle(const JournalEnd& end) {
  auto records = static_cast<int64_t>(end.records);
  int64_t missing = records - fed_.exchange(records);
  if (missing > 0) lost_ += static_cast<uint64_t>(missing);
}

// A part of the work each time, which goes on while rows are stored.
void SinkFeed::TrimJournal() {
  if (!persisting_ && position_.segment == persisted_.segment) return;
  Result<void> done = PersistSome();
  std::string trouble = done ? std::string() : done.error().message;
  if (done && !persisting_) journal_.Trim(persisted_);
  std::lock_guard lock(mutex_);
  if (!trouble.empty() && trouble != persist_trouble_) {
    Log(LogLevel::kError, "ledger: what is stored is not safe, the journal keeps it",
        {Field("why", trouble)});
  }
  persist_trouble_ = std::move(trouble);
}

Result<void> SinkFeed::PersistSome() {
  persisting_ = false;
  WEIR_CHECK_OK(journal_.Sync());
  auto safe = sink_->Persist();
  if (!safe) {
    CheckPlace();
    return std::move(safe).error();
  }
  persisting_ = !safe->has_value();
  if (!persisting_) persisted_ = **safe;
  return {};
}

Result<void> SinkFeed::PersistAll() {
  do {
    WEIR_CHECK_OK(PersistSome());
  } while (persisting_);
  return {};
}

void SinkFeed::Persist() {
  if (!sink_ || !placed_) return;
  // What is on its way is of less.
  if (persisting_ && !PersistAll()) return;
  if (persisted_ == position_) return;
  if (auto safe = PersistAll(); !safe) Note(safe.error().message);
}

// After an error a sink may have begun anew.
void SinkFeed::CheckPlace() {
  auto at = sink_->Position();
  placed_ = placed_ && at && *at == position_;
}

bool SinkFeed::Tidy(int64_t max_rows) {
  if (!sink_) return false;
  auto more = sink_->Tidy(max_rows);
  if (more) return *more;
  Note(more.error().message);
  CheckPlace();
  return false;
}

int64_t SinkFeed::Expire(WallMicros before, int64_t max_rows) {
  if (!sink_) return 0;
  auto expired = sink_->Expire(before, max_rows);
  if (expired) return *expired;
  Note(expired.error().message);
  CheckPlace();
  return 0;
}

void SinkFeed::Note(std::string trouble) {
  std::lock_guard lock(mutex_);
  if (!trouble.empty() && trouble != trouble_) {
    Log(LogLevel::kError, "ledger: the sink does not take rows, they wait in the journal",
        {Field("why", trouble)});
  }
  trouble_ = std::move(trouble);
}

std::string SinkFeed::trouble() const {
  std::lock_guard lock(mutex_);
  return trouble_;
}

std::string SinkFeed::persist_trouble() const {
  std::lock_guard lock(mutex_);
  return persist_trouble_;
}

uint64_t SinkFeed::lag() const {
  int64_t lag = static_cast<int64_t>(journal_.Snapshot().records) - fed_;
  return static_cast<uint64_t>(std::max<int64_t>(lag, 0));
}

}  // namespace weir::ledger
