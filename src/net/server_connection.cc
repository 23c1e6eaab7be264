#include "net/server_connection.h"

#include <array>
#include <utility>

#include "http/write.h"

namespace weir::net {
namespace {

constexpr size_t kHeadStep = 1 << 10;
constexpr size_t kLingerBytes = 1 << 20;  // of a refused body that are read and dropped
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr auto kAbortedWrite = std::chrono::seconds(1);

}  // namespace

ServerConnection::ServerConnection(Worker& worker, std::unique_ptr<Stream> stream,
                                   RequestHandler& handler)
    : worker_(worker),
      stream_(std::move(stream)),
      handler_(handler),
      ahead_(worker, *stream_, *this) {}

void ServerConnection::Start(std::unique_ptr<ServerConnection> connection) {
  Spawn(connection.release()->Run());
}

bool ServerConnection::keep_alive() const {
  // No protocol is changed, so a client that wants to must wait. Bytes that came all the same are
  // its other protocol or a request: a peer before us may take them for either.
  const bool unasked = head_live_ && head_.upgrade && ahead_.view().size() > consumed_;
  return head_.keep_alive && !close_ && !unasked && !handler_.draining();
}

Task<void> ServerConnection::Run() {
  for (bool open = true; open;) {
    close_ = false;
    open = co_await ReadHead();
    if (!open) break;
    Result<void> admitted = handler_.Admit(head_);
    if (!admitted) {
      if (head_.framing.kind != http::BodyKind::kNone) close_ = true;
      open = co_await Refuse(admitted.error());
      continue;
    }
    if (!TakeBodyAtHand()) open = co_await ReadBody();
    if (!open) break;
    BeginServing();
    co_await handler_.Handle(*this);
    EndServing();
    open = keep_alive() && !broken_;
    EndRequest();
  }
  stream_->Close();
  RequestHandler& handler = handler_;
  handler.OnClosed(this);
}

void ServerConnection::BeginServing() {
  request_whole_ = worker_.clock().Steady();
  ahead_.SetDeadline(SteadyTime::max());
  MakeRoom(kHeadStep);  // for the watch
  serving_ = true;
  ahead_.Watch();
}

void ServerConnection::EndServing() {
  serving_ = false;
  cancel_ = CancelToken();
}

Task<bool> ServerConnection::ReadHead() {
  limits_ = handler_.limits();
  request_began_ = worker_.clock().Steady();
  bool began = !ahead_.view().empty();
  SteadyTime deadline =
      request_began_ + (began || answered_ == 0 ? limits_.read_timeout : limits_.idle_timeout);
  for (;;) {
    if (!began && !ahead_.view().empty()) {
      began = true;
      request_began_ = worker_.clock().Steady();
      deadline = request_began_ + limits_.read_timeout;
    }
    Result<size_t> parsed = 0;
    if (began) parsed = http::ParseRequestHead(ahead_.view(), limits_.head, &head_);
    if (!parsed) {
      close_ = true;
      co_return co_await Refuse(parsed.error());
    }
    if (*parsed > 0) {
      consumed_ = *parsed;
      head_live_ = true;
      co_return true;
    }
    ahead_.MakeRoom(kHeadStep);
    bool more = co_await ahead_.More(deadline);
    if (more) continue;
    if (!ahead_.timed_out() || !began) co_return false;
    Error late = MakeError(Reason::kRequestTimeout, "the request's head did not come in time");
    close_ = true;
    co_return co_await Refuse(std::move(late));
  }
}

// Answers a request that the handler never saw. True when the connection goes on.
Task<bool> ServerConnection::Refuse(Error error) {
  ahead_.SetDeadline(SteadyTime::max());
  Refusal refusal = handler_.Refuse(error, head_live_ ? &head_ : nullptr);
  bool sent = co_await Respond(error.status(), "application/json", refusal.headers, refusal.body);
  if (!sent) co_return false;
  if (close_) {
    co_await Linger();
    co_return false;
  }
  bool open = keep_alive();
  EndRequest();
  co_return open;
}

// Reads and drops what the client still sends, for a moment: closing at once would reset the
// connection and could take our answer with it.
Task<void> ServerConnection::Linger() {
  const SteadyTime deadline = worker_.clock().Steady() + kLingerTime;
  EndRequest();
  for (size_t dropped = 0; dropped < kLingerBytes;) {
    dropped += ahead_.view().size();
    ahead_.Consume(ahead_.view().size());
    bool more = co_await ahead_.More(deadline);
    if (!more) break;
  }
}

Task<bool> ServerConnection::Send(std::span<const std::string_view> pieces) {
  if (broken_) co_return false;
  const SteadyTime deadline =
      worker_.clock().Steady() + (aborted_ ? kAbortedWrite : limits_.write_timeout);
  sending_ = true;
  IoResult written = co_await stream_->Write(pieces, deadline);
  sending_ = false;
  if (written.ok()) co_return true;
  broken_ = true;
  gone_ = !aborted_;
  cancel_.Cancel();
  co_return false;
}

Task<bool> ServerConnection::Send(std::string_view bytes) {
  std::array<std::string_view, 1> pieces{bytes};
  bool sent = co_await Send(pieces);
  co_return sent;
}

Task<bool> ServerConnection::Respond(int status, std::string_view content_type,
                                     std::string_view extra, std::string_view body) {
  SpareString head(worker_.spares());
  head->reserve(256 + extra.size());
  http::HeadWriter writer(&*head);
  writer.Status(status);
  writer.Field("content-type", content_type);
  writer.Field("content-length", body.size());
  if (!keep_alive()) writer.Field("connection", "close");
  *head += extra;
  writer.End();
  const bool bodiless = head_live_ && head_.method == "HEAD";
  std::array<std::string_view, 2> pieces{*head, bodiless ? std::string_view() : body};
  bool sent = co_await Send(pieces);
  co_return sent;
}

void ServerConnection::Abort() {
  close_ = aborted_ = true;
  if (serving_) cancel_.Cancel();
  if (!serving_ || sending_) stream_->Cancel();
}

void ServerConnection::CloseWhenIdle() {
  if (!serving_ && ahead_.view().empty()) stream_->Cancel();
}

// The watch: while a request is served an end is the client leaving.
void ServerConnection::OnReadAhead() {
  if (!serving_) return;
  if (!ahead_.ended()) return ahead_.Watch();
  broken_ = true;
  gone_ = !aborted_;
  cancel_.Cancel();
}

void ServerConnection::EndRequest() {
  ++answered_;
  ahead_.Consume(std::exchange(consumed_, 0));
  head_live_ = false;
}

// The views of the head follow the buffer by reading it again.
void ServerConnection::MakeRoom(size_t bytes) {
  if (!ahead_.MakeRoom(bytes) || !head_live_) return;
  Result<size_t> again = http::ParseRequestHead(ahead_.view(), limits_.head, &head_);
  if (!again) close_ = true;
}

}  // namespace weir::net
