// Writing heads: our own framing on both hops, allow-listed headers, values checked for CR/LF.
#pragma once

#include <string>
#include <string_view>

namespace weir::http {

std::string_view StatusText(int status);

// Builds a response head into a string that keeps its capacity.
class HeadWriter {
 public:
  explicit HeadWriter(std::string* out) : out_(out) {}
  HeadWriter& Status(int status);
  HeadWriter& RequestLine(std::string_view method, std::string_view path, std::string_view query);
  // Control characters in `value` are dropped, so nothing can be injected.
  HeadWriter& Field(std::string_view name, std::string_view value);
  HeadWriter& Field(std::string_view name, uint64_t value);
  void End();  // the blank line

 private:
  std::string* out_;
};

void AppendChunk(std::string* out, std::string_view data);  // one chunk; never the last
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Hop-by-hop or otherwise never forwarded (RFC 9110 7.6.1 and credentials); case ignored.
bool MayForwardToUpstream(std::string_view request_header);
bool MayForwardToClient(std::string_view response_header);

}  // namespace weir::http
