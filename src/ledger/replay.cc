#include "ledger/journal.h"
#include "ledger/segment.h"

namespace weir::ledger {
namespace {

using Each = std::function<bool(std::string_view, JournalPosition)>;

enum class Next : uint8_t { kSegment, kStop };

Result<Next> ReplaySegment(SegmentReader* reader, uint64_t number, bool newest, const Each& each,
                           ReplayResult* result) {
  while (true) {
    WEIR_TRY(auto payload, reader->Next());
    if (!payload) break;
    ++result->records;
    result->position = {number, reader->offset()};
    if (!each(*payload, result->position)) return Next::kStop;
  }
  if (newest) return Next::kStop;
  if (reader->ending() != SegmentReader::Ending::kWhole) ++result->corrupt;
  return Next::kSegment;
}

}  // namespace

// The directory is listed before any file is read: a segment that has a successor in the list gets
// no more records, so its end is its end.
Result<ReplayResult> Replay(const std::string& directory, JournalPosition from, const Each& each) {
  WEIR_TRY(auto segments, ListSegments(directory));
  ReplayResult result{.position = from};
  for (uint64_t number : segments) {
    if (number < from.segment) continue;
    if (number > from.segment) result.position = {number, kSegmentHeaderBytes};
    uint64_t offset = number == from.segment ? from.offset : kSegmentHeaderBytes;
    WEIR_TRY(auto reader, SegmentReader::Open(SegmentPath(directory, number), offset));
    if (!reader) continue;
    WEIR_TRY(Next next, ReplaySegment(&*reader, number, number == segments.back(), each, &result));
    if (next == Next::kStop) break;
  }
  return result;
}

}  // namespace weir::ledger
