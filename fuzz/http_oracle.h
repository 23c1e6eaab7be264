// Oracles that the request and the response target share.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "fuzz/check.h"
#include "http/beast_oracle.h"
#include "http/body.h"
#include "http/head.h"

namespace weir::fuzz {

// A longer input may only add to the judgement: what a prefix was refused for stays refused, what
// was accepted stays accepted at the same size.
template <class Head>
void CheckPrefixes(std::string_view bytes, const Result<size_t>& whole,
                   Result<size_t> (*parse)(std::string_view, const http::Limits&, Head*)) {
  size_t step = bytes.size() / 32 + 1;
  for (size_t size = 0; size < bytes.size(); size += step) {
    Head head;
    Result<size_t> part = parse(bytes.substr(0, size), {}, &head);
    if (!part) WEIR_FUZZ_CHECK(!whole);
    if (part && *part > 0) WEIR_FUZZ_CHECK(whole && *whole == *part);
  }
}

// Beast reads Proxy-Connection as if it were Connection; Weir does not know it.
template <bool kRequest, class Head>
void CheckAgainstBeast(std::string_view bytes, const Head& head) {
  if (head.headers.Count("proxy-connection") > 0) return;
  std::string differs =
      http::BeastOracle<kRequest>::Compare(bytes, head.headers, head.framing, head.keep_alive);
  if (!differs.empty()) std::fprintf(stderr, "%s\n", differs.c_str());
  WEIR_FUZZ_CHECK(differs.empty());
}

struct Body {
  std::string content;
  size_t size = 0;  // 0 unless it ended
  bool refused = false;

  bool operator==(const Body&) const = default;
};

inline Body DecodeBody(http::Framing framing, std::string_view bytes, size_t stride) {
  http::BodyDecoder decoder(framing, Reason::kBadRequest);
  Body body;
  for (size_t at = 0, given = 0; !decoder.ended();) {
    Result<http::BodyPiece> piece = decoder.Next(bytes.substr(at, given - at));
    if (!piece) {
      body.refused = true;
      return body;
    }
    WEIR_FUZZ_CHECK(piece->consumed <= given - at && piece->data.size() <= piece->consumed);
    body.content += piece->data;
    at += piece->consumed;
    if (piece->end) body.size = at;
    if (piece->consumed > 0 || piece->end) continue;
    if (given == bytes.size()) break;
    given = std::min(given + stride, bytes.size());
  }
  return body;
}

// The body, after it was found to be the same however it is cut.
inline Body CheckBody(http::Framing framing, std::string_view bytes) {
  Body whole = DecodeBody(framing, bytes, bytes.size() + 1);
  for (size_t stride : {1, 2, 7}) WEIR_FUZZ_CHECK(DecodeBody(framing, bytes, stride) == whole);
  return whole;
}

}  // namespace weir::fuzz
