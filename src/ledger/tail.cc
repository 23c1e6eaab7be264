#include "ledger/tail.h"

#include <algorithm>

namespace weir::ledger {
namespace {

constexpr uint64_t kLoadBytes = 1 << 20;

}  // namespace

Result<JournalPosition> Tail::Read(JournalPosition from, JournalPosition end, size_t most,
                                   std::vector<std::string_view>* payloads) {
  payloads->clear();
  while (true) {
    WEIR_CHECK_OK(Seek(from));
    if (!reader_) return from;
    WEIR_CHECK_OK(Take(end, most, payloads));
    if (!payloads->empty() || segment_ >= end.segment) return at();
    from = {segment_ + 1, kSegmentHeaderBytes};
  }
}

// Leaves no reader when the journal has nothing from there on.
Result<void> Tail::Seek(JournalPosition position) {
  if (reader_ && at() == position) return {};
  reader_.reset();
  WEIR_TRY(auto segments, ListSegments(directory_));
  for (uint64_t number : segments) {
    if (number < position.segment) continue;
    uint64_t offset = number == position.segment ? position.offset : kSegmentHeaderBytes;
    WEIR_TRY(reader_, SegmentReader::Open(SegmentPath(directory_, number), offset));
    segment_ = number;
    if (reader_) return {};
  }
  return {};
}

Result<void> Tail::Take(JournalPosition end, size_t most, std::vector<std::string_view>* payloads) {
  if (at() >= end) return {};
  if (!reader_->HasNext()) {
    uint64_t ahead = segment_ == end.segment ? end.offset - reader_->offset() : kLoadBytes;
    WEIR_CHECK_OK(reader_->Load(static_cast<size_t>(std::min(ahead, kLoadBytes))));
  }
  do {
    WEIR_TRY(auto payload, reader_->Next());
    if (!payload) return {};
    payloads->push_back(*payload);
  } while (payloads->size() < most && reader_->HasNext());
  return {};
}

}  // namespace weir::ledger
