// What one request leaves behind: its row in the ledger, its line in the log, its counts, and the
// x-weir-* headers that tell the client the same.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/shelves.h"
#include "cache/store.h"
#include "gateway/chain.h"
#include "gateway/core.h"
#include "gateway/transcript.h"

namespace weir::gateway {

class Receipt : public Shelved {
 public:
  Receipt(WorkerState& worker, const Snapshot& snapshot, chat::Endpoint endpoint);

  ledger::Record& row() { return row_; }
  const ledger::Record& row() const { return row_; }
  std::string& more_headers() { return more_headers_; }  // ready lines, behind our own
  // What was said, which goes into the ledger with the row; nullptr: it does not.
  Transcript* transcript() { return transcript_.get(); }
  void Keep(std::unique_ptr<Transcript> transcript) { transcript_ = std::move(transcript); }

  // The decision's part of the row.
  void Describe(const route::Decision& decision);
  // The answer is another request's, for which nothing is spent: `how` is "hit" or "shared".
  // Whoever would have been asked instead may have had the repeated prompt in its own cache.
  void DescribeKept(const cache::Found& kept, const catalog::Route* route, std::string_view how);
  // Appends the row; before the client can have seen the end of its answer. `chain` (may be null)
  // hands over its attempts.
  void Close(AttemptChain* chain, std::string_view outcome, int status, int64_t total_us);

  // Ready lines. What is not known yet is left out: who answered, the attempts, the cost.
  struct Known {
    std::string_view model;
    const AttemptChain* chain = nullptr;
    bool cost = false;
  };
  void AppendHeaders(const Known& known, std::string* lines) const;
  std::string Headers(const Known& known) const;

 private:
  WorkerState& worker_;
  const Snapshot& snapshot_;
  ledger::Record row_;
  std::string more_headers_;
  std::unique_ptr<Transcript> transcript_;
};

}  // namespace weir::gateway
