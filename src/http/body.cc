#include "http/body.h"

#include <algorithm>

#include "http/chars.h"

namespace weir::http {
namespace {

constexpr uint8_t kMaxSizeDigits = 16;
constexpr uint64_t kMaxChunk = uint64_t{1} << 63;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

BodyDecoder::BodyDecoder(Framing framing, Reason fault)
    : state_(State::kDone), fault_(fault), left_(framing.length) {
  switch (framing.kind) {
    case BodyKind::kNone:
      break;
    case BodyKind::kLength:
      if (left_ > 0) state_ = State::kLength;
      break;
    case BodyKind::kChunked:
      state_ = State::kSize;
      left_ = 0;
      break;
    case BodyKind::kUntilClose:
      state_ = State::kUntilClose;
      break;
  }
}

Result<BodyPiece> BodyDecoder::Next(std::string_view bytes) {
  if (state_ == State::kDone) return BodyPiece{0, {}, true};
  if (state_ == State::kUntilClose) return BodyPiece{bytes.size(), bytes, false};
  if (state_ == State::kLength) return TakeContent(bytes, State::kDone);
  return NextChunked(bytes);
}

BodyPiece BodyDecoder::TakeContent(std::string_view bytes, State after) {
  auto take = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
  left_ -= take;
  if (left_ == 0) state_ = after;
  return {take, bytes.substr(0, take), ended()};
}

Result<BodyPiece> BodyDecoder::NextChunked(std::string_view bytes) {
  BodyPiece piece;
  while (piece.consumed < bytes.size() && !ended()) {
    if (state_ == State::kData) {
      if (!piece.data.empty()) break;
      piece.data = TakeContent(bytes.substr(piece.consumed), State::kDataCr).data;
      piece.consumed += piece.data.size();
      continue;
    }
    std::string_view wrong = TakeFraming(bytes[piece.consumed]);
    if (!wrong.empty()) {
      if (!piece.data.empty()) break;  // the next call meets the same byte in the same state
      return MakeError(fault_, std::string(wrong));
    }
    ++piece.consumed;
  }
  piece.end = ended();
  return piece;
}

std::string_view BodyDecoder::TakeFraming(char c) {
  switch (state_) {
    case State::kSize:
      return TakeSize(c);
    case State::kExtension:
      return TakeExtension(c);
    case State::kSizeLf:
      return TakeSizeEnd(c);
    case State::kDataCr:
      return Expect(c, '\r', State::kDataLf);
    case State::kDataLf:
      return Expect(c, '\n', State::kSize);
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf:
    case State::kLastLf:
      return TakeTrailer(c);
    case State::kData:
    case State::kLength:
    case State::kUntilClose:
    case State::kDone:
      break;
  }
  return "not a framing state";
}

std::string_view BodyDecoder::Expect(char c, char wanted, State next) {
  if (c != wanted) return "bad chunk framing: CR LF expected";
  state_ = next;
  return {};
}

std::string_view BodyDecoder::TakeSize(char c) {
  int value = HexValue(c);
  if (value >= 0) {
    if (digits_ == kMaxSizeDigits) return "a chunk size has too many digits";
    uint64_t size = left_ << 4 | static_cast<uint64_t>(value);
    if (size > kMaxChunk) return "a chunk size is too large";
    left_ = size;
    ++digits_;
    return {};
  }
  if (digits_ == 0) return "a chunk size is missing";
  if (c == ';') return TakeExtension(c);
  return Expect(c, '\r', State::kSizeLf);
}

std::string_view BodyDecoder::TakeExtension(char c) {
  if (c == '\r') return Expect(c, '\r', State::kSizeLf);
  if (!Is(kValueChar, c)) return "a control character in a chunk extension";
  if (extensions_ == kMaxChunkExtensions) return "chunk extensions are too long";
  ++extensions_;
  state_ = State::kExtension;
  return {};
}

std::string_view BodyDecoder::TakeSizeEnd(char c) {
  if (c == '\n' && left_ > 0) {
    uint64_t content = content_ + std::min(left_, kMaxChunk - content_);
    if (chunks_ >= kFreeChunks && content / kMinChunkAverage < chunks_ - kFreeChunks) {
      return "too many tiny chunks";
    }
    content_ = content;
    ++chunks_;
  }
  if (c == '\n') digits_ = 0;
  return Expect(c, '\n', left_ > 0 ? State::kData : State::kTrailerStart);
}

std::string_view BodyDecoder::TakeTrailer(char c) {
  if (trailers_ == kMaxTrailers) return "trailers are too long";
  std::string_view wrong;
  if (state_ == State::kTrailerLf) {
    wrong = Expect(c, '\n', State::kTrailerStart);
  } else if (state_ == State::kLastLf) {
    wrong = Expect(c, '\n', State::kDone);
  } else if (state_ == State::kTrailerStart && c == '\r') {
    state_ = State::kLastLf;
  } else if (state_ == State::kTrailerValue) {
    if (!Is(kValueChar, c)) wrong = Expect(c, '\r', State::kTrailerLf);
  } else if (state_ == State::kTrailerName && c == ':') {
    state_ = State::kTrailerValue;
  } else if (Is(kTokenChar, c)) {
    state_ = State::kTrailerName;
  } else {
    wrong = "a trailer is not a header line";
  }
  if (wrong.empty()) ++trailers_;
  return wrong;
}

}  // namespace weir::http
