#include "net/server_connection.h"

#include <utility>

#include "base/strings.h"
#include "http/error_headers.h"
#include "http/write.h"

// There is never more than one pending read on a client's stream. While a handler works that read
// stays pending as a watch: bytes that come are the next (pipelined) request, an end is the client
// leaving. When the handler is done the same read goes on as the first read of the next request, so
// watching costs no system call of its own and nothing has to be cancelled.

namespace weir::net {
namespace {

constexpr size_t kFirstBuffer = 4 << 10;
constexpr size_t kReadStep = 4 << 10;
constexpr size_t kWatchLimit = 64 << 10;  // pipelined bytes held while a request is being served
constexpr size_t kLingerBytes = 1 << 20;  // of a refused body that are read and dropped
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr size_t kBodyPadding = 64;
constexpr size_t kBodyStep =
    256 << 10;                          // a declared length is not believed further ahead than this
constexpr size_t kKeptBody = 64 << 10;  // capacity kept between requests

}  // namespace

// The buffer never moves while a read is pending or a head's views point into it.
struct ServerConnection::ReadAhead : IoOp {
  explicit ReadAhead(ServerConnection* connection) : owner(connection) {
    bytes.resize(kFirstBuffer);
  }

  // What was read and not yet consumed.
  std::string_view view() const { return {bytes.data() + start, size - start}; }
  size_t spare() const { return bytes.size() - size; }

  // Starts a read unless one is pending, the buffer is full or the stream has ended.
  void Pump() {
    if (pending || status != IoStatus::kOk) return;
    if (!owner->head_live_) Compact();
    if (spare() == 0) return;
    pending = true;
    done = [](IoOp* op) { static_cast<ReadAhead*>(op)->Finish(true); };
    bool finished =
        owner->stream_->StartRead({bytes.data() + size, spare()}, SteadyTime::max(), this);
    if (finished) Finish(false);
  }

  void Finish(bool from_loop) {
    pending = false;
    size += result.bytes;
    if (!result.ok()) status = result.status;
    if (waiter) {
      if (from_loop) std::exchange(waiter, nullptr).resume();
    } else if (owner->serving_) {
      owner->StartWatching();
    }
  }

  void Compact() {
    if (start == 0 || pending) return;
    std::memmove(bytes.data(), bytes.data() + start, size - start);
    size -= start;
    start = 0;
  }

  ServerConnection* owner;
  std::string bytes;  // its size is the capacity in use
  size_t start = 0;   // of the unconsumed content
  size_t size = 0;    // its end
  bool pending = false;
  IoStatus status = IoStatus::kOk;
  std::coroutine_handle<> waiter;
};

// Resumes when more bytes came or the stream ended.
struct ServerConnection::MoreBytes {
  ReadAhead& ahead;
  bool await_ready() const noexcept { return ahead.status != IoStatus::kOk; }
  bool await_suspend(std::coroutine_handle<> handle) {
    ahead.waiter = handle;
    ahead.Pump();
    if (ahead.pending) return true;
    ahead.waiter = nullptr;
    return false;
  }
  void await_resume() const noexcept {}
};

ServerConnection::ServerConnection(Worker& worker, std::unique_ptr<Stream> stream,
                                   RequestHandler& handler)
    : worker_(worker),
      stream_(std::move(stream)),
      handler_(handler),
      ahead_(std::make_unique<ReadAhead>(this)),
      timer_(worker) {}

ServerConnection::~ServerConnection() = default;

void ServerConnection::Start(std::unique_ptr<ServerConnection> connection) {
  Spawn(connection.release()->Run());
}

bool ServerConnection::keep_alive() const {
  return head_.keep_alive && !close_ && !handler_.draining();
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
    open = co_await ReadBody();
    if (!open) break;
    request_whole_ = worker_.clock().Steady();
    ArmDeadline(SteadyTime::max());
    EnsureSpare(kReadStep / 4);  // room for the watch
    serving_ = true;
    StartWatching();
    co_await handler_.Handle(*this);
    serving_ = false;
    ++served_;
    open = keep_alive() && !gone_;
    cancel_ = CancelToken();
    Consume(consumed_);
  }
  timer_.Cancel();
  stream_->Close();
  RequestHandler& handler = handler_;
  handler.OnClosed(this);
}

Task<bool> ServerConnection::WaitForBytes(SteadyTime deadline) {
  ArmDeadline(deadline);
  size_t before = ahead_->view().size();
  MoreBytes more{*ahead_};
  co_await more;
  co_return ahead_->view().size() > before;
}

