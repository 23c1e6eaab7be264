// Decodes a framed body piece by piece, without copying.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "http/head.h"

namespace weir::http {

struct BodyPiece {
  size_t consumed = 0;    // bytes of the input that are done with
  std::string_view data;  // content inside the consumed bytes; may be empty
  bool end = false;       // the body is complete
};

// One body. Chunk sizes, extensions and trailers are bounded and strict: bare LF, an empty or
// oversized size, junk after it are errors. Trailers are read and dropped.
class BodyDecoder {
 public:
  // `fault`: the Reason of a framing error (kBadRequest for clients, kUpstreamProtocol for upstreams).
  BodyDecoder(Framing framing, Reason fault);
  // Takes what it can from `bytes`; call again with the rest until `end`, or `consumed == 0` = feed more.
  // For kNone the first call (also with no bytes) ends. kUntilClose never ends by itself.
  Result<BodyPiece> Next(std::string_view bytes);
  bool ended() const { return ended_; }

 private:
  enum class State : uint8_t { kSize, kData, kDataEnd, kTrailer, kLength, kUntilClose, kDone };
  Error Fault(std::string_view what) const;

  State state_;
  Reason fault_;
  uint64_t left_ = 0;
  uint32_t overhead_ = 0;  // extension + trailer bytes so far, bounded
  bool ended_ = false;
};

}  // namespace weir::http
