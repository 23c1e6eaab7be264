#include "net/tcp_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/loopback_test.h"

namespace weir::net {
namespace {

using std::chrono::milliseconds;
using TcpStreamTest = LoopbackTest;

Task<std::string> ReadAll(Stream* stream, SteadyTime deadline) {
  std::string all;
  char buffer[4096];
  for (;;) {
    const IoResult read = co_await stream->Read(buffer, deadline);
    if (!read.ok()) {
      all += read.status == IoStatus::kEof ? "" : " (not an orderly end)";
      co_return all;
    }
    all.append(buffer, read.bytes);
  }
}

Task<IoResult> WriteAndClose(Stream* stream, std::vector<std::string> texts, SteadyTime deadline) {
  const std::vector<std::string_view> pieces(texts.begin(), texts.end());
  const IoResult written = co_await stream->Write(pieces, deadline);
  stream->Close();
  co_return written;
}

TEST_F(TcpStreamTest, CarriesPiecesInOrderAndEndsOrderly) {
  Connect();
  Running<std::string> reading(ReadAll(far_.get(), Soon()));
  const IoResult written =
      Await(worker_, WriteAndClose(near_.get(), {"GET ", "", "/ ", "HTTP/1.1"}, Soon()));
  EXPECT_TRUE(written.ok());
  EXPECT_EQ(written.bytes, 14u);
  ASSERT_TRUE(PollUntil(worker_, [&reading] { return reading.done(); }));
  EXPECT_EQ(reading.value(), "GET / HTTP/1.1");
}

TEST_F(TcpStreamTest, CarriesMoreThanTheSocketsHoldInManyPieces) {
  Connect();
  std::vector<std::string> texts;
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    texts.emplace_back(static_cast<size_t>(i * 211), static_cast<char>('a' + i % 26));
    expected += texts.back();
  }
  Running<IoResult> writing(WriteAndClose(near_.get(), texts, Soon()));
  EXPECT_FALSE(writing.done()) << "9 MB cannot fit into the sockets";
  const std::string read = Await(worker_, ReadAll(far_.get(), Soon()));
  EXPECT_TRUE(read == expected) << read.size() << " of " << expected.size();
  ASSERT_TRUE(writing.done());
  EXPECT_EQ(writing.value().bytes, expected.size());
}

TEST_F(TcpStreamTest, AReadThatTimesOutLosesNothing) {
  Connect();
  char buffer[16];
  WatchedOp late;
  late.Read(*near_, buffer, In(milliseconds(50)));
  worker_.Poll();
  EXPECT_EQ(late.times, 0);
  clock_.Advance(milliseconds(50));
  ASSERT_TRUE(PollFor(late));
  EXPECT_EQ(late.result.status, IoStatus::kTimeout);
  EXPECT_EQ(Await(worker_, WriteAndClose(far_.get(), {"hello"}, Soon())).bytes, 5u);
  WatchedOp again;
  again.Read(*near_, buffer, Soon());
  ASSERT_TRUE(PollFor(again));
  EXPECT_EQ(std::string_view(buffer, again.result.bytes), "hello");
}

TEST_F(TcpStreamTest, AnEarlierDeadlineThanTheFormerOneIsKept) {
  Connect();
  char buffer[16];
  WatchedOp first, second;
  first.Read(*near_, buffer, In(std::chrono::minutes(10)));
  Await(worker_, WriteAndClose(far_.get(), {"x"}, Soon()));
  ASSERT_TRUE(PollFor(first));
  near_.reset();
  Connect();
  WatchedOp long_read, write_op;
  long_read.Read(*near_, buffer, In(std::chrono::minutes(10)));
  near_->Cancel();
  ASSERT_TRUE(PollFor(long_read));
  EXPECT_EQ(long_read.result.status, IoStatus::kCancelled);
  second.Read(*near_, buffer, In(milliseconds(5)));
  clock_.Advance(milliseconds(5));
  ASSERT_TRUE(PollFor(second));
  EXPECT_EQ(second.result.status, IoStatus::kTimeout);
}

TEST_F(TcpStreamTest, ALaterDeadlineThanTheFormerOneIsKept) {
  Connect();
  char buffer[16];
  WatchedOp first, second;
  first.Read(*near_, buffer, In(milliseconds(50)));
  near_->Cancel();
  ASSERT_TRUE(PollFor(first));
  second.Read(*near_, buffer, In(milliseconds(200)));
  clock_.Advance(milliseconds(60));
  worker_.Poll();
  EXPECT_EQ(second.times, 0) << "the timer of the first read fires and must look again";
  clock_.Advance(milliseconds(140));
  ASSERT_TRUE(PollFor(second));
  EXPECT_EQ(second.result.status, IoStatus::kTimeout);
}

TEST_F(TcpStreamTest, AWriteThatTimesOutSaysWhatWasSentAndCanGoOn) {
  Connect();
  const std::string big(32 << 20, 'w');
  std::string_view piece = big;
  WatchedOp write;
  write.Write(*near_, {&piece, 1}, In(milliseconds(50)));
  worker_.Poll();
  ASSERT_EQ(write.times, 0);
  clock_.Advance(milliseconds(50));
  ASSERT_TRUE(PollFor(write));
  EXPECT_EQ(write.result.status, IoStatus::kTimeout);
  ASSERT_GT(write.result.bytes, 0u);
  ASSERT_LT(write.result.bytes, big.size());
  Running<IoResult> rest(
      WriteAndClose(near_.get(), {big.substr(write.result.bytes)}, In(std::chrono::hours(1))));
  EXPECT_EQ(Await(worker_, ReadAll(far_.get(), In(std::chrono::hours(1)))).size(), big.size());
}

TEST_F(TcpStreamTest, OneDirectionTimesOutAloneWhileTheOtherGoesOn) {
  Connect();
  const std::string big(32 << 20, 'w');
  std::string_view piece = big;
  char buffer[16];
  WatchedOp write, read;
  write.Write(*near_, {&piece, 1}, In(std::chrono::hours(1)));
  read.Read(*near_, buffer, In(milliseconds(50)));
  worker_.Poll();
  clock_.Advance(milliseconds(50));
  ASSERT_TRUE(PollFor(read));
  EXPECT_EQ(read.result.status, IoStatus::kTimeout);
  EXPECT_EQ(write.times, 0);
  Running<std::string> reading(ReadAll(far_.get(), In(std::chrono::hours(1))));
  ASSERT_TRUE(PollFor(write));
  EXPECT_TRUE(write.result.ok());
  EXPECT_EQ(write.result.bytes, big.size());
  near_->Close();
  ASSERT_TRUE(PollUntil(worker_, [&reading] { return reading.done(); }));
  EXPECT_EQ(reading.value().size(), big.size());
}

TEST_F(TcpStreamTest, CancelEndsBothDirectionsLater) {
  Connect();
  const std::string big(32 << 20, 'w');
  std::string_view piece = big;
  char buffer[16];
  WatchedOp write, read;
  write.Write(*near_, {&piece, 1}, Soon());
  read.Read(*near_, buffer, Soon());
  near_->Cancel();
  EXPECT_EQ(read.times + write.times, 0) << "not inside Cancel()";
  ASSERT_TRUE(PollFor(read));
  ASSERT_TRUE(PollFor(write));
  EXPECT_EQ(read.result.status, IoStatus::kCancelled);
  EXPECT_EQ(write.result.status, IoStatus::kCancelled);
}

TEST_F(TcpStreamTest, CloseCancelsAndLaterOperationsFail) {
  Connect();
  char buffer[16];
  std::string_view piece = "x";
  WatchedOp read, read_again, write;
  read.Read(*near_, buffer, Soon());
  near_->Close();
  EXPECT_EQ(read.times, 0);
  ASSERT_TRUE(PollFor(read));
  EXPECT_EQ(read.result.status, IoStatus::kCancelled);
  read_again.Read(*near_, buffer, Soon());
  write.Write(*near_, {&piece, 1}, Soon());
  EXPECT_EQ(read_again.result.status, IoStatus::kFailed);
  EXPECT_EQ(write.result.status, IoStatus::kFailed);
  EXPECT_FALSE(near_->IsQuiet());
}

TEST_F(TcpStreamTest, DestructionSilencesWhatIsPending) {
  Connect();
  char buffer[16];
  WatchedOp read, expired;
  read.Read(*near_, buffer, Soon());
  near_.reset();
  expired.Read(*far_, buffer, In(milliseconds(1)));
  clock_.Advance(milliseconds(1));
  worker_.Poll();
  far_.reset();
  for (int i = 0; i < 10; ++i) worker_.Poll();
  EXPECT_EQ(read.times, 0);
  EXPECT_LE(expired.times, 1);
}

struct DestroyingOp : IoOp {
  std::unique_ptr<Stream> stream;
  bool gone = false;
};

TEST_F(TcpStreamTest, AStreamMayBeDestroyedInsideDone) {
  Connect();
  char buffer[16], other[16];
  DestroyingOp op;
  op.done = [](IoOp* self) {
    static_cast<DestroyingOp*>(self)->stream.reset();
    static_cast<DestroyingOp*>(self)->gone = true;
  };
  op.stream = std::move(near_);
  ASSERT_FALSE(op.stream->StartRead(buffer, Soon(), &op));
  WatchedOp far_read;
  far_read.Read(*far_, other, Soon());
  op.stream->Cancel();
  ASSERT_TRUE(PollUntil(worker_, [&op] { return op.gone; }));
  ASSERT_TRUE(PollFor(far_read));
  EXPECT_EQ(far_read.result.status, IoStatus::kEof);
}

TEST(TcpStream, AWorkerMayEndBeforeCancelledHandlersHaveRun) {
  char buffer[16];
  WatchedOp read;
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  {
    FakeClock clock;
    Worker worker(0, clock);
    auto stream = MakeTcpStream(worker, ends[0], *ParseLiteral("127.0.0.1", 1));
    read.Read(*stream, buffer, SteadyTime::max());
  }
  ::close(ends[1]);
  EXPECT_EQ(read.times, 0);
}

class RawPeerTest : public LoopbackTest {
 protected:
  void SetUp() override {
    LoopbackTest::SetUp();
    raw_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Address address = *ParseLiteral("127.0.0.1", listener_->port());
    ASSERT_EQ(::connect(raw_, &address.any, address.length), 0);
    ASSERT_TRUE(PollUntil(worker_, [this] { return !accepted_.empty(); }));
    far_ = std::move(accepted_.back());
  }
  void Reset() {
    const linger at_once{1, 0};
    ::setsockopt(raw_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    ::close(raw_);
  }
  int raw_ = -1;
};

TEST_F(RawPeerTest, AResetIsSeenByReadsAndWritesWithoutASignal) {
  char buffer[16];
  std::string_view piece = "x";
  WatchedOp read, write, write_again;
  read.Read(*far_, buffer, Soon());
  Reset();
  ASSERT_TRUE(PollFor(read));
  EXPECT_EQ(read.result.status, IoStatus::kReset);
  write.Write(*far_, {&piece, 1}, Soon());
  write_again.Write(*far_, {&piece, 1}, Soon());
  EXPECT_EQ(write_again.result.status, IoStatus::kReset);
}

TEST_F(RawPeerTest, AnEndThatCameWithTheLastBytesIsSeenAfterThem) {
  ASSERT_EQ(::write(raw_, "last", 4), 4);
  ::close(raw_);
  EXPECT_TRUE(PollUntil(worker_, [this] { return !far_->IsQuiet(); }));
  for (int i = 0; i < 10; ++i) worker_.Poll();  // both edges have been told
  char buffer[16];
  WatchedOp read, end;
  read.Read(*far_, buffer, Soon());
  ASSERT_TRUE(PollFor(read));
  EXPECT_EQ(std::string_view(buffer, read.result.bytes), "last");
  end.Read(*far_, buffer, Soon());
  ASSERT_TRUE(PollFor(end));
  EXPECT_EQ(end.result.status, IoStatus::kEof);
}

TEST_F(RawPeerTest, IsQuietUntilThePeerSendsOrCloses) {
  EXPECT_TRUE(far_->IsQuiet());
  ASSERT_EQ(::write(raw_, "!", 1), 1);
  EXPECT_TRUE(PollUntil(worker_, [this] { return !far_->IsQuiet(); }));
  char buffer[16];
  WatchedOp read;
  read.Read(*far_, buffer, Soon());
  ASSERT_TRUE(PollFor(read));
  EXPECT_EQ(std::string_view(buffer, read.result.bytes), "!");
  EXPECT_TRUE(far_->IsQuiet()) << "asking takes nothing away";
  ::close(raw_);
  EXPECT_TRUE(PollUntil(worker_, [this] { return !far_->IsQuiet(); }));
}

TEST_F(RawPeerTest, DetailNamesThePeer) {
  EXPECT_EQ(far_->Detail().substr(0, 10), "127.0.0.1:");
  ::close(raw_);
}

}  // namespace
}  // namespace weir::net
