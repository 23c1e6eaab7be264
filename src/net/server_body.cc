#include <algorithm>

#include "base/strings.h"
#include "net/server_connection.h"

// How a request's body comes in: within its bounds and the deadline of its request.

namespace weir::net {
namespace {

constexpr size_t kChunkStep = 4 << 10;
constexpr size_t kBodyPadding = 64;
constexpr size_t kBodyStep = 256 << 10;  // a declared length is not believed further ahead
constexpr size_t kKeptBody = 64 << 10;   // capacity kept between requests

Error TooLarge(std::string_view which, uint64_t limit) {
  return MakeError(Reason::kBodyTooLarge, fmt::format("{} is larger than limits.max_body ({})",
                                                      which, FormatBytes(limit)));
}

}  // namespace

// The body that came with its head, or none: nothing has to be waited for. False: see ReadBody().
bool ServerConnection::TakeBodyAtHand() {
  const http::Framing& framing = head_.framing;
  const size_t here = ahead_.view().size() - consumed_;
  const bool small = framing.kind == http::BodyKind::kLength && framing.length <= here &&
                     framing.length <= limits_.max_body && !head_.expect_continue;
  if (framing.kind != http::BodyKind::kNone && !small) return false;
  ClearBody();
  if (!small) return true;
  const size_t head_size = consumed_;
  body_.Reserve(framing.length + kBodyPadding);
  body_.Append(ahead_.view().substr(consumed_, framing.length));
  consumed_ += framing.length;
  DropDecoded(head_size);
  return true;
}

void ServerConnection::ClearBody() {
  body_.Clear();
  if (body_.capacity() > kKeptBody) body_.Free();
}

Task<bool> ServerConnection::ReadBody() {
  ClearBody();
  const http::Framing& framing = head_.framing;
  const uint64_t limit = limits_.max_body;
  Result<bool> whole = true;
  if (framing.kind == http::BodyKind::kLength && framing.length > limit) {
    whole = TooLarge(fmt::format("the body of {} bytes", framing.length), limit);
  } else {
    whole = co_await ReadFramedBody();
  }
  if (whole && !*whole && ahead_.timed_out()) {
    whole = MakeError(Reason::kRequestTimeout, "the request's body did not come in time");
  }
  if (whole) co_return *whole;
  close_ = true;
  co_return co_await Refuse(whole.error());
}

Task<Result<bool>> ServerConnection::ReadFramedBody() {
  if (head_.expect_continue) {
    bool sent = co_await Send("HTTP/1.1 100 Continue\r\n\r\n");
    if (!sent) co_return false;
  }
  if (head_.framing.kind == http::BodyKind::kLength) {
    bool whole = co_await ReadSizedBody(head_.framing.length);
    co_return whole;
  }
  Result<bool> whole = co_await ReadChunkedBody();
  co_return whole;
}

// Past what came with the head the socket fills the body itself.
Task<bool> ServerConnection::ReadSizedBody(uint64_t length) {
  const SteadyTime deadline = request_began_ + limits_.read_timeout;
  const size_t head_size = consumed_;
  size_t here = std::min<uint64_t>(length, ahead_.view().size() - consumed_);
  // One allocation for what is at hand or small; a large announced body grows as it really comes.
  body_.Reserve(std::min<uint64_t>(length, std::max(here, kBodyStep)) + kBodyPadding);
  body_.Append(ahead_.view().substr(consumed_, here));
  consumed_ += here;
  ahead_.SetDeadline(deadline);
  while (body_.size() < length) {
    const size_t old = body_.size();
    if (ahead_.pending()) {  // the watch of the request before is still out
      bool more = co_await ahead_.More(deadline);
      if (!more) co_return false;
      size_t take = std::min<uint64_t>(length - old, ahead_.view().size() - consumed_);
      body_.Append(ahead_.view().substr(consumed_, take));
      consumed_ += take;
      continue;
    }
    const size_t step = std::min<uint64_t>(length - old, kBodyStep);
    if (body_.capacity() < old + step + kBodyPadding) {
      body_.Reserve(std::min<uint64_t>(length, 2 * (old + step)) + kBodyPadding);
    }
    // A read that comes back short has emptied the socket, so for the end of the body a little more
    // than that is asked for: what comes is the next request's.
    const size_t over = old + step == length ? kBodyPadding : 0;
    IoResult read = co_await stream_->Read(body_.Room(step + over), SteadyTime::max());
    body_.Wrote(std::min(read.bytes, step));
    if (read.bytes > step) {
      const std::string_view next(body_.view().data() + length, read.bytes - step);
      MakeRoom(next.size());
      ahead_.Append(next);
    }
    // A read that was complete when the time ran out is not cancelled by it.
    if (!read.ok() || ahead_.timed_out()) co_return false;
  }
  DropDecoded(head_size);
  co_return true;
}

Task<Result<bool>> ServerConnection::ReadChunkedBody() {
  const SteadyTime deadline = request_began_ + limits_.read_timeout;
  http::BodyDecoder decoder(head_.framing, Reason::kBadRequest);
  const size_t head_size = consumed_;
  for (;;) {
    Result<http::BodyPiece> piece = decoder.Next(ahead_.view().substr(consumed_));
    if (piece && body_.size() + piece->data.size() > limits_.max_body) {
      piece = TooLarge("the chunked body", limits_.max_body);
    }
    if (!piece) co_return piece.error();
    body_.Append(piece->data);
    consumed_ += piece->consumed;
    if (piece->end) break;
    if (piece->consumed > 0) continue;
    DropDecoded(head_size);
    MakeRoom(kChunkStep);
    bool more = co_await ahead_.More(deadline);
    if (!more) co_return false;
  }
  body_.Reserve(body_.size() + kBodyPadding);
  co_return true;
}

// Makes room for the rest; the head stays where its views point.
void ServerConnection::DropDecoded(size_t head_size) {
  if (ahead_.pending()) return;
  ahead_.Drop(head_size, consumed_);
  consumed_ = head_size;
}

}  // namespace weir::net
