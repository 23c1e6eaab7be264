// OpenSSL works on two memory buffers; this file carries their bytes. Reads of the stream below
// happen only for a pending read, writes only for a pending write (what OpenSSL wants to say in
// between, as the answer to a key update, goes out before the next data), so each direction has one
// deadline: its caller's. Bytes once encrypted stay in `outgoing_` until they are sent, whatever
// times out.
#include "net/tls_stream.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "net/tls_session.h"

namespace weir::net {
namespace {

constexpr size_t kRecord = 16384;
constexpr size_t kEncryptAhead = 4 * kRecord;
constexpr size_t kKeepBuffer = 4096;

class TlsStream final : public Stream {
 public:
  TlsStream(std::unique_ptr<Stream> lower, std::unique_ptr<TlsSession> session)
      : lower_(std::move(lower)), session_(std::move(session)) {
    lower_read_.self = lower_write_.self = this;
    lower_read_.done = [](IoOp* op) { static_cast<LowerOp*>(op)->self->OnLowerRead(); };
    lower_write_.done = [](IoOp* op) { static_cast<LowerOp*>(op)->self->OnLowerWrite(); };
  }
  ~TlsStream() override { Close(); }

  bool StartRead(std::span<char> into, SteadyTime deadline, IoOp* op) override {
    into_ = into;
    read_deadline_ = deadline;
    cancelled_read_ = false;
    if (PumpRead(&op->result)) return true;
    read_op_ = op;
    return false;
  }

  bool StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline,
                  IoOp* op) override {
    pieces_ = pieces;
    taken_ = 0;
    accepted_ = 0;
    write_deadline_ = deadline;
    cancelled_write_ = false;
    if (PumpWrite(&op->result)) return true;
    write_op_ = op;
    return false;
  }

  void Cancel() override {
    cancelled_read_ = read_op_ != nullptr;
    cancelled_write_ = write_op_ != nullptr;
    lower_->Cancel();
  }
  void Close() override;
  std::string Detail() const override {
    return session_->failure().empty() ? lower_->Detail() : session_->failure();
  }
  bool IsQuiet() override { return session_->IsQuiet() && lower_->IsQuiet(); }

 private:
  struct LowerOp : IoOp {
    TlsStream* self = nullptr;
  };

  bool PumpRead(IoResult* result);
  void OnLowerRead();
  bool PumpWrite(IoResult* result);
  void OnLowerWrite();
  void Flushed();
  bool EncryptSome();
  size_t TakePlain(std::span<char> into);

  const std::unique_ptr<Stream> lower_;
  const std::unique_ptr<TlsSession> session_;

  // What is pending below may just have ended well when Cancel() comes; the next step must not
  // begin.
  bool cancelled_read_ = false;
  bool cancelled_write_ = false;

  IoOp* read_op_ = nullptr;
  std::span<char> into_;
  SteadyTime read_deadline_;
  LowerOp lower_read_;

