#include "testing/tls_peer.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "testing/wire.h"

namespace weir {
namespace {

bool WaitForBytes(int fd) {
  char byte = 0;
  return ::recv(fd, &byte, 1, MSG_PEEK) > 0;
}

void SendPlain(int fd, std::string_view bytes) {
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

// Four times what a record may hold.
std::string HugeRecord(char type) {
  std::string record(1, type);
  record += "\x03\x03\xff\xff";
  record.append(0xffff, 'x');
  return record;
}

}  // namespace

TlsPeer::TlsPeer(const Identity& identity, Manner manner)
    : manner_(manner), context_(SSL_CTX_new(TLS_server_method())) {
  SSL_CTX* context = context_.get();
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  if (manner == Manner::kRenegotiate) SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  if (manner == Manner::kOldVersions) SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  SSL_CTX_use_certificate(context, identity.certificate.get());
  SSL_CTX_use_PrivateKey(context, identity.key.get());
  static constexpr unsigned char kContext[] = "weir";
  SSL_CTX_set_session_id_context(context, kContext, sizeof(kContext));
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0) {
    throw std::runtime_error("the TLS peer cannot listen");
  }
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

TlsPeer::~TlsPeer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = released_ = true;
    if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
    ::shutdown(listener_, SHUT_RDWR);
  }
  changed_.notify_all();
  thread_.join();
  ::close(listener_);
}

void TlsPeer::Release() {
  const std::lock_guard lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

std::string TlsPeer::PlainTextAfter(int connections) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this, connections] { return ended_ >= connections; });
  return plain_text_;
}

int TlsPeer::accepted() {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

int TlsPeer::resumed() {
  const std::lock_guard lock(mutex_);
  return resumed_;
}

int TlsPeer::renegotiated() {
  const std::lock_guard lock(mutex_);
  return renegotiated_;
}

void TlsPeer::Serve() {
  BlockSigpipe();
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    {
      const std::lock_guard lock(mutex_);
      if (fd < 0 || stopping_) break;
      ++accepted_;
      current_ = fd;
    }
    ServeOne(fd);
    const std::lock_guard lock(mutex_);
    current_ = -1;
    ::close(fd);
    ++ended_;
    changed_.notify_all();
  }
}

void TlsPeer::ServeOne(int fd) {
  if (!WaitForBytes(fd)) return;
  if (manner_ == Manner::kEndInHandshake) return EndInHandshake(fd);
  if (manner_ == Manner::kPlaintext) {
    return SendPlain(fd, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  }
  if (manner_ == Manner::kHugeRecord) return SendPlain(fd, HugeRecord(SSL3_RT_HANDSHAKE));
  std::unique_ptr<SSL, OpenSslFree> ssl(SSL_new(context_.get()));
  SSL_set_fd(ssl.get(), fd);
  if (manner_ == Manner::kStall) {
    char hello[4096];
    while (::recv(fd, hello, sizeof(hello), 0) > 0) {
    }
    return;
  }
  if (SSL_accept(ssl.get()) == 1) {
    {
      const std::lock_guard lock(mutex_);
      resumed_ += SSL_session_reused(ssl.get());
    }
    AfterHandshake(ssl.get());
  }
  ERR_clear_error();
}

void TlsPeer::AfterHandshake(SSL* ssl) {
  switch (manner_) {
    case Manner::kPush:
      SSL_write(ssl, "push", 4);
      return Echo(ssl, false);
    case Manner::kCut:
      SSL_write(ssl, "cut", 3);
      return;
    case Manner::kGoodbye:
      SSL_write(ssl, "bye", 3);
      SSL_shutdown(ssl);
      return Echo(ssl, false);
    case Manner::kHugeRecordLate:
      SendPlain(SSL_get_fd(ssl), HugeRecord(SSL3_RT_APPLICATION_DATA));
      return Echo(ssl, false);
    case Manner::kRenegotiate:
      return Renegotiate(ssl);
    case Manner::kHold: {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return released_; });
      lock.unlock();
      return Echo(ssl, false);
    }
    default:
      return Echo(ssl, true);
  }
}

void TlsPeer::Echo(SSL* ssl, bool answer) {
  char buffer[16384];
  for (;;) {
    const int bytes = SSL_read(ssl, buffer, sizeof(buffer));
    if (bytes <= 0) return;
    {
      const std::lock_guard lock(mutex_);
      plain_text_.append(buffer, static_cast<size_t>(bytes));
    }
    if (answer && SSL_write(ssl, buffer, bytes) <= 0) return;
  }
}

void TlsPeer::EndInHandshake(int fd) {
  char hello[4096];
  const ssize_t size = ::recv(fd, hello, sizeof(hello), 0);
  std::unique_ptr<SSL, OpenSslFree> ssl(SSL_new(context_.get()));
  BIO* incoming = BIO_new(BIO_s_mem());
  BIO* outgoing = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), incoming, outgoing);
  BIO_write(incoming, hello, static_cast<int>(size));
  SSL_accept(ssl.get());
  char flight[60];
  const int bytes = BIO_read(outgoing, flight, sizeof(flight));
  if (bytes > 0) SendPlain(fd, {flight, static_cast<size_t>(bytes)});
}

void TlsPeer::Renegotiate(SSL* ssl) {
  const auto random = [ssl] {
    std::array<unsigned char, SSL3_RANDOM_SIZE> bytes{};
    SSL_get_client_random(ssl, bytes.data(), bytes.size());
    return bytes;
  };
  const auto first = random();
  SSL_renegotiate(ssl);
  SSL_do_handshake(ssl);
  Echo(ssl, true);
  const std::lock_guard lock(mutex_);
  if (random() != first) ++renegotiated_;
}

}  // namespace weir
