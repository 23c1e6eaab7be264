// Responses: head, body, content encoding.
#include "fuzz/http_oracle.h"
#include "http/gzip.h"

namespace weir::fuzz {
namespace {

constexpr size_t kMaxInflated = 64 << 10;

std::string Inflate(std::string_view packed, size_t stride, bool* refused) {
  http::Inflater inflater(kMaxInflated);
  std::string content;
  *refused = false;
  while (!packed.empty() && !*refused) {
    std::string_view part = packed.substr(0, stride);
    *refused = !inflater.Feed(part, &content);
    packed.remove_prefix(part.size());
  }
  WEIR_FUZZ_CHECK(content.size() <= kMaxInflated);
  return content;
}

void CheckInflate(std::string_view packed) {
  bool whole_refused;
  bool dripped_refused;
  std::string whole = Inflate(packed, packed.size(), &whole_refused);
  std::string dripped = Inflate(packed, 1, &dripped_refused);
  WEIR_FUZZ_CHECK(whole_refused == dripped_refused);
  WEIR_FUZZ_CHECK(whole_refused || whole == dripped);
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  namespace fuzz = weir::fuzz;
  namespace http = weir::http;
  std::string_view input = fuzz::Bytes(bytes, size);
  http::ResponseHead head;
  weir::Result<size_t> whole = http::ParseResponseHead(input, {}, &head);
  fuzz::CheckPrefixes(input, whole, &http::ParseResponseHead);
  if (!whole || *whole == 0) return 0;
  WEIR_FUZZ_CHECK(*whole <= size && head.status >= 100 && head.status < 600);
  fuzz::CheckAgainstBeast<false>(input.substr(0, *whole), head);
  fuzz::Body body = fuzz::CheckBody(head.framing, input.substr(*whole));
  std::optional<std::string_view> encoding = head.headers.Find("content-encoding");
  if (encoding && http::IsInflatable(*encoding)) fuzz::CheckInflate(body.content);
  return 0;
}
