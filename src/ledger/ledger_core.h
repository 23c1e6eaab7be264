// Everything of the ledger but its thread: what that thread does is Step(), so that tests take
// steps.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "ledger/file.h"
#include "ledger/intake.h"
#include "ledger/journal.h"
#include "ledger/ledger.h"
#include "ledger/sink_feed.h"

namespace weir::ledger {

class LedgerCore {
 public:
  // See Ledger::Open. A sink that is only busy does not keep a server from starting.
  static Result<std::unique_ptr<LedgerCore>> Open(LedgerOptions options, SinkOpen sink,
                                                  const Clock& clock, FileCalls calls,
                                                  JournalLimits limits = {});

  void Append(const Batch& batch) { intake_.Append(batch); }
  // One round of the background thread. True: there is more to do at once.
  bool Step();
  // The part of it that makes rows safe. False: some still are not.
  bool Sync();
  // The last steps of a shutdown: what can be stored is, what still waits for the disk is given up.
  void Finish();
  // Whether all that was appended is in the sink.
  bool Drained() const;
  LedgerHealth health() const;
  uint64_t lag() const { return feed_.lag(); }

 private:
  LedgerCore(LedgerOptions options, SinkOpen sink, const Clock& clock, File lock,
             std::unique_ptr<Journal> journal);

  bool InPlace();
  void Secure();
  Result<void> Replace();
  void Expire();
  void Tidy();

  const LedgerOptions options_;
  const Clock& clock_;
  File lock_;
  std::unique_ptr<Journal> journal_;
  Intake intake_;
  SinkFeed feed_;
  SteadyTime next_expiry_, next_tidying_;
  mutable std::mutex mutex_;
  std::string place_trouble_;
};

}  // namespace weir::ledger
