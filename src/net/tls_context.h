// OpenSSL's client side as Weir wants it: TLS 1.2 or newer, the peer's chain and name always
// verified, HTTP/1.1 by ALPN where it is spoken, no renegotiation, sessions resumed per endpoint.
#pragma once

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "net/upstream_pool.h"

namespace weir::net {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SslPtr = std::unique_ptr<SSL, SslFree>;
using SslContextPtr = std::unique_ptr<SSL_CTX, SslFree>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, SslFree>;

class TlsContexts;

// Where the sessions of one connection are kept; owned by the connection, outlives its SSL.
struct SessionPlace {
  std::shared_ptr<TlsContexts> contexts;
  std::string key;
};

// Any thread.
class TlsContexts {
 public:
  // A client SSL set to verify and to name `endpoint`, offering the last session of `place->key`.
  // kUpstreamTls when `endpoint.ca_file` cannot be read.
  Result<SslPtr> NewClient(const Endpoint& endpoint, SessionPlace* place);

 private:
  // The context for this extra root ("" = the system's roots alone).
  Result<SSL_CTX*> ContextFor(const std::string& ca_file);
  void Remember(const std::string& key, SslSessionPtr session);
  static int OnSession(SSL* ssl, SSL_SESSION* session);

  std::mutex mutex_;
  std::map<std::string, SslContextPtr> contexts_;
  std::map<std::string, SslSessionPtr> sessions_;
};

// What a person should read when the handshake or a record failed: OpenSSL's verdict on the
// certificate, else the first of its queued errors. Empties the queue.
std::string ExplainTlsFailure(const SSL* ssl, const std::string& host);

}  // namespace weir::net
