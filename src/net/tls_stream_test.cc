#include "net/tls_stream.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "net/loopback_test.h"
#include "net/resolver.h"
#include "testing/memory_stream.h"
#include "testing/tls_peer.h"

namespace weir::net {
namespace {

using std::chrono::milliseconds;
using Acquired = Result<UpstreamPool::Connection>;
using Manner = TlsPeer::Manner;

constexpr char kHost[] = "api.test";

// Every name is this machine.
std::shared_ptr<Resolver> LoopbackResolver() {
  return std::make_shared<Resolver>([](const std::string&) -> Result<std::vector<Address>> {
    return std::vector<Address>{*ParseLiteral("127.0.0.1", 0)};
  });
}

class TlsTest : public testing::Test {
 protected:
  TlsTest()
      : ca_file_(std::filesystem::temp_directory_path() /
                 ("weir-ca-" + std::to_string(::getpid()) + ".pem")) {
    authority_.Save(ca_file_);
  }
  ~TlsTest() override { std::filesystem::remove(ca_file_); }

  SteadyTime In(milliseconds delay) const { return clock_.Steady() + delay; }
  SteadyTime Soon() const { return In(std::chrono::hours(1)); }
  Identity Good() const { return authority_.Issue({.dns_names = {kHost}}); }

  Task<Acquired> Dial(const TlsPeer& peer, const std::string& host = kHost, bool fresh = true) {
    const Endpoint endpoint{host, peer.port(), true, ca_file_};
    return pool_.Acquire(endpoint, In(std::chrono::seconds(2)), fresh, nullptr);
  }
  std::unique_ptr<Stream> Connect(const TlsPeer& peer) {
    Acquired acquired = Await(worker_, Dial(peer));
    EXPECT_TRUE(acquired) << acquired.error().message;
    return std::move(acquired->stream);
  }
  IoResult Write(Stream& stream, std::string_view text) {
    WatchedOp write;
    write.Write(stream, {&text, 1}, Soon());
    EXPECT_TRUE(PollUntil(worker_, [&write] { return write.times == 1; }));
    return write.result;
  }
  // Reads until `size` bytes or another status than kOk.
  std::string Read(Stream& stream, size_t size, IoStatus* status) {
    std::string all;
    *status = IoStatus::kOk;
    while (all.size() < size && *status == IoStatus::kOk) {
      char buffer[20000];
      WatchedOp read;
      read.Read(stream, buffer, Soon());
      EXPECT_TRUE(PollUntil(worker_, [&read] { return read.times == 1; }));
      all.append(buffer, read.result.bytes);
      *status = read.result.status;
    }
    return all;
  }
  // The peer is refused with this message and no byte of plain text has reached it.
  void ExpectRefused(const Identity& identity, const std::string& message,
                     Manner manner = Manner::kEcho, const std::string& host = kHost) {
    TlsPeer peer(identity, manner);
    const Acquired refused = Await(worker_, Dial(peer, host));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::kUpstreamTls);
    EXPECT_EQ(refused.error().message, message);
    EXPECT_EQ(peer.PlainTextAfter(1), "");
  }

