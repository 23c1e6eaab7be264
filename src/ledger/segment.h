// One file of the journal: a header of 16 bytes, then records [u32 length][u32 crc][payload], all
// little-endian. The crc (zlib's crc32) covers length and payload.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/file.h"

namespace weir::ledger {

inline constexpr uint64_t kSegmentHeaderBytes = 16;
inline constexpr uint64_t kRecordHeaderBytes = 8;
inline constexpr size_t kMaxPayloadBytes = 1 << 20;

std::string SegmentPath(const std::string& directory, uint64_t number);
// Numbers of the segments in the directory, ascending. A missing directory has none.
Result<std::vector<uint64_t>> ListSegments(const std::string& directory);

std::string SegmentHeader();
// Writes the 8 bytes that stand before `payload`.
void PutRecordHeader(std::string_view payload, char* out);

class SegmentReader {
 public:
  // How the records end: at the end of the file, in a record that the file is too short for, or at
  // bytes that no writer wrote.
  enum class Ending : uint8_t { kWhole, kTorn, kCorrupt };

  // nullopt: there is no such file. kIo when it cannot be read or a newer version wrote it.
  static Result<std::optional<SegmentReader>> Open(const std::string& path, uint64_t offset);

  // The next payload; nullopt at the ending. kIo when a read fails. Valid until the next Load(), or
  // Next() while HasNext() is false.
  Result<std::optional<std::string_view>> Next();
  // Whether the next record is in memory.
  bool HasNext() const;
  // Brings the `bytes` behind offset() into memory, fewer at the end of the file, which may have
  // grown since the ending was seen.
  Result<void> Load(size_t bytes);
  uint64_t offset() const { return offset_; }  // past the last record returned
  Ending ending() const { return ending_; }

 private:
  SegmentReader(File file, std::string path, uint64_t offset)
      : file_(std::move(file)), path_(std::move(path)), offset_(offset) {}
  Result<void> CheckHeader();
  // Makes up to `size` bytes from `offset_` on available in `Ahead()`; fewer at the end of the
  // file. Reads `most` bytes when it has to read.
  Result<void> Fetch(size_t size, size_t most);
  std::string_view Ahead() const { return {buffer_.get() + used_, held_ - used_}; }
  std::optional<std::string_view> Stop(Ending ending);

  File file_;
  std::string path_;
  uint64_t offset_;
  std::unique_ptr<char[]> buffer_;  // bytes of the file; [used_, held_) are ahead of offset_
  size_t capacity_ = 0;
  size_t held_ = 0;
  size_t used_ = 0;
  Ending ending_ = Ending::kWhole;
  bool stopped_ = false;
};

}  // namespace weir::ledger
