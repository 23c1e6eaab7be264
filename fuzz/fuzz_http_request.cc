// Requests: head, then its body.
#include "fuzz/http_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  namespace fuzz = weir::fuzz;
  namespace http = weir::http;
  std::string_view input = fuzz::Bytes(bytes, size);
  http::RequestHead head;
  weir::Result<size_t> whole = http::ParseRequestHead(input, {}, &head);
  fuzz::CheckPrefixes(input, whole, &http::ParseRequestHead);
  if (!whole || *whole == 0) return 0;
  WEIR_FUZZ_CHECK(*whole <= size);
  WEIR_FUZZ_CHECK(head.framing.kind != http::BodyKind::kUntilClose);
  fuzz::CheckAgainstBeast<true>(input.substr(0, *whole), head);
  fuzz::CheckBody(head.framing, input.substr(*whole));
  return 0;
}
