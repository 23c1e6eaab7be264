// The ledger of a running server: journal on the request path, sink behind it. A stalled or full
// disk sends rows, without their bodies, to a bounded ring in memory, counted and named as
// degraded; requests go on.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/batch.h"
#include "ledger/record.h"
#include "ledger/sink.h"

namespace weir::ledger {

struct LedgerOptions {
  std::string data_dir;
  std::chrono::milliseconds fsync{100};
  std::chrono::milliseconds retention{0};  // 0: for ever
  size_t ring_bytes = 16 << 20;            // rows waiting for a disk that refuses
};

struct LedgerHealth {
  uint64_t rows = 0;          // appended since start and not dropped
  uint64_t rows_dropped = 0;  // lost (ring full, journal unreadable), exactly counted
  uint64_t rows_in_ring = 0;
  uint64_t sink_lag_rows = 0;  // journalled, not yet in the sink
  std::string degraded;        // empty, or why: "journal: No space left on device; sink: …"
};

class Ledger {
 public:
  // Locks data_dir (kIo "… is in use by another weir" when taken), recovers the journal and starts
  // the background thread.
  static Result<std::unique_ptr<Ledger>> Open(LedgerOptions options, const SinkRow& sink,
                                              const Clock& clock);
  // Stops the thread, syncs, stores what the sink takes within 5 s (the rest waits in the journal
  // for the next start) and gives up rows that the disk still refuses, counted in the log.
  virtual ~Ledger() = default;
  // Any worker thread. Durable against kill -9 when it returns, unless degraded.
  virtual void Append(const Batch& batch) = 0;
  void Append(const Record& record) {
    Batch one;
    one.Add(record);
    Append(one);
  }
  virtual LedgerHealth health() const = 0;
  // Waits until everything appended is in the sink (tests, shutdown). False: not within `limit`.
  virtual bool Drain(std::chrono::milliseconds limit) = 0;
};

}  // namespace weir::ledger
