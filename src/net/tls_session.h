// One TLS client connection without its transport: bytes in, bytes out. Nothing here waits.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/stream.h"
#include "net/tls_context.h"

namespace weir::net {

class TlsSession {
 public:
  static Result<std::unique_ptr<TlsSession>> Open(std::shared_ptr<TlsContexts> contexts,
                                                  const Endpoint& endpoint);

  enum class Step : uint8_t { kReadMore, kFinished, kFailed };
  // One step of the handshake; what must be sent is appended to `out`. After kFailed, failure()
  // tells.
  Step Handshake(std::string* out);

  // Where the next ciphertext goes, and what came of reading it there. Arrived() is false when the
  // read ended otherwise, with `result` set: an end without close_notify is kReset.
  std::span<char> Space();
  bool Arrived(IoResult read, IoResult* result);

  // False when more ciphertext is needed; else `result` is set.
  bool Decrypt(std::span<char> into, IoResult* result);
  // At most one record of plain text.
  bool Encrypt(std::string_view plain, std::string* out);
  // close_notify; false when there is none to send.
  bool SayGoodbye(std::string* out);
  // False when plain text or an end was received that nobody asked for.
  bool IsQuiet();
  const std::string& failure() const { return failure_; }

 private:
  TlsSession(std::shared_ptr<TlsContexts> contexts, const Endpoint& endpoint);
  IoStatus StatusOf(int ssl_error);
  void TakeOutput(std::string* out);
  void Fail();

  SessionPlace place_;  // outlives ssl_
  const std::string host_;
  SslPtr ssl_;
  BIO* incoming_ = nullptr;  // both owned by ssl_
  BIO* outgoing_ = nullptr;
  std::vector<char> buffer_;
  std::string failure_;
};

}  // namespace weir::net
