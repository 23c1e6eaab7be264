#include "gateway/upstream_call.h"

#include "base/strings.h"
#include "gateway/upstream_error.h"
#include "http/write.h"
#include "net/answer_stream.h"

namespace weir::gateway {
namespace {

constexpr size_t kMaxInflated = 64 << 20;
constexpr http::Limits kAnswerLimits{.max_head = 64 << 10, .max_target = 0, .max_headers = 200};
constexpr size_t kUsualPieces = 8;  // of a request: its head, and the body between a few edits
constexpr auto kDrainTime = std::chrono::seconds(1);

// The other end of an in-process provider's call.
class InProcessPeer final : public net::Responder {
 public:
  InProcessPeer(const provider::Dialect& dialect, const CallRequest& request)
      : dialect_(dialect), request_(request) {}
  std::optional<std::vector<net::TimedBytes>> Answer(std::string_view) override {
    std::vector<net::TimedBytes> answer;
    for (auto& [delay, bytes] : dialect_.answer(request_.wire, request_.asked)) {
      answer.push_back({delay, std::move(bytes)});
    }
    return answer;
  }

 private:
  const provider::Dialect& dialect_;
  CallRequest request_;
};

// Reads the end of a body that is only framing (a last chunk), then returns the connection.
net::Task<void> DrainInBackground(net::UpstreamPool& pool, const Clock& clock,
                                  net::Endpoint endpoint, std::unique_ptr<net::Stream> stream,
                                  http::BodyDecoder decoder) {
  std::array<char, 512> bytes;
  const SteadyTime deadline = clock.Steady() + kDrainTime;
  while (!decoder.ended()) {
    net::IoResult read = co_await stream->Read(bytes, deadline);
    if (!read.ok()) co_return;
    std::string_view rest(bytes.data(), read.bytes);
    while (!rest.empty()) {
      Result<http::BodyPiece> piece = decoder.Next(rest);
      if (!piece || (piece->consumed == 0 && !piece->end)) co_return;
      rest.remove_prefix(piece->consumed);
      if (piece->end && !rest.empty()) co_return;
    }
  }
  pool.Release(endpoint, std::move(stream));
}

bool Sets(const provider::WireRequest& wire, std::string_view name) {
  return std::ranges::any_of(
      wire.headers, [&](const auto& header) { return EqualsIgnoreCase(header.first, name); });
}

}  // namespace

UpstreamCall::UpstreamCall(WorkerState& worker, const Target& target, net::CancelToken& cancel,
                           ClientStream* patience)
    : worker_(worker), target_(target), cancel_(cancel), patience_(patience) {
  // A stream stays open: it does not sit on memory that was made for others.
  if (patience_ != nullptr) return;
  input_ = worker_.worker.spares().Take();
  head_bytes_ = worker_.worker.spares().Take();
}

UpstreamCall::~UpstreamCall() {
  cancel_.Arm(nullptr, nullptr);
  worker_.worker.spares().Give(std::move(input_));
  worker_.worker.spares().Give(std::move(head_bytes_));
}

void UpstreamCall::StopPending(void* self) {
  auto* call = static_cast<UpstreamCall*>(self);
  if (call->connection_.stream) call->connection_.stream->Cancel();
}

net::Task<Result<void>> UpstreamCall::Open(const CallRequest& request, SteadyTime connect,
                                           Limit head_limit) {
  SpareString head(worker_.worker.spares());
  WriteHead(request, &*head);
  for (bool fresh : {false, true}) {
    Result<void> opened = co_await Exchange(request, *head, connect, head_limit, fresh);
    bool stale = !opened && connection_.reused && !any_byte_ &&
                 opened.error().reason == Reason::kUpstreamReset;
    if (!stale) co_return opened;
  }
  co_return MakeError(Reason::kUpstreamReset, "the upstream closed the connection");
}

net::Task<Result<void>> UpstreamCall::Exchange(const CallRequest& request, std::string_view head,
                                               SteadyTime connect, Limit limit, bool fresh) {
  if (fresh || !TakeIdle()) {
    Result<void> connected = co_await Connect(request, connect);
    if (!connected) co_return connected;
  }
  sent_ = false;
  cancel_.Arm(&StopPending, this);
  ShelvedVector<std::string_view> pieces;
  pieces.reserve(kUsualPieces);
  pieces.push_back(head);
  request.wire.body.AppendPieces(&pieces);
  net::IoResult written = co_await connection_.stream->Write(pieces, limit.at);
  // An upstream may answer and close before it has read everything: its answer says more than
  // EPIPE.
  if (!written.ok() && written.status != net::IoStatus::kReset) {
    co_return FromIo(written, limit.reason, "while the request was sent");
  }
  sent_ = written.ok();
  Result<void> read = co_await ReadHead(limit);
  co_return read;
}

// False: there is none, or the provider is in this process.
bool UpstreamCall::TakeIdle() {
  if (target_.upstream->dialect->answer != nullptr || cancel_.cancelled()) return false;
  auto stream = worker_.pool.TakeIdle(target_.upstream->endpoint);
  if (stream == nullptr) return false;
  connection_ = {std::move(stream), true};
  return true;
}

net::Task<Result<void>> UpstreamCall::Connect(const CallRequest& request, SteadyTime deadline) {
  const provider::Dialect& dialect = *target_.upstream->dialect;
  if (dialect.answer != nullptr) {
    connection_ = {
        net::MakeAnswerStream(worker_.worker, std::make_unique<InProcessPeer>(dialect, request)),
        false};
    co_return Result<void>();
  }
  Result<net::UpstreamPool::Connection> connection =
      co_await worker_.pool.Acquire(target_.upstream->endpoint, deadline, true, &cancel_);
  if (!connection) co_return connection.error();
  connection_ = *std::move(connection);
  co_return Result<void>();
}

net::Task<Result<void>> UpstreamCall::ReadHead(Limit limit) {
  for (;;) {
    Result<size_t> parsed =
        http::ParseResponseHead(std::string_view(input_).substr(begin_), kAnswerLimits, &head_);
    if (!parsed) co_return parsed.error();
    begin_ += *parsed;
    if (*parsed > 0 && head_.status >= 200) break;
    if (*parsed > 0) continue;  // 1xx: skipped
    Result<void> filled = co_await Fill(limit);
    if (!filled) co_return filled.error();
  }
  KeepHead();
  decoder_.emplace(head_.framing, Reason::kUpstreamProtocol);
  if (auto encoding = head_.headers.Find("content-encoding");
      encoding && http::IsInflatable(*encoding)) {
    inflater_.emplace(kMaxInflated);
  }
  co_return Result<void>();
}

// The head's views stay where they point; what follows it moves on.
void UpstreamCall::KeepHead() {
  head_bytes_.swap(input_);
  input_.assign(head_bytes_, begin_);
  begin_ = 0;
}

// Waits for bytes; the client is kept company meanwhile.
net::Task<Result<void>> UpstreamCall::Fill(Limit limit) {
  input_.erase(0, begin_);
  begin_ = 0;
  for (;;) {
    if (cancel_.cancelled()) co_return MakeError(Reason::kClientGone, "the client left");
    SteadyTime until = patience_ ? std::min(limit.at, patience_->next_tick()) : limit.at;
    const std::span<char> room(worker_.read_bytes.get(), WorkerState::kReadSize);
    net::IoResult read = co_await connection_.stream->Read(room, until);
    input_.append(room.data(), read.bytes);
    last_status_ = read.status;
    if (read.ok()) break;
    bool only_a_tick = read.status == net::IoStatus::kTimeout && until < limit.at;
    if (!only_a_tick) co_return FromIo(read, limit.reason, "while its answer was awaited");
    bool sent = co_await patience_->Tick();
    if (!sent) co_return MakeError(Reason::kClientGone, "the client left");
  }
  if (!any_byte_) {
    any_byte_ = true;
    first_byte_ = worker_.clock().Steady();
  }
  co_return Result<void>();
}

// Decodes what is at hand. True: the body goes on.
Result<bool> UpstreamCall::Decode(std::string* out) {
  for (;;) {
    WEIR_TRY(http::BodyPiece piece, decoder_->Next(std::string_view(input_).substr(begin_)));
    begin_ += piece.consumed;
    if (inflater_) {
      WEIR_CHECK_OK(inflater_->Feed(piece.data, out));
    } else {
      out->append(piece.data);
    }
    if (piece.end) return false;
    if (piece.consumed == 0 || begin_ == input_.size()) return true;
  }
}

// What can be had without waiting. True: the body goes on.
Result<bool> UpstreamCall::TakeAtHand(std::string* out) {
  if (decoder_->ended()) return false;
  if (begin_ == input_.size()) return true;
  return Decode(out);
}

// Whether a body that could not be read on has ended by that.
bool UpstreamCall::EndedByClosing() const {
  return last_status_ == net::IoStatus::kEof && head_.framing.kind == http::BodyKind::kUntilClose;
}

net::Task<Result<bool>> UpstreamCall::ReadSome(std::string* out, Limit limit) {
  const size_t before = out->size();
  for (;;) {
    Result<bool> more = TakeAtHand(out);
    if (!more || !*more || out->size() > before) co_return more;
    Result<void> filled = co_await Fill(limit);
    if (filled) continue;
    if (EndedByClosing()) co_return false;
    co_return filled.error();
  }
}

net::Task<Result<void>> UpstreamCall::ReadAll(std::string* out, size_t max_bytes, Limit limit) {
  if (head_.framing.kind == http::BodyKind::kLength) {
    out->reserve(std::min<uint64_t>(head_.framing.length, max_bytes) + json::kPadding);
  }
  for (;;) {
    Result<bool> more = TakeAtHand(out);
    if (!more) co_return more.error();
    if (out->size() > max_bytes) {
      co_return MakeError(Reason::kUpstreamTooLarge,
                          fmt::format("the upstream's answer is larger than {} bytes", max_bytes));
    }
    if (!*more) break;
    Result<void> filled = co_await Fill(limit);
    if (!filled && !EndedByClosing()) co_return filled.error();
    if (!filled) break;
  }
  out->reserve(out->size() + json::kPadding);
  co_return Result<void>();
}

void UpstreamCall::Close(bool drain) {
  cancel_.Arm(nullptr, nullptr);
  const bool in_process = target_.upstream->dialect->answer != nullptr;
  if (in_process || !connection_.stream || !decoder_ || !head_.keep_alive) {
    connection_.stream.reset();
    return;
  }
  if (decoder_->ended() && begin_ == input_.size()) {
    worker_.pool.Release(target_.upstream->endpoint, std::move(connection_.stream));
  } else if (drain && !decoder_->ended() && begin_ == input_.size()) {
    net::Spawn(DrainInBackground(worker_.pool, worker_.clock(), target_.upstream->endpoint,
                                 std::move(connection_.stream), *decoder_));
  }
  connection_.stream.reset();
}

void UpstreamCall::WriteHead(const CallRequest& request, std::string* head) const {
  head->reserve(512);
  http::HeadWriter writer(head);
  writer.RequestLine("POST", request.wire.path, request.query);
  writer.Field("host", target_.upstream->authority);
  for (const auto& [name, value] : request.wire.headers) writer.Field(name, value);
  writer.Field("accept-encoding", "identity");
  writer.Field("content-length", request.wire.body.size());
  for (const http::Header& header : request.client.all()) {
    if (http::MayForwardToUpstream(header.name) && !Sets(request.wire, header.name)) {
      writer.Field(header.name, header.value);
    }
    if (EqualsIgnoreCase(header.name, kViaHeader)) writer.Field(kViaHeader, header.value);
  }
  writer.Field(kViaHeader, worker_.core.via);
  writer.End();
}

}  // namespace weir::gateway
