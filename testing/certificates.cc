#include "testing/certificates.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>

namespace weir {
namespace {

constexpr long kSecondsPerDay = 86'400;

long NextSerial() {
  static std::atomic<long> serial = 1;
  return serial++;
}

X509Ptr NewCertificate(const std::string& name, EVP_PKEY* key, int from_days, int until_days) {
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), NextSerial());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_days * kSecondsPerDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until_days * kSecondsPerDay);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  return certificate;
}

void AddName(GENERAL_NAMES* names, int type, const std::string& bytes) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_STRING* value =
      ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
  ASN1_STRING_set(value, bytes.data(), static_cast<int>(bytes.size()));
  GENERAL_NAME_set0_value(name, type, value);
  sk_GENERAL_NAME_push(names, name);
}

void AddNames(X509* certificate, const CertificateSpec& spec) {
  GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
  for (const auto& dns : spec.dns_names) AddName(names, GEN_DNS, dns);
  for (const auto& ip : spec.ips) {
    in_addr address{};
    ::inet_pton(AF_INET, ip.c_str(), &address);
    AddName(names, GEN_IPADD, std::string(reinterpret_cast<char*>(&address), sizeof(address)));
  }
  X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0);
  GENERAL_NAMES_free(names);
}

void MarkAsAuthority(X509* certificate) {
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

KeyPtr NewKey(bool weak) {
  return KeyPtr(weak ? EVP_RSA_gen(1024) : EVP_EC_gen("P-256"));
}

}  // namespace

Authority::Authority(const std::string& name) {
  self_.key = NewKey(false);
  self_.certificate = NewCertificate(name, self_.key.get(), -30, 365);
  X509_set_issuer_name(self_.certificate.get(), X509_get_subject_name(self_.certificate.get()));
  MarkAsAuthority(self_.certificate.get());
  X509_sign(self_.certificate.get(), self_.key.get(), EVP_sha256());
}

Identity Authority::Issue(const CertificateSpec& spec) const {
  Identity issued;
  issued.key = NewKey(spec.weak_key);
  issued.certificate = NewCertificate("leaf", issued.key.get(), spec.from_days, spec.until_days);
  X509_set_issuer_name(issued.certificate.get(), X509_get_subject_name(self_.certificate.get()));
  AddNames(issued.certificate.get(), spec);
  X509_sign(issued.certificate.get(), self_.key.get(),
            spec.weak_digest ? EVP_sha1() : EVP_sha256());
  return issued;
}

void Authority::Save(const std::string& path) const {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return;
  PEM_write_X509(file, self_.certificate.get());
  std::fclose(file);
}

void SaveIdentity(const Identity& identity, const std::string& certificate_path,
                  const std::string& key_path) {
  std::FILE* certificate = std::fopen(certificate_path.c_str(), "w");
  std::FILE* key = std::fopen(key_path.c_str(), "w");
  if (certificate != nullptr) PEM_write_X509(certificate, identity.certificate.get());
  if (key != nullptr) {
    PEM_write_PrivateKey(key, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  for (std::FILE* file : {certificate, key}) {
    if (file != nullptr) std::fclose(file);
  }
}

Identity SelfSigned(const CertificateSpec& spec) {
  Identity self;
  self.key = NewKey(spec.weak_key);
  self.certificate = NewCertificate("leaf", self.key.get(), spec.from_days, spec.until_days);
  X509_set_issuer_name(self.certificate.get(), X509_get_subject_name(self.certificate.get()));
  AddNames(self.certificate.get(), spec);
  X509_sign(self.certificate.get(), self.key.get(), EVP_sha256());
  return self;
}

}  // namespace weir
