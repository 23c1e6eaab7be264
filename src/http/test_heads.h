// What the tests of request heads share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/head.h"

namespace weir::http {

// What came of one parse: the Reason of the refusal, or the size (0: more is needed).
struct Outcome {
  std::optional<Reason> refused;
  size_t size = 0;
};

inline Outcome Parse(std::string_view bytes, const Limits& limits = {}) {
  RequestHead head;
  Result<size_t> size = ParseRequestHead(bytes, limits, &head);
  if (!size) return {size.error().reason, 0};
  return {std::nullopt, *size};
}

inline std::string Post(std::string_view headers) {
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

}  // namespace weir::http
