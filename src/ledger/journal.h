// The append-only journal: one write(2) a finished request, CRC a record, no user-space buffer, so
// a row survives kill -9 from the moment Append() returns. Segments "journal-NNNNNNNN.wlj" in
// data_dir; one file descriptor with O_APPEND shared by all workers. See docs/adr/0004-journal.md
// for the format.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
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

// System calls of the journal, so that tests can fail the n-th one. All set errno and return -1.
struct FileCalls {
  std::function<long(int fd, const void* bytes, size_t size)> write;
  std::function<int(int fd)> sync;  // fdatasync; a directory's descriptor too
  std::function<int(int fd, int64_t size)> truncate;
  static FileCalls System();
};

// The end and how many records were appended since Open(), both of one moment.
struct JournalEnd {
  JournalPosition position;
  uint64_t records = 0;
};

// What Open() found in the newest segment.
struct Recovery {
  uint64_t records = 0;
  uint64_t cut_bytes = 0;  // of a record that the last process did not finish
  bool corrupt = false;    // what follows the good records was left alone, a new segment begun
  bool bodies = false;     // some of the records have them
};

struct JournalLimits {
  uint64_t segment_bytes = 64 << 20;
  std::chrono::milliseconds patience{250};  // how long Append waits for another thread's write
};

class Journal {
 public:
  // Opens the newest segment, or begins the first; a torn tail is cut off and reported in
  // recovered().
  static Result<std::unique_ptr<Journal>> Open(const std::string& directory, FileCalls calls,
                                               JournalLimits limits = {});
  virtual ~Journal() = default;
  // Any thread. kIo when the disk refuses, or does not answer another thread's write in time: the
  // caller keeps the row (see Ledger). A record is in the journal whole or not at all.
  // One write for all, and all or none: but when a disk tears them and refuses the cut as well,
  // whole records of a failed call may stay. Their ids make that harmless.
  virtual Result<void> AppendAll(std::span<const std::string> payloads) = 0;
  Result<void> Append(const std::string& payload) { return AppendAll({&payload, 1}); }
  // fdatasync of what is written; background thread. After a failure the next record begins a new
  // segment, since the kernel does not try the same pages again.
  virtual Result<void> Sync() = 0;
  // kIo when the file was deleted or replaced under us; then the next record begins a new segment,
  // and the directory with it. Background thread.
  virtual Result<void> Check() = 0;
  // Begins a new segment now. Any thread.
  virtual Result<void> StartSegment() = 0;
  virtual JournalEnd Snapshot() const = 0;
  virtual const Recovery& recovered() const = 0;
  // Deletes whole segments before `position`. Background thread.
  virtual void Trim(JournalPosition position) = 0;
  JournalPosition end() const { return Snapshot().position; }  // past the last whole record
};

// Reads records from `from` on. Stops at the end, or the first torn or corrupt record, of the
// newest segment; a corrupt record in an older segment skips to the next segment and is counted.
// The record for which `each` returns false is the last one read.
struct ReplayResult {
  JournalPosition position;  // after the last record read
  uint64_t records = 0;
  uint64_t corrupt = 0;
};
Result<ReplayResult> Replay(
    const std::string& directory, JournalPosition from,
    const std::function<bool(std::string_view payload, JournalPosition next)>& each);

}  // namespace weir::ledger