  IoOp* write_op_ = nullptr;
  std::span<const std::string_view> pieces_;
  size_t taken_ = 0;     // bytes of the first piece that are encrypted
  size_t accepted_ = 0;  // bytes of all pieces that are encrypted
  SteadyTime write_deadline_;
  LowerOp lower_write_;
  bool writing_ = false;  // lower_write_ is pending
  std::string outgoing_;
  size_t sent_ = 0;  // of outgoing_
  std::string_view piece_;
  bool closed_ = false;
};

// True when `result` is there; else lower_read_ is pending.
bool TlsStream::PumpRead(IoResult* result) {
  while (!closed_) {
    if (session_->Decrypt(into_, result)) return true;
    if (cancelled_read_) {
      *result = {0, IoStatus::kCancelled};
      return true;
    }
    if (!lower_->StartRead(session_->Space(), read_deadline_, &lower_read_)) return false;
    if (!session_->Arrived(lower_read_.result, result)) return true;
  }
  *result = {0, IoStatus::kFailed};
  return true;
}

void TlsStream::OnLowerRead() {
  if (read_op_ == nullptr) return;
  IoResult result;
  if (session_->Arrived(lower_read_.result, &result) && !PumpRead(&result)) return;
  IoOp* op = std::exchange(read_op_, nullptr);
  op->result = result;
  op->done(op);
}

// True when `result` is there; else lower_write_ is pending.
bool TlsStream::PumpWrite(IoResult* result) {
  for (;;) {
    IoStatus status = closed_ ? IoStatus::kFailed : IoStatus::kOk;
    if (cancelled_write_) status = IoStatus::kCancelled;
    if (status == IoStatus::kOk && outgoing_.empty() && !EncryptSome()) status = IoStatus::kTls;
    if (status != IoStatus::kOk || outgoing_.empty()) {
      *result = {accepted_, status};
      return true;
    }
    piece_ = std::string_view(outgoing_).substr(sent_);
    writing_ = true;
    if (!lower_->StartWrite({&piece_, 1}, write_deadline_, &lower_write_)) return false;
    writing_ = false;
    sent_ += lower_write_.result.bytes;
    if (!lower_write_.result.ok()) {
      *result = {accepted_, lower_write_.result.status};
      return true;
    }
    Flushed();
  }
}

void TlsStream::Flushed() {
  if (outgoing_.capacity() > kKeepBuffer) std::string().swap(outgoing_);
  outgoing_.clear();
  sent_ = 0;
}

void TlsStream::OnLowerWrite() {
  writing_ = false;
  if (write_op_ == nullptr) return;
  sent_ += lower_write_.result.bytes;
  IoResult result{accepted_, lower_write_.result.status};
  if (result.ok()) {
    Flushed();
    if (!PumpWrite(&result)) return;
  }
  IoOp* op = std::exchange(write_op_, nullptr);
  op->result = result;
  op->done(op);
}

// Fills `outgoing_` with what of the pieces is not encrypted yet; leaves it empty when all is.
bool TlsStream::EncryptSome() {
  char plain[kRecord];
  while (outgoing_.size() < kEncryptAhead) {
    const size_t bytes = TakePlain(plain);
    if (bytes == 0) break;
    if (!session_->Encrypt({plain, bytes}, &outgoing_)) return false;
    accepted_ += bytes;
  }
  return true;
}

size_t TlsStream::TakePlain(std::span<char> into) {
  size_t filled = 0;
  while (!pieces_.empty() && filled < into.size()) {
    const std::string_view rest = pieces_.front().substr(taken_);
    const size_t bytes = std::min(rest.size(), into.size() - filled);
    std::memcpy(into.data() + filled, rest.data(), bytes);
    filled += bytes;
    taken_ += bytes;
    if (taken_ < pieces_.front().size()) continue;
    pieces_ = pieces_.subspan(1);
    taken_ = 0;
  }
  return filled;
}

// close_notify goes out if the socket takes it at once: a peer that does not read cannot hold us.
void TlsStream::Close() {
  if (std::exchange(closed_, true)) return;
  if (!writing_ && outgoing_.empty() && session_->SayGoodbye(&outgoing_)) {
    piece_ = outgoing_;
    lower_->StartWrite({&piece_, 1}, SteadyTime::max(), &lower_write_);
  }
  lower_->Close();
}

// The handshake's own reads and writes; after a failure OpenSSL's alert is still sent.
Task<IoStatus> Handshake(Stream* lower, TlsSession* session, SteadyTime deadline,
                         const CancelToken* cancel) {
  for (;;) {
    if (cancel != nullptr && cancel->cancelled()) co_return IoStatus::kCancelled;
    std::string flight;
    const auto step = session->Handshake(&flight);
    if (!flight.empty()) {
      const std::string_view piece = flight;
      const auto written = co_await lower->Write({&piece, 1}, deadline);
      if (!written.ok() && step != TlsSession::Step::kFailed) co_return written.status;
    }
    if (step == TlsSession::Step::kFinished) co_return IoStatus::kOk;
    if (step == TlsSession::Step::kFailed) co_return IoStatus::kTls;
    const auto got = co_await lower->Read(session->Space(), deadline);
    IoResult unused;
    if (!got.ok()) co_return got.status;
    if (!session->Arrived(got, &unused)) co_return IoStatus::kTls;
  }
}

Error HandshakeError(IoStatus status, const TlsSession& session, const Endpoint& endpoint) {
  const std::string peer = endpoint.host;
  switch (status) {
    case IoStatus::kTls:
      return MakeError(Reason::kUpstreamTls, session.failure());
    case IoStatus::kTimeout:
      return MakeError(Reason::kUpstreamTls,
                       fmt::format("the TLS handshake with {} took too long", peer));
    case IoStatus::kCancelled:
      return MakeError(Reason::kClientGone, "cancelled");
    default:
      return MakeError(Reason::kUpstreamTls,
                       fmt::format("{} closed the connection in the TLS handshake", peer));
  }
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> StartTls(std::unique_ptr<Stream> lower,
                                               std::shared_ptr<TlsContexts> contexts,
                                               Endpoint endpoint, SteadyTime deadline,
                                               CancelToken* cancel) {
  auto opened = TlsSession::Open(std::move(contexts), endpoint);
  if (!opened) co_return std::move(opened).error();
  std::unique_ptr<TlsSession> session = *std::move(opened);
  Stream* stream = lower.get();
  if (cancel != nullptr) {
    if (cancel->cancelled()) co_return MakeError(Reason::kClientGone, "cancelled");
    cancel->Arm([](void* pending) { static_cast<Stream*>(pending)->Cancel(); }, stream);
  }
  const IoStatus status = co_await Handshake(stream, session.get(), deadline, cancel);
  if (cancel != nullptr) {
    cancel->Arm(nullptr, nullptr);
    if (cancel->cancelled()) co_return MakeError(Reason::kClientGone, "cancelled");
  }
  if (status != IoStatus::kOk) co_return HandshakeError(status, *session, endpoint);
  co_return std::make_unique<TlsStream>(std::move(lower), std::move(session));
}

}  // namespace weir::net
