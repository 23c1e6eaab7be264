#include "http/body.h"

#include <algorithm>

#include "base/strings.h"
#include "http/chars.h"

namespace weir::http {
namespace {

constexpr uint8_t kMaxSizeDigits = 16;
constexpr std::string_view kBadExtension = "a chunk extension is not `;name=value`";
constexpr std::string_view kBadTrailer = "a trailer cannot rule its message or connection";
constexpr uint64_t kMaxChunk = uint64_t{1} << 63;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// What other parsers obey wherever it stands.
bool RulesMessage(std::string_view name) {
  constexpr std::string_view kNames[] = {"connection", "content-length", "proxy-connection",
                                         "transfer-encoding", "upgrade"};
  return std::ranges::any_of(
      kNames, [name](std::string_view each) { return EqualsIgnoreCase(name, each); });
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
  while (wrong_.empty() && piece.consumed < bytes.size() && !ended()) {
    if (state_ == State::kData) {
      if (!piece.data.empty()) break;
      piece.data = TakeContent(bytes.substr(piece.consumed), State::kDataCr).data;
      piece.consumed += piece.data.size();
      continue;
    }
    wrong_ = TakeFraming(bytes[piece.consumed]);
    if (wrong_.empty()) ++piece.consumed;
  }
  // Content before a fault is handed out first, the fault by the next call.
  if (!wrong_.empty() && piece.data.empty()) return MakeError(fault_, std::string(wrong_));
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
  if (c != '\r' && ++extensions_ > kMaxChunkExtensions) return "chunk extensions are too long";
  const bool token = Is(kTokenChar, c);
  bool good = token;
  switch (extension_) {
    case Extension::kName:
      extension_ = Extension::kNameEnd;
      break;
    case Extension::kNameEnd:
      if (!token && c != '=') return EndExtension(c);
      if (c == '=') extension_ = Extension::kValue;
      good = true;
      break;
    case Extension::kValue:
      extension_ = c == '"' ? Extension::kQuoted : Extension::kToken;
      good = token || c == '"';
      break;
    case Extension::kToken:
      if (!token) return EndExtension(c);
      break;
    case Extension::kQuoted:
      if (c == '"') extension_ = Extension::kEnd;
      if (c == '\\') extension_ = Extension::kEscaped;
      good = Is(kValueChar, c);
      break;
    case Extension::kEscaped:
      extension_ = Extension::kQuoted;
      good = Is(kValueChar, c);
      break;
    case Extension::kEnd:
      return EndExtension(c);
  }
  return good ? std::string_view() : kBadExtension;
}

// Another one begins, or the line ends.
std::string_view BodyDecoder::EndExtension(char c) {
  extension_ = c == ';' ? Extension::kName : Extension::kEnd;
  state_ = State::kExtension;
  if (c == ';') return {};
  return c == '\r' ? Expect(c, '\r', State::kSizeLf) : kBadExtension;
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
  } else {
    wrong = TakeTrailerName(c);
  }
  if (wrong.empty()) ++trailers_;
  return wrong;
}

std::string_view BodyDecoder::TakeTrailerName(char c) {
  if (state_ == State::kTrailerStart) name_size_ = 0;
  if (state_ == State::kTrailerName && c == ':') {
    state_ = State::kTrailerValue;
    return RulesMessage({name_.data(), name_size_}) ? kBadTrailer : std::string_view();
  }
  if (!Is(kTokenChar, c)) return "a trailer is not a header line";
  state_ = State::kTrailerName;
  if (name_size_ < name_.size()) name_[name_size_++] = c;
  return {};
}

}  // namespace weir::http
