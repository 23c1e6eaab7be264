// Certificates made on the spot, good and bad, for tests of TLS.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace weir {

struct OpenSslFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using X509Ptr = std::unique_ptr<X509, OpenSslFree>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslFree>;

struct Identity {
  X509Ptr certificate;
  KeyPtr key;
};

struct CertificateSpec {
  std::vector<std::string> dns_names;  // may hold NUL bytes
  std::vector<std::string> ips;
  int from_days = -1;
  int until_days = 30;
  bool weak_key = false;     // RSA of 1024 bits instead of P-256
  bool weak_digest = false;  // signed over SHA-1
};

class Authority {
 public:
  explicit Authority(const std::string& name);
  Identity Issue(const CertificateSpec& spec) const;
  // Writes the authority's certificate as PEM.
  void Save(const std::string& path) const;

 private:
  Identity self_;
};

// Writes both as PEM.
void SaveIdentity(const Identity& identity, const std::string& certificate_path,
                  const std::string& key_path);

// One that nobody signed but itself.
Identity SelfSigned(const CertificateSpec& spec);

}  // namespace weir
