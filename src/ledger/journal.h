// The append-only journal: one write(2) a finished request, CRC a record, no user-space buffer, so a row
// survives kill -9 from the moment Append() returns. Segments "journal-NNNNNNNN.wlj" in data_dir; one
// file descriptor with O_APPEND shared by all workers. See docs/adr/0004-journal.md for the format.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/record.h"

namespace weir::ledger {

struct JournalPosition {
  uint64_t segment = 0;
  uint64_t offset = 0;
  auto operator<=>(const JournalPosition&) const = default;
};

// System calls of the journal, so that tests can fail the n-th one.
struct FileCalls {
  std::function<long(int fd, const void* bytes, size_t size)> write;
  std::function<int(int fd)> sync;
  static FileCalls System();
};

class Journal {
 public:
  // Opens (creating) the newest segment; a torn tail is cut off and reported in `recovered`.
  static Result<std::unique_ptr<Journal>> Open(const std::string& directory, FileCalls calls);
  virtual ~Journal() = default;
  // Any thread. kIo when the disk refuses: the caller keeps the row (see Ledger).
  virtual Result<void> Append(std::string_view payload) = 0;
  virtual Result<void> Sync() = 0;           // fdatasync of what is written; sink thread
  virtual JournalPosition end() const = 0;   // past the last whole record
  // Deletes whole segments before `position`. Sink thread.
  virtual void Trim(JournalPosition position) = 0;
};

// Reads records from `from` until the end or the first torn/corrupt record of the newest segment; a
// corrupt record in an older segment skips to the next segment and is counted. `each` may return false
// to stop early. Returns the position after the last record read.
struct ReplayResult {
  JournalPosition position;
  uint64_t records = 0;
  uint64_t corrupt = 0;
};
Result<ReplayResult> Replay(const std::string& directory, JournalPosition from,
                            const std::function<bool(std::string_view payload, JournalPosition next)>& each);

}  // namespace weir::ledger
