// One accepted connection of a fake server: a socket, with TLS or without, whose blocking reads and
// writes end when the server stops.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "testing/certificates.h"

namespace weir {

// In the calling thread: OpenSSL's socket BIO writes without MSG_NOSIGNAL.
void BlockSigpipe();

using SslPointer = std::unique_ptr<SSL, OpenSslFree>;
using SslContext = std::unique_ptr<SSL_CTX, OpenSslFree>;

class Wire {
 public:
  // Owns `fd`. `context` may be null: no TLS. `stopping` outlives the wire.
  Wire(int fd, SSL_CTX* context, const std::atomic<bool>& stopping);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool Handshake();  // true without TLS
  // At least one byte into `*into` (appended); false at the peer's end or when stopping.
  bool Read(std::string* into);
  bool Write(std::string_view bytes);
  void Finish();  // TLS: says close_notify, so that the end is an orderly one
  void Reset();   // RST instead of FIN
  // Waits up to `limit` for the peer to leave; true when it has (or the server stops).
  bool PeerGoneWithin(std::chrono::milliseconds limit) const;
  bool stopping() const { return stopping_; }

 private:
  bool WaitFor(short events) const;

  int fd_;
  SslPointer ssl_;
  const std::atomic<bool>& stopping_;
};

}  // namespace weir
