// The journal as its feeder reads it: from a position on, part by part, while it grows. The file
// stays open between the parts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/journal.h"
#include "ledger/segment.h"

namespace weir::ledger {

class Tail {
 public:
  explicit Tail(std::string directory) : directory_(std::move(directory)) {}

  // Puts the payloads of the next whole records, `most` at the most, into `payloads`, where they
  // are valid until the next call, and returns the position behind them. None: there is nothing
  // before `end` but damaged bytes. A segment that has a successor is left at its first damaged
  // record.
  Result<JournalPosition> Read(JournalPosition from, JournalPosition end, size_t most,
                               std::vector<std::string_view>* payloads);
  void Close() { reader_.reset(); }

 private:
  Result<void> Seek(JournalPosition position);
  Result<void> Take(JournalPosition end, size_t most, std::vector<std::string_view>* payloads);
  JournalPosition at() const { return {segment_, reader_->offset()}; }

  const std::string directory_;
  std::optional<SegmentReader> reader_;
  uint64_t segment_ = 0;
};

}  // namespace weir::ledger
