// Event streams: the same events however they are cut, and no byte lost.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/check.h"
#include "http/sse.h"

namespace weir::fuzz {
namespace {

struct Stream {
  std::vector<std::string> events;  // raw, data, event and flags, in turn
  std::string raw;
  size_t unfinished = 0;
  bool refused = false;
};

void Drain(http::SseSplitter* splitter, Stream* stream) {
  http::SseEvent event;
  while (splitter->Next(&event)) {
    stream->raw += event.raw;
    stream->events.emplace_back(event.raw);
    stream->events.emplace_back(event.data);
    stream->events.emplace_back(event.event);
    stream->events.emplace_back(event.has_data ? "data" : event.comment_only ? "comment" : "");
  }
}

Stream Split(std::string_view input, size_t first, size_t stride, size_t max_event) {
  http::SseSplitter splitter(max_event);
  Stream stream;
  for (size_t size = first; !input.empty() && !stream.refused; size = stride) {
    stream.refused = !splitter.Feed(input.substr(0, size));
    if (!stream.refused) Drain(&splitter, &stream);
    input.remove_prefix(std::min(size, input.size()));
  }
  if (!stream.refused) stream.refused = !splitter.Finish();
  if (!stream.refused) Drain(&splitter, &stream);
  stream.unfinished = splitter.unfinished();
  return stream;
}

void CheckSame(const Stream& split, const Stream& whole) {
  WEIR_FUZZ_CHECK(split.events == whole.events);
  WEIR_FUZZ_CHECK(split.refused == whole.refused);
  WEIR_FUZZ_CHECK(split.refused || split.unfinished == whole.unfinished);
}

void CheckSplits(std::string_view input, size_t max_event) {
  Stream whole = Split(input, input.size(), input.size(), max_event);
  WEIR_FUZZ_CHECK(input.starts_with(whole.raw));
  if (!whole.refused) WEIR_FUZZ_CHECK(whole.raw.size() + whole.unfinished == input.size());
  for (size_t stride : {1, 3}) CheckSame(Split(input, stride, stride, max_event), whole);
  size_t step = input.size() / 16 + 1;
  for (size_t cut = 0; cut < input.size(); cut += step) {
    CheckSame(Split(input, cut, input.size(), max_event), whole);
  }
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::string_view input = weir::fuzz::Bytes(bytes, size);
  weir::fuzz::CheckSplits(input, weir::http::kMaxSseEvent);
  weir::fuzz::CheckSplits(input, 24);
  return 0;
}
