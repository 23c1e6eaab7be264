#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <utility>

#include "net/address.h"

namespace weir::net {
namespace {

constexpr size_t kMaxSessions = 1024;
constexpr long kSessionSeconds = 3600;

Result<SslContextPtr> MakeContext(const std::string& ca_file,
                                  int (*on_session)(SSL*, SSL_SESSION*)) {
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context) return MakeError(Reason::kUpstreamTls, "OpenSSL has no TLS client");
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_security_level(raw, 2);  // no SHA-1 signatures, no keys under 112 bits of strength
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(raw);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_set_timeout(raw, kSessionSeconds);
  SSL_CTX_sess_set_new_cb(raw, on_session);
  if (ca_file.empty()) return context;
  // A file may name an intermediate or the server's own certificate as the anchor.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(raw), X509_V_FLAG_PARTIAL_CHAIN);
  if (SSL_CTX_load_verify_locations(raw, ca_file.c_str(), nullptr) != 1) {
    ERR_clear_error();
    return MakeError(Reason::kUpstreamTls, "cannot read certificates from ca_file " + ca_file);
  }
  return context;
}

// Brackets of an IPv6 literal and a name's trailing dot are not part of what a certificate says.
std::string NameToVerify(std::string host) {
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (host.size() > 1 && host.back() == '.') host.pop_back();
  return host;
}

bool Expect(SSL* ssl, const Endpoint& endpoint) {
  static constexpr unsigned char kAlpn[] = "\x08http/1.1";
  if (endpoint.http && SSL_set_alpn_protos(ssl, kAlpn, sizeof(kAlpn) - 1) != 0) return false;
  const std::string name = NameToVerify(endpoint.host);
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl);
  if (ParseLiteral(endpoint.host, 0)) {
    return X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) == 1;
  }
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(param, name.c_str(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

std::string ExplainCertificate(long verdict, const std::string& host) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("the certificate of {} has expired", host);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("the certificate of {} is not yet valid", host);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return fmt::format(
          "the certificate of {} is self-signed; a private one is named by tls.ca_file", host);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return fmt::format(
          "the certificate of {} is signed by an unknown authority; a private one is named by "
          "tls.ca_file",
          host);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("the certificate is not for {}", host);
    default:
      return fmt::format("the certificate of {} was refused: {}", host,
                         X509_verify_cert_error_string(verdict));
  }
}

}  // namespace

Result<SslPtr> TlsContexts::NewClient(const Endpoint& endpoint, SessionPlace* place) {
  const std::lock_guard lock(mutex_);
  WEIR_TRY(SSL_CTX * context, ContextFor(endpoint.ca_file));
  SslPtr ssl(SSL_new(context));
  if (!ssl || !Expect(ssl.get(), endpoint)) {
    ERR_clear_error();
    return MakeError(Reason::kUpstreamTls, "TLS cannot be set up for " + endpoint.host);
  }
  SSL_set_connect_state(ssl.get());
  SSL_set_app_data(ssl.get(), place);
  const auto kept = sessions_.find(place->key);
  if (kept != sessions_.end()) SSL_set_session(ssl.get(), kept->second.get());
  return ssl;
}

Result<SSL_CTX*> TlsContexts::ContextFor(const std::string& ca_file) {
  SslContextPtr& context = contexts_[ca_file];
  if (!context) {
    WEIR_TRY(context, MakeContext(ca_file, &TlsContexts::OnSession));
  }
  return context.get();
}

int TlsContexts::OnSession(SSL* ssl, SSL_SESSION* session) {
  auto* place = static_cast<SessionPlace*>(SSL_get_app_data(ssl));
  place->contexts->Remember(place->key, SslSessionPtr(session));
  return 1;  // the session is ours now
}

void TlsContexts::Remember(const std::string& key, SslSessionPtr session) {
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= kMaxSessions && !sessions_.contains(key)) sessions_.clear();
  sessions_[key] = std::move(session);
}

std::shared_ptr<TlsContexts> MakeTlsContexts() {
  return std::make_shared<TlsContexts>();
}

std::string ExplainTlsFailure(const SSL* ssl, const std::string& host) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict != X509_V_OK) return ExplainCertificate(verdict, host);
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER) {
    return fmt::format("{} does not speak TLS on this port", host);
  }
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return fmt::format("TLS with {} failed: {}", host,
                     reason == nullptr ? "no reason given" : reason);
}

}  // namespace weir::net