Task<bool> ServerConnection::ReadHead() {
  const ServerLimits limits = handler_.limits();
  consumed_ = 0;
  SteadyTime now = worker_.clock().Steady();
  bool began = !ahead_->view().empty();
  request_began_ = now;
  SteadyTime deadline = now + (began || served_ == 0 ? limits.read_timeout : limits.idle_timeout);
  for (;;) {
    if (!ahead_->view().empty()) {
      if (!began) {
        began = true;
        request_began_ = worker_.clock().Steady();
        deadline = request_began_ + limits.read_timeout;
      }
      Result<size_t> parsed = http::ParseRequestHead(ahead_->view(), limits.head, &head_);
      if (!parsed) {
        head_.keep_alive = false;
        close_ = true;
        co_await Refuse(parsed.error());
        co_return false;
      }
      if (*parsed > 0) {
        consumed_ = *parsed;
        head_live_ = true;
        co_return true;
      }
      EnsureSpare(kReadStep / 4);
    }
    bool more = co_await WaitForBytes(deadline);
    if (more) continue;
    if (timed_out_ && began) {
      close_ = true;
      head_.keep_alive = false;
      co_await Refuse(
          MakeError(Reason::kRequestTimeout, "the request's head did not come in time"));
    }
    co_return false;
  }
}

Task<bool> ServerConnection::ReadBody() {
  body_.clear();
  if (body_.capacity() > kKeptBody) body_.shrink_to_fit();
  const ServerLimits limits = handler_.limits();
  if (head_.framing.kind == http::BodyKind::kNone) co_return true;
  if (head_.framing.kind == http::BodyKind::kLength && head_.framing.length > limits.max_body) {
    close_ = true;
    std::string text = fmt::format("the body of {} bytes is larger than limits.max_body ({})",
                                   head_.framing.length, FormatBytes(limits.max_body));
    co_await Refuse(MakeError(Reason::kBodyTooLarge, std::move(text)));
    co_return false;
  }
  if (head_.expect_continue) {
    bool sent = co_await Send("HTTP/1.1 100 Continue\r\n\r\n");
    if (!sent) co_return false;
  }
  bool whole = false;
  if (head_.framing.kind == http::BodyKind::kLength) {
    whole = co_await ReadSizedBody(head_.framing.length);
  } else {
    whole = co_await ReadChunkedBody();
  }
  if (!whole && timed_out_) {
    close_ = true;
    co_await Refuse(MakeError(Reason::kRequestTimeout, "the request's body did not come in time"));
  }
  co_return whole;
}

Task<bool> ServerConnection::ReadSizedBody(uint64_t length) {
  const SteadyTime deadline = request_began_ + handler_.limits().read_timeout;
  const size_t head_size = consumed_;
  size_t here = std::min<uint64_t>(length, ahead_->view().size() - consumed_);
  // One allocation for what is at hand or small; a large announced body grows as it really comes.
  body_.reserve(std::min<uint64_t>(length, std::max(here, kBodyStep)) + kBodyPadding);
  body_.assign(ahead_->view().substr(consumed_, here));
  consumed_ += here;
  ArmDeadline(deadline);
  while (body_.size() < length) {
    size_t old = body_.size();
    if (ahead_->pending) {  // the watch of the request before is still out
      bool more = co_await WaitForBytes(deadline);
      if (!more) co_return false;
      size_t take = std::min<uint64_t>(length - old, ahead_->view().size() - consumed_);
      body_.append(ahead_->view().substr(consumed_, take));
      consumed_ += take;
      continue;
    }
    size_t step = std::min<uint64_t>(length - old, kBodyStep);
    if (body_.capacity() < old + step + kBodyPadding) {
      body_.reserve(std::min<uint64_t>(length, 2 * (old + step)) + kBodyPadding);
    }
    body_.resize(old + step);
    IoResult read = co_await stream_->Read({body_.data() + old, step}, deadline);
    body_.resize(old + read.bytes);
    if (read.status == IoStatus::kTimeout) timed_out_ = true;
    if (!read.ok()) co_return false;
  }
  DropConsumedBody(head_size);
  co_return true;
}

Task<bool> ServerConnection::ReadChunkedBody() {
  const ServerLimits limits = handler_.limits();
  const SteadyTime deadline = request_began_ + limits.read_timeout;
  http::BodyDecoder decoder(head_.framing, Reason::kBadRequest);
  const size_t head_size = consumed_;
  EnsureSpare(kReadStep);
  for (;;) {
    Result<http::BodyPiece> piece = decoder.Next(ahead_->view().substr(consumed_));
    if (piece && body_.size() + piece->data.size() > limits.max_body) {
      piece = MakeError(Reason::kBodyTooLarge,
                        fmt::format("the chunked body is larger than limits.max_body ({})",
                                    FormatBytes(limits.max_body)));
    }
    if (!piece) {
      close_ = true;
      co_await Refuse(piece.error());
      co_return false;
    }
    body_.append(piece->data);
    consumed_ += piece->consumed;
    if (piece->end) break;
    if (piece->consumed > 0) continue;
    // What was decoded makes room; the head stays where its views point.
    DropConsumedBody(head_size);
    bool more = co_await WaitForBytes(deadline);
    if (!more) co_return false;
  }
  body_.reserve(body_.size() + kBodyPadding);
  co_return true;
}

