// Writing heads: our own framing on both hops, allow-listed headers, values checked for CR/LF.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::http {

// The reason phrase of RFC 9110, or "Unknown".
std::string_view StatusText(int status);

// Appends a head to a string, which keeps its capacity between messages: after the first few heads
// nothing is allocated.
class HeadWriter {
 public:
  explicit HeadWriter(std::string* out) : out_(out) {}
  HeadWriter& Status(int status);
  // "METHOD path?query HTTP/1.1"; no '?' for an empty query. Controls, spaces and non-ASCII bytes
  // are dropped.
  HeadWriter& RequestLine(std::string_view method, std::string_view path, std::string_view query);
  // Control characters in `value` are dropped, so nothing can be injected. `name` is ours or was
  // judged when its head was parsed.
  HeadWriter& Field(std::string_view name, std::string_view value);
  HeadWriter& Field(std::string_view name, uint64_t value);
  void End();  // the blank line

 private:
  void AppendVisible(std::string_view text);

  std::string* out_;
};

// The line before a chunk's data.
void AppendChunkSize(std::string* out, size_t size);
// One chunk; nothing for empty data, so never the last.
void AppendChunk(std::string* out, std::string_view data);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// What may pass, case ignored; everything else stops here: credentials, cookies, hop-by-hop fields,
// forwarded-*, framing, x-weir-*. Content-Type, Accept-Encoding, Host and credentials are written
// by Weir itself.
//
// To upstream: accept, user-agent · anthropic-beta, anthropic-version · openai-beta,
// openai-organization, openai-project · http-referer, x-title (OpenRouter's app attribution) ·
// idempotency-key, x-client-request-id, x-request-id · traceparent, tracestate · x-stainless-*.
bool MayForwardToUpstream(std::string_view request_header);

// To the client: content-type · retry-after, retry-after-ms, x-should-retry · openai-model,
// openai-processing-ms, openai-version (not openai-organization: it names the operator's account) ·
// request-id, x-request-id · x-ratelimit-*, anthropic-ratelimit-*.
bool MayForwardToClient(std::string_view response_header);

}  // namespace weir::http
