// Decodes a framed body piece by piece, without copying.
#pragma once

#include <array>
#include <cstddef>
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

// Of one chunked body. Tiny chunks cost more to frame than they carry: past the free ones a chunk
// must carry kMinChunkAverage bytes on average.
inline constexpr size_t kMaxChunkExtensions = 4 << 10;
inline constexpr size_t kMaxTrailers = 8 << 10;
inline constexpr uint64_t kFreeChunks = 64 << 10;
inline constexpr uint64_t kMinChunkAverage = 16;

// One body. Chunk sizes, extensions and trailers are bounded and strict: bare LF, an empty or
// oversized size, junk after it are errors. Extensions are `;name`, `;name=token` or
// `;name="quoted"` without blanks between. Trailers must be header lines; they are read and
// dropped, but one that would frame the message (Content-Length, Transfer-Encoding) is an error:
// others do not take it for nothing.
class BodyDecoder {
 public:
  // `fault`: Reason of a framing error (kBadRequest for clients, kUpstreamProtocol for upstreams).
  BodyDecoder(Framing framing, Reason fault);
  // Takes what it can from `bytes`: at most one run of content. Call again with the rest until
  // `end`, or `consumed == 0` = feed more. What pieces come does not hang on how the bytes were
  // cut, only how many: content before a fault is handed out first. Do not go on after an error.
  // For kNone and an empty kLength the first call (also with no bytes) ends. kUntilClose never ends
  // by itself.
  Result<BodyPiece> Next(std::string_view bytes);
  bool ended() const { return state_ == State::kDone; }

 private:
  enum class State : uint8_t {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kLastLf,
    kLength,
    kUntilClose,
    kDone,
  };
  enum class Extension : uint8_t { kName, kNameEnd, kValue, kToken, kQuoted, kEscaped, kEnd };
  BodyPiece TakeContent(std::string_view bytes, State after);
  Result<BodyPiece> NextChunked(std::string_view bytes);
  // Each takes one byte of framing and returns what is wrong with it, or nothing.
  std::string_view TakeFraming(char c);
  std::string_view TakeSize(char c);
  std::string_view TakeExtension(char c);
  std::string_view EndExtension(char c);
  std::string_view TakeSizeEnd(char c);
  std::string_view TakeTrailer(char c);
  std::string_view TakeTrailerName(char c);
  std::string_view Expect(char c, char wanted, State next);

  State state_;
  Extension extension_ = Extension::kEnd;
  Reason fault_;
  uint8_t digits_ = 0;       // of the chunk size being read
  uint16_t extensions_ = 0;  // bytes so far, bounded
  uint16_t trailers_ = 0;
  std::string_view wrong_;  // what a byte was refused for; nothing goes on behind it
  // The name being read; what does not fit is none of those that are looked for.
  std::array<char, 18> name_{};
  uint8_t name_size_ = 0;
  uint64_t left_ = 0;  // of the chunk, or of the whole body
  uint64_t chunks_ = 0;
  uint64_t content_ = 0;  // announced by the chunks so far
};

}  // namespace weir::http
