#include "ledger/segment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>

#include "base/strings.h"
#include "ledger/crc.h"

namespace weir::ledger {
namespace {

constexpr std::string_view kMagic = "WEIRJRNL";
constexpr uint32_t kVersion = 1;
constexpr std::string_view kPrefix = "journal-";
constexpr std::string_view kSuffix = ".wlj";
constexpr size_t kReadBytes = 256 << 10;

void PutU32(uint32_t value, char* out) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(value >> (8 * i));
}

uint32_t GetU32(std::string_view bytes) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i)
    value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  return value;
}

uint32_t Crc(std::string_view bytes) {
  return AddCrc(0, bytes);
}

std::optional<uint64_t> SegmentNumber(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  if (name.size() <= kPrefix.size() + kSuffix.size()) return std::nullopt;
  return ParseUint(name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size()));
}

}  // namespace

std::string SegmentPath(const std::string& directory, uint64_t number) {
  return fmt::format("{}/{}{:08}{}", directory, kPrefix, number, kSuffix);
}

Result<std::vector<uint64_t>> ListSegments(const std::string& directory) {
  std::vector<uint64_t> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    if (auto number = SegmentNumber(at->path().filename().native())) numbers.push_back(*number);
  }
  if (error && error.value() != ENOENT) {
    return FileError("reading directory", directory, error.value());
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string SegmentHeader() {
  std::string header(kSegmentHeaderBytes, '\0');
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  PutU32(kVersion, header.data() + kMagic.size());
  PutU32(Crc(std::string_view(header).substr(0, 12)), header.data() + 12);
  return header;
}

void PutRecordHeader(std::string_view payload, char* out) {
  PutU32(static_cast<uint32_t>(payload.size()), out);
  PutU32(AddCrc(Crc({out, 4}), payload), out + 4);
}

Result<std::optional<SegmentReader>> SegmentReader::Open(const std::string& path, uint64_t offset) {
  File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT) return std::optional<SegmentReader>();
  if (!file.valid()) return FileError("opening", path, errno);
  SegmentReader reader(std::move(file), path, 0);
  WEIR_CHECK_OK(reader.CheckHeader());
  if (!reader.stopped_) {
    reader.offset_ = std::max(offset, kSegmentHeaderBytes);
    reader.held_ = reader.used_ = 0;
  }
  return std::optional<SegmentReader>(std::move(reader));
}

Result<void> SegmentReader::CheckHeader() {
  WEIR_CHECK_OK(Fetch(kSegmentHeaderBytes, kSegmentHeaderBytes));
  std::string_view header = Ahead().substr(0, kSegmentHeaderBytes);
  if (header.size() < kSegmentHeaderBytes) {
    Stop(Ending::kTorn);
  } else if (!header.starts_with(kMagic) ||
             Crc(header.substr(0, 12)) != GetU32(header.substr(12))) {
    Stop(Ending::kCorrupt);
  } else if (GetU32(header.substr(kMagic.size())) != kVersion) {
    return MakeError(Reason::kIo, fmt::format("{} has format {}; this weir reads format {}", path_,
                                              GetU32(header.substr(kMagic.size())), kVersion));
  }
  return {};
}

std::optional<std::string_view> SegmentReader::Stop(Ending ending) {
  ending_ = ending;
  stopped_ = true;
  return std::nullopt;
}

Result<void> SegmentReader::Fetch(size_t size, size_t most) {
  if (Ahead().size() >= size) return {};
  most = std::max(size, most);
  std::string_view kept = Ahead();
  if (most > capacity_) {
    auto larger = std::make_unique_for_overwrite<char[]>(most);
    std::copy(kept.begin(), kept.end(), larger.get());
    buffer_ = std::move(larger);
    capacity_ = most;
  } else {
    std::copy(kept.begin(), kept.end(), buffer_.get());
  }
  held_ = kept.size();
  used_ = 0;
  while (held_ < most) {
    ssize_t got =
        pread(file_.fd(), buffer_.get() + held_, most - held_, static_cast<off_t>(offset_ + held_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("reading", path_, errno);
    if (got == 0) break;
    held_ += static_cast<size_t>(got);
  }
  return {};
}

Result<void> SegmentReader::Load(size_t bytes) {
  ending_ = Ending::kWhole;
  stopped_ = false;
  return Fetch(bytes, bytes);
}

bool SegmentReader::HasNext() const {
  if (stopped_ || Ahead().size() < kRecordHeaderBytes) return false;
  return Ahead().size() - kRecordHeaderBytes >= GetU32(Ahead());
}

Result<std::optional<std::string_view>> SegmentReader::Next() {
  if (stopped_) return std::optional<std::string_view>();
  WEIR_CHECK_OK(Fetch(kRecordHeaderBytes, kReadBytes));
  if (Ahead().empty()) return Stop(Ending::kWhole);
  if (Ahead().size() < kRecordHeaderBytes) return Stop(Ending::kTorn);
  size_t size = GetU32(Ahead());
  if (size == 0 || size > kMaxPayloadBytes) return Stop(Ending::kCorrupt);
  WEIR_CHECK_OK(Fetch(kRecordHeaderBytes + size, kReadBytes));
  if (Ahead().size() < kRecordHeaderBytes + size) return Stop(Ending::kTorn);
  std::string_view payload = Ahead().substr(kRecordHeaderBytes, size);
  if (AddCrc(Crc(Ahead().substr(0, 4)), payload) != GetU32(Ahead().substr(4)))
    return Stop(Ending::kCorrupt);
  offset_ += kRecordHeaderBytes + size;
  used_ += kRecordHeaderBytes + size;
  return std::optional<std::string_view>(payload);
}

}  // namespace weir::ledger