// Answers an error that the handler never saw. True when the connection goes on.
Task<bool> ServerConnection::Refuse(Error error) {
  const bool unread = close_;
  std::string body = handler_.ErrorBody(error);
  const std::string extra = http::ErrorHeaders(error);
  bool sent = co_await Respond(error.status(), "application/json", extra, body);
  if (!sent) co_return false;
  if (unread) {
    co_await Linger();
    co_return false;
  }
  Consume(consumed_);
  co_return keep_alive();
}

// Reads and drops what the client still sends, for a moment: closing at once would reset the
// connection and could take our answer with it.
Task<bool> ServerConnection::Linger() {
  const SteadyTime deadline = worker_.clock().Steady() + kLingerTime;
  for (size_t dropped = 0; dropped < kLingerBytes;) {
    dropped += ahead_->view().size();
    Consume(ahead_->view().size());
    bool more = co_await WaitForBytes(deadline);
    if (!more) break;
  }
  co_return false;
}

Task<bool> ServerConnection::Send(std::span<const std::string_view> pieces) {
  if (gone_) co_return false;
  SteadyTime deadline = worker_.clock().Steady() + handler_.limits().write_timeout;
  IoResult written = co_await stream_->Write(pieces, deadline);
  if (written.ok()) co_return true;
  gone_ = true;
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
  std::string head;
  head.reserve(256 + extra.size());
  http::HeadWriter writer(&head);
  writer.Status(status);
  writer.Field("content-type", content_type);
  writer.Field("content-length", body.size());
  if (!keep_alive()) writer.Field("connection", "close");
  head += extra;
  writer.End();
  const bool bodiless = head_live_ && head_.method == "HEAD";
  std::array<std::string_view, 2> pieces{head, bodiless ? std::string_view() : body};
  bool sent = co_await Send(pieces);
  co_return sent;
}

void ServerConnection::Abort() {
  close_ = true;
  if (serving_) {
    cancel_.Cancel();
  } else {
    stream_->Cancel();
  }
}

void ServerConnection::CloseWhenIdle() {
  if (!serving_ && ahead_->view().empty()) stream_->Cancel();
}

void ServerConnection::Consume(size_t bytes) {
  ahead_->start += bytes;
  consumed_ = 0;
  head_live_ = false;
  ahead_->Compact();
}

// Keeps the head in place and moves what is not decoded yet up to it.
void ServerConnection::DropConsumedBody(size_t head_size) {
  if (ahead_->pending) return;
  char* begin = ahead_->bytes.data() + ahead_->start;
  size_t left = ahead_->view().size() - consumed_;
  std::memmove(begin + head_size, begin + consumed_, left);
  ahead_->size = ahead_->start + head_size + left;
  consumed_ = head_size;
}

void ServerConnection::EnsureSpare(size_t bytes) {
  if (ahead_->pending || ahead_->spare() >= bytes) return;
  ahead_->Compact();
  if (ahead_->spare() < bytes) {
    ahead_->bytes.resize(std::max(2 * ahead_->bytes.size(), ahead_->size + bytes));
  }
  if (!head_live_) return;
  // The views of the head point into the old buffer: read it again.
  Result<size_t> again = http::ParseRequestHead(ahead_->view(), handler_.limits().head, &head_);
  if (!again) close_ = true;
}

void ServerConnection::StartWatching() {
  if (ahead_->status != IoStatus::kOk) {
    gone_ = true;
    cancel_.Cancel();
    return;
  }
  if (ahead_->view().size() < kWatchLimit) ahead_->Pump();
}

void ServerConnection::ArmDeadline(SteadyTime deadline) {
  deadline_ = deadline;
  timed_out_ = false;
  if (deadline >= armed_until_) return;  // OnDeadline moves on to a later one
  armed_until_ = deadline;
  timer_.Start(deadline, &OnDeadline, this);
}

// The timer is moved lazily: it may fire before the deadline in force and is then set again.
void ServerConnection::OnDeadline(void* self) {
  auto* connection = static_cast<ServerConnection*>(self);
  connection->armed_until_ = SteadyTime::max();
  if (connection->deadline_ == SteadyTime::max()) return;
  if (connection->worker_.clock().Steady() < connection->deadline_) {
    connection->armed_until_ = connection->deadline_;
    connection->timer_.Start(connection->deadline_, &OnDeadline, self);
    return;
  }
  connection->timed_out_ = true;
  connection->stream_->Cancel();
}

}  // namespace weir::net
