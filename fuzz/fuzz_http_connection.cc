// A client's whole connection: heads, bodies, chunks, trailers, one request behind the other. The
// same requests however the bytes are cut; and what is accepted, Beast must end in the same places,
// or one of the two could be made to take a body for a request.
#include <algorithm>

#include "fuzz/beast_stream.h"
#include "fuzz/check.h"

namespace weir::fuzz {
namespace {

// Beast reads Proxy-Connection as if it were Connection; Weir does not know it.
bool IsComparable(const FramedRequest& request) {
  return std::ranges::none_of(request.headers, [](const auto& header) {
    return EqualsIgnoreCase(header.first, "proxy-connection");
  });
}

void CheckAgainstBeast(std::string_view bytes, const FramedStream& framed) {
  const size_t count = framed.requests.size();
  const std::vector<FramedRequest> beast = ReadByBeast(bytes, count + 1);
  for (size_t i = 0; i < count; ++i) {
    if (!IsComparable(framed.requests[i])) return;
    WEIR_FUZZ_CHECK(i < beast.size());
    WEIR_FUZZ_CHECK(framed.requests[i] == beast[i]);
  }
  // Where Weir waits for more, nobody may see a whole request.
  if (framed.end == FramedStream::End::kWaiting) WEIR_FUZZ_CHECK(beast.size() == count);
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input = weir::fuzz::Bytes(bytes, size);
  static weir::Framer framer;
  const weir::FramedStream framed = framer.Frame(input, size + 1);
  for (const size_t stride : {1, 7}) {
    WEIR_FUZZ_CHECK(framer.Frame(input, stride) == framed);
  }
  weir::fuzz::CheckAgainstBeast(input, framed);
  return 0;
}
