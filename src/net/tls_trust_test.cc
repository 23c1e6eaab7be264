// Whom TLS trusts (HARDENING T): a peer that does not prove itself gets no byte of a request.
#include "net/tls_loopback_test.h"

namespace weir::net {
namespace {

using TlsTrustTest = TlsLoopbackTest;

TEST_F(TlsTrustTest, AcceptsAnAddressThatTheCertificateNames) {
  TlsPeer peer(authority_.Issue({.ips = {"127.0.0.1"}}), Manner::kEcho);
  const Acquired acquired = Await(worker_, Dial(peer, "127.0.0.1"));
  EXPECT_TRUE(acquired) << acquired.error().message;
}

TEST_F(TlsTrustTest, T01RefusesAnExpiredCertificate) {
  ExpectRefused(authority_.Issue({.dns_names = {kHost}, .from_days = -20, .until_days = -1}),
                "the certificate of api.test has expired");
}

TEST_F(TlsTrustTest, T02RefusesACertificateOfTheFuture) {
  ExpectRefused(authority_.Issue({.dns_names = {kHost}, .from_days = 2}),
                "the certificate of api.test is not yet valid");
}

TEST_F(TlsTrustTest, T03RefusesASelfSignedCertificate) {
  ExpectRefused(
      SelfSigned({.dns_names = {kHost}}),
      "the certificate of api.test is self-signed; a private one is named by tls.ca_file");
}

TEST_F(TlsTrustTest, T04RefusesAnotherHostsCertificate) {
  ExpectRefused(authority_.Issue({.dns_names = {"other.test", "x.api.test"}}),
                "the certificate is not for api.test");
}

TEST_F(TlsTrustTest, T05RefusesANameThatOnlyBeginsRightBeforeANul) {
  ExpectRefused(authority_.Issue({.dns_names = {std::string("api.test\0.evil.test", 19)}}),
                "the certificate is not for api.test");
}

TEST_F(TlsTrustTest, T06RefusesAnAuthorityNobodyNamed) {
  ExpectRefused(Authority("Stranger").Issue({.dns_names = {kHost}}),
                "the certificate of api.test is signed by an unknown authority; a private one is "
                "named by tls.ca_file");
}

TEST_F(TlsTrustTest, T13RefusesAnAddressWithoutAnAddressInTheCertificate) {
  ExpectRefused(authority_.Issue({.dns_names = {"127.0.0.1"}}),
                "the certificate is not for 127.0.0.1", Manner::kEcho, "127.0.0.1");
}

TEST_F(TlsTrustTest, T07RefusesAWeakKey) {
  ExpectRefused(authority_.Issue({.dns_names = {kHost}, .weak_key = true}),
                "the certificate of api.test was refused: EE certificate key too weak");
}

TEST_F(TlsTrustTest, T07RefusesAChainSignedOverSha1) {
  ExpectRefused(authority_.Issue({.dns_names = {kHost}, .weak_digest = true}),
                "the certificate of api.test was refused: CA signature digest algorithm too weak");
}

TEST_F(TlsTrustTest, T11RefusesARecordOf64KiBInTheHandshake) {
  ExpectRefused(Good(), "TLS with api.test failed: packet length too long", Manner::kHugeRecord);
}

TEST_F(TlsTrustTest, T08RefusesOldVersions) {
  ExpectRefused(Good(), "TLS with api.test failed: tlsv1 alert protocol version",
                Manner::kOldVersions);
}

TEST_F(TlsTrustTest, T10RefusesAPlaintextPeer) {
  ExpectRefused(Good(), "api.test does not speak TLS on this port", Manner::kPlaintext);
}

TEST_F(TlsTrustTest, T09NoticesAnEndInTheHandshake) {
  ExpectRefused(Good(), "api.test closed the connection in the TLS handshake",
                Manner::kEndInHandshake);
}

TEST_F(TlsTrustTest, T09AHandshakeThatStallsEndsAtTheConnectDeadline) {
  TlsPeer peer(Good(), Manner::kStall);
  Running<Acquired> dialling(Dial(peer));
  ASSERT_TRUE(PollUntil(worker_, [&peer] { return peer.accepted() == 1; }));
  for (int i = 0; i < 20; ++i) worker_.Poll();
  ASSERT_FALSE(dialling.done());
  clock_.Advance(std::chrono::seconds(2));
  ASSERT_TRUE(PollUntil(worker_, [&dialling] { return dialling.done(); }));
  ASSERT_FALSE(dialling.value());
  EXPECT_EQ(dialling.value().error().reason, Reason::kUpstreamTls);
  EXPECT_EQ(dialling.value().error().message, "the TLS handshake with api.test took too long");
}

TEST_F(TlsTrustTest, AnUnreadableCaFileIsAnError) {
  TlsPeer peer(Good(), Manner::kEcho);
  const Endpoint endpoint{kHost, peer.port(), true, "/nonexistent/ca.pem"};
  const Acquired refused = Await(worker_, pool_.Acquire(endpoint, Soon(), true, nullptr));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "cannot read certificates from ca_file /nonexistent/ca.pem");
}

TEST_F(TlsTrustTest, TheExtraAuthorityCountsOnlyWhereItIsNamed) {
  TlsPeer peer(Good(), Manner::kEcho);
  const Endpoint endpoint{kHost, peer.port(), true, ""};
  const Acquired refused = Await(worker_, pool_.Acquire(endpoint, Soon(), true, nullptr));
  ASSERT_FALSE(refused);
  EXPECT_EQ(peer.PlainTextAfter(1), "");
}

}  // namespace
}  // namespace weir::net
