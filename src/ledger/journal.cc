// Two locks. The turn is held over write(2) and makes appends follow one another, so that a record
// which fails halfway is still the last one and can be cut off. The mutex guards what other threads
// look at and is never held over a system call, so that nobody waits for a disk to read a position.
#include "ledger/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <vector>

#include "base/log.h"
#include "ledger/bodies.h"
#include "ledger/data_dir.h"
#include "ledger/file.h"
#include "ledger/segment.h"
#include "ledger/turn.h"

namespace weir::ledger {
namespace {

constexpr size_t kInlineFrame = 16 << 10;  // the rows of a busy turn of the loop
constexpr size_t kMaxUnsynced = 16;

class FileJournal final : public Journal {
 public:
  FileJournal(std::string directory, FileCalls calls, JournalLimits limits)
      : directory_(std::move(directory)), calls_(std::move(calls)), limits_(limits) {}

  Result<void> Recover();

  Result<void> AppendAll(std::span<const std::string> payloads) override;
  Result<void> Sync() override;
  Result<void> Check() override;
  Result<void> StartSegment() override;
  JournalEnd Snapshot() const override;
  const Recovery& recovered() const override { return recovery_; }
  void Trim(JournalPosition position) override;

 private:
  struct Written {
    size_t size = 0;
    int error = 0;
  };

  Result<void> Continue(uint64_t newest);
  Result<void> OpenSegment(uint64_t number, uint64_t end);
  Result<void> BeginSegment();
  void AbandonSegment();
  void KeepWhole(std::span<const std::string> payloads, size_t written);
  template <class Work>
  Result<void> InTurn(Work work);
  Result<void> AppendInTurn(std::span<const std::string> payloads, size_t size);
  Result<void> AppendFrames(std::string_view frames, std::span<const std::string> payloads);
  Written WriteAll(int fd, std::string_view bytes) const;
  bool NeedsSegment() const;
  void Use(std::shared_ptr<File> file, JournalPosition end);

  const std::string directory_;
  const FileCalls calls_;
  const JournalLimits limits_;
  Recovery recovery_;
  Turn turn_;

