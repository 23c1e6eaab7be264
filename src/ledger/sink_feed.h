// From the journal into the sink, in batches, exactly once. Background thread; the counters any
// thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ledger/journal.h"
#include "ledger/sink.h"
#include "ledger/tail.h"

namespace weir::ledger {

using SinkOpen = std::function<Result<std::unique_ptr<Sink>>(const std::string& data_dir)>;

class SinkFeed {
 public:
  SinkFeed(std::string directory, SinkOpen open, Journal* journal)
      : directory_(std::move(directory)),
        open_(std::move(open)),
        journal_(*journal),
        first_end_(journal->end()),
        tail_(directory_),
        bodies_(journal->recovered().bodies) {}

  // Opens the sink and finds its place in the journal. Feed() does it when it was not done; a
  // server does it first to refuse a store it must not touch.
  Result<void> Connect();
  // Drops the sink, since its files are gone; the next Feed() opens it anew.
  void Disconnect();

  // One batch. True: there is more.
  bool Feed();
  // At most `max_rows` older than `before`; how many went.
  int64_t Expire(WallMicros before, int64_t max_rows);
  // See Sink::Tidy.
  bool Tidy(int64_t max_rows);
  // Makes all that is stored as safe as Sink::Persist() says.
  void Persist();

  uint64_t lag() const;         // rows in the journal that the sink has not stored
  std::string trouble() const;  // empty, or why it lags
  // Empty, or why the journal keeps what is stored.
  std::string persist_trouble() const;
  // Rows that were in the journal and could not be read back, since the last call.
  uint64_t TakeLost() { return lost_.exchange(0); }
  // Whether rows with bodies went by since the last call. Background thread.
  bool TakeBodies() { return std::exchange(bodies_, false); }

 private:
  // Views into what the tail has in memory.
  struct Batch {
    std::vector<std::string_view> payloads;
    std::vector<RowView> rows;  // those that are of a version known here
    JournalPosition position;
    uint64_t unreadable() const { return payloads.size() - rows.size(); }
  };

  Result<void> FindPlace();
  Result<bool> FeedBatch();
  Result<void> ReadBatch(JournalPosition end);
  Result<void> StoreBatch();
  void Settle(const JournalEnd& end);
  void TrimJournal();
  Result<void> PersistSome();
  Result<void> PersistAll();
  void CheckPlace();
  void Note(std::string trouble);

  const std::string directory_;
  const SinkOpen open_;
  Journal& journal_;
  const JournalPosition first_end_;  // where the journal ended before this process wrote to it
  Tail tail_;
  Batch batch_;  // kept for its memory
  bool bodies_;
  std::unique_ptr<Sink> sink_;
  bool placed_ = false;
  bool stored_ = false;  // positions in the sink are of this process
  JournalPosition position_;
  bool persisting_ = false;    // in parts
  JournalPosition persisted_;  // safe before it

  // Rows behind position_, on the scale of JournalEnd::records: negative while rows of an earlier
  // process are still to be stored.
  std::atomic<int64_t> fed_ = 0;
  std::atomic<uint64_t> lost_ = 0;
  mutable std::mutex mutex_;
  std::string trouble_, persist_trouble_;
};

}  // namespace weir::ledger
