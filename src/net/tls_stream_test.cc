#include "net/tls_stream.h"

#include "net/tls_loopback_test.h"
#include "testing/memory_stream.h"

namespace weir::net {
namespace {

using TlsStreamTest = TlsLoopbackTest;

TEST_F(TlsStreamTest, SpeaksWithAVerifiedPeer) {
  TlsPeer peer(Good(), Manner::kEcho);
  auto stream = Connect(peer);
  EXPECT_EQ(Write(*stream, "hello").bytes, 5u);
  IoStatus status;
  EXPECT_EQ(Read(*stream, 5, &status), "hello");
  EXPECT_EQ(stream->Detail(), "127.0.0.1:" + std::to_string(peer.port()));
  stream->Close();
  EXPECT_EQ(peer.PlainTextAfter(1), "hello");
}

TEST_F(TlsStreamTest, T11ARecordOf64KiBEndsTheConnection) {
  TlsPeer peer(Good(), Manner::kHugeRecordLate);
  auto stream = Connect(peer);
  IoStatus status;
  EXPECT_EQ(Read(*stream, 1, &status), "");
  EXPECT_EQ(status, IoStatus::kTls);
}

TEST_F(TlsStreamTest, T11NeverRenegotiates) {
  TlsPeer peer(Good(), Manner::kRenegotiate);
  auto stream = Connect(peer);
  Write(*stream, "hello");
  IoStatus status;
  EXPECT_EQ(Read(*stream, 5, &status), "hello") << "under the handshake that was verified";
  Write(*stream, "more");
  EXPECT_EQ(Read(*stream, 4, &status), "") << "the server has been told no, and has left";
  EXPECT_NE(status, IoStatus::kOk);
  stream->Close();
  peer.PlainTextAfter(1);
  EXPECT_EQ(peer.renegotiated(), 0);
}

TEST_F(TlsStreamTest, ACutIsAResetAndAGoodbyeIsAnEnd) {
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

TEST_F(TlsStreamTest, CarriesLargeAmountsBothWaysAtOnce) {
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

TEST_F(TlsStreamTest, OperationsThatTimeOutLoseNothing) {
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

TEST_F(TlsStreamTest, CancelAndDestructionEndWhatIsPending) {
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

TEST_F(TlsStreamTest, ResumesTheSessionOfTheSameEndpoint) {
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

TEST_F(TlsStreamTest, AKeptConnectionIsReusedUnlessBytesLieInIt) {
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
TEST_F(TlsStreamTest, WorksWhenEveryByteArrivesAlone) {
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