  mutable std::mutex mutex_;
  std::shared_ptr<File> file_;  // written by the holder of the turn only
  JournalEnd end_;
  bool abandoned_ = true;
  bool unsynced_ = false;
  bool directory_changed_ = false;
  std::vector<std::shared_ptr<File>> older_unsynced_;
};

Result<void> FileJournal::Recover() {
  WEIR_TRY(auto segments, ListSegments(directory_));
  if (segments.empty()) return BeginSegment();
  end_.position = {segments.back(), kSegmentHeaderBytes};
  return Continue(segments.back());
}

Result<void> FileJournal::Continue(uint64_t newest) {
  std::string path = SegmentPath(directory_, newest);
  WEIR_TRY(auto opened, SegmentReader::Open(path, 0));
  if (!opened) return BeginSegment();
  while (true) {
    WEIR_TRY(auto payload, opened->Next());
    if (!payload) break;
    ++recovery_.records;
    recovery_.bodies |= WithoutBodies(*payload).size() < payload->size();
  }
  recovery_.corrupt = opened->ending() == SegmentReader::Ending::kCorrupt;
  // A segment without a whole header holds nothing, and one with foreign bytes is evidence.
  if (recovery_.corrupt || opened->offset() < kSegmentHeaderBytes) return BeginSegment();
  return OpenSegment(newest, opened->offset());
}

Result<void> FileJournal::OpenSegment(uint64_t number, uint64_t end) {
  std::string path = SegmentPath(directory_, number);
  auto file = std::make_shared<File>(open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  struct stat status{};
  if (!file->valid() || fstat(file->fd(), &status) != 0) return FileError("opening", path, errno);
  if (static_cast<uint64_t>(status.st_size) > end) {
    recovery_.cut_bytes = static_cast<uint64_t>(status.st_size) - end;
    if (calls_.truncate(file->fd(), static_cast<int64_t>(end)) != 0) {
      return FileError("cutting the torn end of", path, errno);
    }
  }
  Use(std::move(file), {number, end});
  return {};
}

Result<void> FileJournal::BeginSegment() {
  constexpr int kFlags = O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_CLOEXEC;
  WEIR_CHECK_OK(MakeDataDir(directory_));
  WEIR_TRY(auto segments, ListSegments(directory_));
  uint64_t number = std::max(end().segment, segments.empty() ? 0 : segments.back()) + 1;
  std::string path = SegmentPath(directory_, number);
  auto file = std::make_shared<File>(open(path.c_str(), kFlags, 0600));
  if (!file->valid()) return FileError("creating", path, errno);
  Written written = WriteAll(file->fd(), SegmentHeader());
  if (written.error != 0) {
    unlink(path.c_str());
    return FileError("writing", path, written.error);
  }
  Use(std::move(file), {number, kSegmentHeaderBytes});
  return {};
}

void FileJournal::Use(std::shared_ptr<File> file, JournalPosition end) {
  std::lock_guard lock(mutex_);
  if (file_ && unsynced_) older_unsynced_.push_back(std::move(file_));
  // Closing without a sync leaves it to the kernel; only a disk that stopped gets this far.
  if (older_unsynced_.size() > kMaxUnsynced) older_unsynced_.erase(older_unsynced_.begin());
  file_ = std::move(file);
  end_.position = end;
  abandoned_ = false;
  unsynced_ = true;
  directory_changed_ = true;
}

FileJournal::Written FileJournal::WriteAll(int fd, std::string_view bytes) const {
  Written written;
  while (written.size < bytes.size()) {
    long size = calls_.write(fd, bytes.data() + written.size, bytes.size() - written.size);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) {
      written.error = size < 0 ? errno : ENOSPC;
      break;
    }
    written.size += static_cast<size_t>(size);
  }
  return written;
}

bool FileJournal::NeedsSegment() const {
  std::lock_guard lock(mutex_);
  return abandoned_ || !file_ || end_.position.offset >= limits_.segment_bytes;
}

Result<void> FileJournal::AppendAll(std::span<const std::string> payloads) {
  size_t size = 0;
  for (const std::string& payload : payloads) {
    size += kRecordHeaderBytes + payload.size();
    if (!payload.empty() && payload.size() <= kMaxPayloadBytes) continue;
    return MakeError(Reason::kInternal,
                     fmt::format("a journal record of {} bytes is out of bounds", payload.size()));
  }
  return InTurn([&] { return AppendInTurn(payloads, size); });
}

Result<void> FileJournal::StartSegment() {
  return InTurn([&] { return BeginSegment(); });
}

template <class Work>
Result<void> FileJournal::InTurn(Work work) {
  if (!turn_.Take(limits_.patience)) {
    return MakeError(Reason::kIo,
                     "the disk does not answer: another write is still waiting for it");
  }
  Result<void> done = work();
  turn_.Give();
  return done;
}

Result<void> FileJournal::AppendInTurn(std::span<const std::string> payloads, size_t size) {
  if (NeedsSegment()) WEIR_CHECK_OK(BeginSegment());
  std::array<char, kInlineFrame> inline_frame;
  std::string large_frame;
  char* frame = inline_frame.data();
  if (size > kInlineFrame) {
    large_frame.resize(size);
    frame = large_frame.data();
  }
  char* at = frame;
  for (const std::string& payload : payloads) {
    PutRecordHeader(payload, at);
    at = std::copy(payload.begin(), payload.end(), at + kRecordHeaderBytes);
  }
  return AppendFrames({frame, size}, payloads);
}

Result<void> FileJournal::AppendFrames(std::string_view frames,
                                       std::span<const std::string> payloads) {
  Written written = WriteAll(file_->fd(), frames);
  if (written.error == 0) {
    std::lock_guard lock(mutex_);
    end_.position.offset += frames.size();
    end_.records += payloads.size();
    unsynced_ = true;
    return {};
  }
  auto end = static_cast<int64_t>(Snapshot().position.offset);
  bool torn = written.size > 0 && calls_.truncate(file_->fd(), end) != 0;
  bool empty = end == static_cast<int64_t>(kSegmentHeaderBytes);
  if (torn) KeepWhole(payloads, written.size);
  // An empty segment that took nothing is as good as the next one would be: no file per failed row.
  const bool of_the_file = written.error == EIO || written.error == EFBIG;
  if (torn || (of_the_file && !empty)) AbandonSegment();
  return MakeError(Reason::kIo, ErrnoText(written.error));
}

// The records of a torn write that stand in the segment for good.
void FileJournal::KeepWhole(std::span<const std::string> payloads, size_t written) {
  std::lock_guard lock(mutex_);
  for (const std::string& payload : payloads) {
    const size_t size = kRecordHeaderBytes + payload.size();
    if (size > written) return;
    written -= size;
    end_.position.offset += size;
    ++end_.records;
  }
}

void FileJournal::AbandonSegment() {
  std::lock_guard lock(mutex_);
  abandoned_ = true;
}

JournalEnd FileJournal::Snapshot() const {
  std::lock_guard lock(mutex_);
  return end_;
}

Result<void> FileJournal::Sync() {
  std::vector<std::shared_ptr<File>> files;
  bool directory = false;
  {
    std::lock_guard lock(mutex_);
    files.swap(older_unsynced_);
    if (unsynced_ && file_) files.push_back(file_);
    unsynced_ = false;
    directory = std::exchange(directory_changed_, false);
  }
  int error = 0;
  for (const auto& file : files) {
    if (calls_.sync(file->fd()) != 0) error = errno;
  }
  if (directory) {
    File opened(open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.valid() || calls_.sync(opened.fd()) != 0) error = errno;
  }
  if (error == 0) return {};
  {
    std::lock_guard lock(mutex_);
    directory_changed_ |= directory;
  }
  if (!files.empty() && Snapshot().position.offset > kSegmentHeaderBytes) AbandonSegment();
  return MakeError(Reason::kIo, "fsync: " + ErrnoText(error));
}

Result<void> FileJournal::Check() {
  std::shared_ptr<File> file;
  JournalEnd end;
  {
    std::lock_guard lock(mutex_);
    if (abandoned_ || !file_) return {};
    file = file_;
    end = end_;
  }
  std::string path = SegmentPath(directory_, end.position.segment);
  struct stat ours{};
  struct stat named{};
  bool same = fstat(file->fd(), &ours) == 0 && stat(path.c_str(), &named) == 0 &&
              ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
  // A worker may have begun the next segment and the sink's Trim removed this one meanwhile.
  if (same || Snapshot().position.segment != end.position.segment) return {};
  AbandonSegment();
  return MakeError(Reason::kIo, path + " was deleted or replaced while it was being written");
}

void FileJournal::Trim(JournalPosition position) {
  auto segments = ListSegments(directory_);
  if (!segments) return;
  uint64_t keep = std::min(position.segment, end().segment);
  for (uint64_t number : *segments) {
    if (number < keep) unlink(SegmentPath(directory_, number).c_str());
  }
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::Open(const std::string& directory, FileCalls calls,
                                               JournalLimits limits) {
  auto journal = std::make_unique<FileJournal>(directory, std::move(calls), limits);
  WEIR_CHECK_OK(journal->Recover());
  const Recovery& found = journal->recovered();
  if (found.cut_bytes > 0 || found.corrupt) {
    Log(LogLevel::kWarn,
        found.corrupt ? "journal: corrupt bytes left behind, new segment begun"
                      : "journal: torn end cut off",
        {Field("directory", directory), Field("records", static_cast<int64_t>(found.records)),
         Field("cut_bytes", static_cast<int64_t>(found.cut_bytes))});
  }
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace weir::ledger
