#include "net/tls_session.h"

#include <openssl/err.h>

#include <utility>

namespace weir::net {
namespace {

// Small while little comes: memory per waiting stream counts more than a second recv.
constexpr size_t kSmallBuffer = 4096;
constexpr size_t kLargeBuffer = 16384 + 512;

}  // namespace

TlsSession::TlsSession(std::shared_ptr<TlsContexts> contexts, const Endpoint& endpoint)
    : place_{std::move(contexts), endpoint.Key()}, host_(endpoint.host), buffer_(kSmallBuffer) {}

Result<std::unique_ptr<TlsSession>> TlsSession::Open(std::shared_ptr<TlsContexts> contexts,
                                                     const Endpoint& endpoint) {
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(contexts), endpoint));
  WEIR_TRY(session->ssl_, session->place_.contexts->NewClient(endpoint, &session->place_));
  session->incoming_ = BIO_new(BIO_s_mem());
  session->outgoing_ = BIO_new(BIO_s_mem());
  SSL_set_bio(session->ssl_.get(), session->incoming_, session->outgoing_);
  return session;
}

TlsSession::Step TlsSession::Handshake(std::string* out) {
  ERR_clear_error();
  const int code = SSL_do_handshake(ssl_.get());
  const int error = SSL_get_error(ssl_.get(), code);
  TakeOutput(out);
  if (code == 1) return Step::kFinished;
  if (error == SSL_ERROR_WANT_READ) return Step::kReadMore;
  Fail();
  return Step::kFailed;
}

std::span<char> TlsSession::Space() {
  return buffer_;
}

bool TlsSession::Arrived(IoResult read, IoResult* result) {
  if (read.ok()) {
    BIO_write(incoming_, buffer_.data(), static_cast<int>(read.bytes));
    if (read.bytes == buffer_.size() && read.bytes < kLargeBuffer) buffer_.resize(kLargeBuffer);
    return true;
  }
  *result = {0, read.status == IoStatus::kEof ? IoStatus::kReset : read.status};
  return false;
}

bool TlsSession::Decrypt(std::span<char> into, IoResult* result) {
  *result = {};
  while (result->bytes < into.size()) {
    ERR_clear_error();
    size_t bytes = 0;
    const int code =
        SSL_read_ex(ssl_.get(), into.data() + result->bytes, into.size() - result->bytes, &bytes);
    if (code == 1) {
      result->bytes += bytes;
      continue;
    }
    if (result->bytes > 0) return true;  // an end or a failure shows again at the next read
    const int error = SSL_get_error(ssl_.get(), code);
    if (error == SSL_ERROR_WANT_READ) return false;
    result->status = StatusOf(error);
    return true;
  }
  return true;
}

IoStatus TlsSession::StatusOf(int ssl_error) {
  if (ssl_error == SSL_ERROR_ZERO_RETURN) return IoStatus::kEof;
  Fail();
  return IoStatus::kTls;
}

bool TlsSession::Encrypt(std::string_view plain, std::string* out) {
  ERR_clear_error();
  size_t written = 0;
  const int code = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written);
  TakeOutput(out);
  if (code == 1) return true;
  Fail();
  return false;
}

bool TlsSession::SayGoodbye(std::string* out) {
  if (!failure_.empty() || !SSL_is_init_finished(ssl_.get())) return false;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
  TakeOutput(out);
  return !out->empty();
}

bool TlsSession::IsQuiet() {
  char byte = 0;
  size_t bytes = 0;
  ERR_clear_error();
  // Peeking also digests what is not data, such as session tickets.
  const int code = SSL_peek_ex(ssl_.get(), &byte, 1, &bytes);
  const bool waits = code != 1 && SSL_get_error(ssl_.get(), code) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  return waits && SSL_has_pending(ssl_.get()) == 0 && BIO_ctrl_pending(incoming_) == 0;
}

void TlsSession::TakeOutput(std::string* out) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(outgoing_, &bytes);
  if (size > 0) out->append(bytes, static_cast<size_t>(size));
  BIO_reset(outgoing_);
}

void TlsSession::Fail() {
  if (failure_.empty()) failure_ = ExplainTlsFailure(ssl_.get(), host_);
}

}  // namespace weir::net
