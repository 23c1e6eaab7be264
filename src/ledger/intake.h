// The workers' side of the ledger: a row goes to the journal, or to the ring while the disk refuses
// or dawdles. Once it has, no worker touches the disk until the background thread has emptied the
// ring.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "base/clock.h"
#include "ledger/batch.h"
#include "ledger/journal.h"
#include "ledger/ring.h"

namespace weir::ledger {

class Intake {
 public:
  Intake(Journal* journal, size_t ring_bytes, const Clock& clock)
      : journal_(*journal), ring_(ring_bytes), clock_(clock) {}

  // Any thread.
  void Append(const Batch& batch);

  // From now on rows go to the ring, until a Flush() empties it.
  void Hold(std::string why);
  // Background thread: the ring's rows into the journal, as long as the disk takes them.
  void Flush();
  // Background thread, at the end: what still waits is lost, and counted so.
  void GiveUp();
  void NoteSync(const Result<void>& synced);
  // Rows that were in the journal and cannot be read any more.
  void NoteLost(uint64_t rows) { dropped_ += rows; }

  uint64_t rows() const { return rows_; }
  uint64_t dropped() const { return dropped_; }
  uint64_t waiting() const { return ring_.rows(); }
  std::string trouble() const;  // empty, or why rows wait

 private:
  enum class Written : uint8_t { kFast, kSlow, kNot };
  // Holds unless kFast.
  Written Write(std::span<const std::string> payloads);

  Journal& journal_;
  Ring ring_;
  const Clock& clock_;
  std::atomic<bool> holding_ = false;
  std::atomic<uint64_t> rows_ = 0;
  std::atomic<uint64_t> dropped_ = 0;

  mutable std::mutex mutex_;
  std::string hold_reason_;
  std::string sync_trouble_;
};

}  // namespace weir::ledger