  const Authority authority_{"Test Authority"};
  const std::string ca_file_;
  FakeClock clock_;
  Worker worker_{0, clock_};
  std::shared_ptr<TlsContexts> contexts_ = MakeTlsContexts();
  UpstreamPool pool_{worker_, LoopbackResolver(), contexts_, PoolLimits{}};
};

TEST_F(TlsTest, SpeaksWithAVerifiedPeer) {
  TlsPeer peer(Good(), Manner::kEcho);
  auto stream = Connect(peer);
  EXPECT_EQ(Write(*stream, "hello").bytes, 5u);
  IoStatus status;
  EXPECT_EQ(Read(*stream, 5, &status), "hello");
  EXPECT_EQ(stream->Detail(), "127.0.0.1:" + std::to_string(peer.port()));
  stream->Close();
  EXPECT_EQ(peer.PlainTextAfter(1), "hello");
}

TEST_F(TlsTest, AcceptsAnAddressThatTheCertificateNames) {
  TlsPeer peer(authority_.Issue({.ips = {"127.0.0.1"}}), Manner::kEcho);
  const Acquired acquired = Await(worker_, Dial(peer, "127.0.0.1"));
  EXPECT_TRUE(acquired) << acquired.error().message;
}

TEST_F(TlsTest, RefusesAnExpiredCertificate) {
  ExpectRefused(authority_.Issue({.dns_names = {kHost}, .from_days = -20, .until_days = -1}),
                "the certificate of api.test has expired");
}

TEST_F(TlsTest, RefusesACertificateOfTheFuture) {
  ExpectRefused(authority_.Issue({.dns_names = {kHost}, .from_days = 2}),
                "the certificate of api.test is not yet valid");
}

TEST_F(TlsTest, RefusesASelfSignedCertificate) {
  ExpectRefused(
      SelfSigned({.dns_names = {kHost}}),
      "the certificate of api.test is self-signed; a private one is named by tls.ca_file");
}

TEST_F(TlsTest, RefusesAnotherHostsCertificate) {
  ExpectRefused(authority_.Issue({.dns_names = {"other.test", "x.api.test"}}),
                "the certificate is not for api.test");
}

TEST_F(TlsTest, RefusesANameThatOnlyBeginsRightBeforeANul) {
  ExpectRefused(authority_.Issue({.dns_names = {std::string("api.test\0.evil.test", 19)}}),
                "the certificate is not for api.test");
}

TEST_F(TlsTest, RefusesAnAuthorityNobodyNamed) {
  ExpectRefused(Authority("Stranger").Issue({.dns_names = {kHost}}),
                "the certificate of api.test is signed by an unknown authority; a private one is "
                "named by tls.ca_file");
}

TEST_F(TlsTest, RefusesAnAddressWithoutAnAddressInTheCertificate) {
  ExpectRefused(authority_.Issue({.dns_names = {"127.0.0.1"}}),
                "the certificate is not for 127.0.0.1", Manner::kEcho, "127.0.0.1");
}

TEST_F(TlsTest, RefusesAWeakKey) {
  ExpectRefused(authority_.Issue({.dns_names = {kHost}, .weak_key = true}),
                "the certificate of api.test was refused: EE certificate key too weak");
}

TEST_F(TlsTest, RefusesOldVersions) {
  ExpectRefused(Good(), "TLS with api.test failed: tlsv1 alert protocol version",
                Manner::kOldVersions);
}

TEST_F(TlsTest, RefusesAPlaintextPeer) {
  ExpectRefused(Good(), "api.test does not speak TLS on this port", Manner::kPlaintext);
}

TEST_F(TlsTest, NoticesAnEndInTheHandshake) {
  ExpectRefused(Good(), "api.test closed the connection in the TLS handshake",
                Manner::kEndInHandshake);
}

TEST_F(TlsTest, AHandshakeThatStallsEndsAtTheConnectDeadline) {
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

TEST_F(TlsTest, AnUnreadableCaFileIsAnError) {
  TlsPeer peer(Good(), Manner::kEcho);
  const Endpoint endpoint{kHost, peer.port(), true, "/nonexistent/ca.pem"};
  const Acquired refused = Await(worker_, pool_.Acquire(endpoint, Soon(), true, nullptr));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "cannot read certificates from ca_file /nonexistent/ca.pem");
}

TEST_F(TlsTest, TheExtraAuthorityCountsOnlyWhereItIsNamed) {
  TlsPeer peer(Good(), Manner::kEcho);
  const Endpoint endpoint{kHost, peer.port(), true, ""};
  const Acquired refused = Await(worker_, pool_.Acquire(endpoint, Soon(), true, nullptr));
  ASSERT_FALSE(refused);
  EXPECT_EQ(peer.PlainTextAfter(1), "");
}

TEST_F(TlsTest, ACutIsAResetAndAGoodbyeIsAnEnd) {
  IoStatus status;
  TlsPeer cutting(Good(), Manner::kCut);
  auto cut = Connect(cutting);
  EXPECT_EQ(Read(*cut, 100, &status), "cut");
  EXPECT_EQ(status, IoStatus::kReset);
  TlsPeer polite(Good(), Manner::kGoodbye);
  auto ended = Connect(polite);
  EXPECT_EQ(Read(*ended, 100, &status), "bye");
  EXPECT_EQ(status, IoStatus::kEof);
  EXPECT_FALSE(ended->IsQuiet());
}

TEST_F(TlsTest, CarriesLargeAmountsBothWaysAtOnce) {
  TlsPeer peer(Good(), Manner::kEcho);
  auto stream = Connect(peer);
  std::string big;
  for (int i = 0; big.size() < (4u << 20); ++i) big += std::to_string(i);
  const std::string_view pieces[] = {std::string_view(big).substr(0, 7),
                                     std::string_view(big).substr(7)};
  WatchedOp write;
  write.Write(*stream, pieces, Soon());
  IoStatus status;
  const std::string echoed = Read(*stream, big.size(), &status);
  EXPECT_TRUE(echoed == big) << echoed.size() << " of " << big.size();
  EXPECT_EQ(write.times, 1);
  EXPECT_EQ(write.result.bytes, big.size());
}

TEST_F(TlsTest, OperationsThatTimeOutLoseNothing) {
  TlsPeer peer(Good(), Manner::kHold);
  auto stream = Connect(peer);
  std::string big;
  for (int i = 0; big.size() < (16u << 20); ++i) big += std::to_string(i);
  std::string_view rest = big;
  char buffer[16];
  WatchedOp write, read;
  read.Read(*stream, buffer, In(milliseconds(40)));
  write.Write(*stream, {&rest, 1}, In(milliseconds(50)));
  worker_.Poll();
  ASSERT_EQ(write.times, 0);
  clock_.Advance(milliseconds(50));
  ASSERT_TRUE(PollUntil(worker_, [&] { return write.times == 1 && read.times == 1; }));
  EXPECT_EQ(read.result.status, IoStatus::kTimeout);
  EXPECT_EQ(write.result.status, IoStatus::kTimeout);
  rest.remove_prefix(write.result.bytes);
  ASSERT_FALSE(rest.empty());
  peer.Release();
  EXPECT_EQ(Write(*stream, rest).bytes, rest.size());
  stream->Close();
  EXPECT_TRUE(peer.PlainTextAfter(1) == big);
}

TEST_F(TlsTest, CancelAndDestructionEndWhatIsPending) {
  TlsPeer peer(Good(), Manner::kEcho);
  auto stream = Connect(peer);
  char buffer[16];
  WatchedOp cancelled, silent;
  cancelled.Read(*stream, buffer, Soon());
  stream->Cancel();
  EXPECT_EQ(cancelled.times, 0);
  ASSERT_TRUE(PollUntil(worker_, [&cancelled] { return cancelled.times == 1; }));
  EXPECT_EQ(cancelled.result.status, IoStatus::kCancelled);
  silent.Read(*stream, buffer, Soon());
  stream.reset();
  for (int i = 0; i < 10; ++i) worker_.Poll();
  EXPECT_EQ(silent.times, 0);
}

TEST_F(TlsTest, ResumesTheSessionOfTheSameEndpoint) {
  TlsPeer peer(Good(), Manner::kEcho);
  for (int connection = 1; connection <= 2; ++connection) {
    auto stream = Connect(peer);
    IoStatus status;
    Write(*stream, "x");
    EXPECT_EQ(Read(*stream, 1, &status), "x");
    stream->Close();
    peer.PlainTextAfter(connection);
  }
  EXPECT_EQ(peer.resumed(), 1);
}

TEST_F(TlsTest, AKeptConnectionIsReusedUnlessBytesLieInIt) {
  TlsPeer peer(Good(), Manner::kEcho);
  const Endpoint endpoint{kHost, peer.port(), true, ca_file_};
  auto stream = Connect(peer);
  IoStatus status;
  Write(*stream, "x");
  EXPECT_EQ(Read(*stream, 1, &status), "x");
  EXPECT_TRUE(stream->IsQuiet());
  pool_.Release(endpoint, std::move(stream));
  Acquired again = Await(worker_, Dial(peer, kHost, /*fresh=*/false));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->reused);

  TlsPeer pushing(Good(), Manner::kPush);
  auto pushed = Connect(pushing);
  EXPECT_TRUE(PollUntil(worker_, [&pushed] { return !pushed->IsQuiet(); }));
}

// A server of the test's own, so that each byte can arrive alone.
TEST_F(TlsTest, WorksWhenEveryByteArrivesAlone) {
  const Identity identity = Good();
  std::unique_ptr<SSL_CTX, OpenSslFree> context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_use_certificate(context.get(), identity.certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
  std::unique_ptr<SSL, OpenSslFree> server(SSL_new(context.get()));
  BIO* incoming = BIO_new(BIO_s_mem());
  BIO* outgoing = BIO_new(BIO_s_mem());
  SSL_set_bio(server.get(), incoming, outgoing);
  SSL_set_accept_state(server.get());

  auto memory = std::make_unique<MemoryStream>();
  MemoryStream* wire = memory.get();
  std::string plain;
  const auto turn = [&] {
    const std::string sent = wire->TakeWritten();
    BIO_write(incoming, sent.data(), static_cast<int>(sent.size()));
    char buffer[4096];
    size_t bytes = 0;
    while (SSL_read_ex(server.get(), buffer, sizeof(buffer), &bytes) == 1) {
      plain.append(buffer, bytes);
      SSL_write(server.get(), buffer, static_cast<int>(bytes));
    }
    char flight[16384];
    const int size = BIO_read(outgoing, flight, sizeof(flight));
    if (size > 0) wire->FeedSplit({flight, static_cast<size_t>(size)}, 1);
    wire->Run();
  };

  Running<Result<std::unique_ptr<Stream>>> starting(
      StartTls(std::move(memory), contexts_, {kHost, 443, true, ca_file_}, Soon(), nullptr));
  for (int i = 0; i < 10 && !starting.done(); ++i) turn();
  ASSERT_TRUE(starting.done());
  ASSERT_TRUE(starting.value()) << starting.value().error().message;
  Stream& stream = **starting.value();

  const std::string text(5000, 't');
  std::string_view piece = text;
  char buffer[8192];
  WatchedOp write, read;
  write.Write(stream, {&piece, 1}, Soon());
  EXPECT_EQ(write.times, 1);
  std::string echoed;
  while (echoed.size() < text.size()) {
    WatchedOp next;
    next.Read(stream, buffer, Soon());
    if (next.times == 0) turn();
    ASSERT_EQ(next.times, 1);
    ASSERT_TRUE(next.result.ok());
    echoed.append(buffer, next.result.bytes);
  }
  EXPECT_EQ(plain, text);
  EXPECT_EQ(echoed, text);
}

}  // namespace
}  // namespace weir::net
