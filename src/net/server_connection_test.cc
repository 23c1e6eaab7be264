#include "net/server_connection.h"

#include <gtest/gtest.h>

#include "http/error_headers.h"
#include "testing/fake_clock.h"
#include "testing/memory_stream.h"

namespace weir::net {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";

std::string Post(std::string_view path, std::string_view body, std::string_view more = "") {
  return fmt::format("POST {} HTTP/1.1\r\nhost: x\r\n{}content-length: {}\r\n\r\n{}", path, more,
                     body.size(), body);
}

size_t Count(std::string_view text, std::string_view what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// Echoes "METHOD PATH BODY". "/hold" waits for a cancel, "/flood" writes more than the client
// takes.
class Echo final : public RequestHandler {
 public:
  ServerLimits limits() override { return server_limits; }
  Result<void> Admit(const http::RequestHead& head) override {
    if (head.path == "/no") return MakeError(Reason::kUnsupportedEndpoint, "nothing here");
    return {};
  }
  Task<void> Handle(ServerConnection& connection) override {
    std::string seen = fmt::format("{} {} {}", connection.head().method, connection.head().path,
                                   connection.body());
    handled.push_back(seen);
    if (connection.head().path == "/hold") {
      co_await SleepUntil(connection.worker(), SteadyTime::max(), &connection.cancel());
      gone.push_back(connection.client_gone());
    }
    if (connection.head().path == "/flood") {
      std::string flood(1000, 'x');
      bool sent = co_await connection.Send(flood);
      gone.push_back(connection.client_gone());
      if (!sent) co_return;
    }
    co_await connection.Respond(200, "text/plain", "", seen);
  }
  Refusal Refuse(const Error& error, const http::RequestHead* head) override {
    refused.emplace_back(error.reason, head != nullptr);
    return {http::ErrorHeaders(error), "{}"};
  }
  bool draining() override { return drain; }
  void OnClosed(ServerConnection* connection) override {
    closed = true;
    delete connection;
  }

  ServerLimits server_limits;
  std::vector<std::string> handled;
  std::vector<bool> gone;  // what each "/hold" and "/flood" saw
  std::vector<std::pair<Reason, bool>> refused;
  bool drain = false;
  bool closed = false;
};

// What was written outlives the stream, which is freed with its connection.
class KeptStream final : public MemoryStream {
 public:
  explicit KeptStream(std::string* kept) : kept_(kept) {}
  void Close() override {
    *kept_ = written();
    MemoryStream::Close();
  }
  // As a socket whose read was complete when it was cancelled.
  void Cancel() override {
    if (!too_late_to_cancel) MemoryStream::Cancel();
  }
  bool too_late_to_cancel = false;

 private:
  std::string* kept_;
};

class ServerConnectionTest : public testing::Test {
 protected:
  ~ServerConnectionTest() override {
    if (echo_.closed || stream_ == nullptr) return;
    stream_->End(IoStatus::kEof);
    Go();
    EXPECT_TRUE(echo_.closed) << "a connection whose client left must end";
  }

  void Connect() {
    auto stream = std::make_unique<KeptStream>(&written_);
    stream_ = stream.get();
    auto connection = std::make_unique<ServerConnection>(worker_, std::move(stream), echo_);
    connection_ = connection.get();
    ServerConnection::Start(std::move(connection));
  }
  void Feed(std::string bytes) {
    stream_->Feed(std::move(bytes));
    Go();
  }
  void Go() {
    while (!echo_.closed && stream_->Step()) {
    }
    worker_.Poll();
    if (!echo_.closed) written_ = stream_->written();
  }
  void Pass(milliseconds time) {
    clock_.Advance(time);
    worker_.Poll();
    Go();
  }

  FakeClock clock_;
  Worker worker_{0, clock_};
  Echo echo_;
  KeptStream* stream_ = nullptr;
  ServerConnection* connection_ = nullptr;
  std::string written_;
};

TEST_F(ServerConnectionTest, ServesOneRequestAfterTheOther) {
  Connect();
  Feed(std::string(kGet));
  Feed(Post("/b", "body"));
  EXPECT_EQ(echo_.handled, (std::vector<std::string>{"GET /a ", "POST /b body"}));
  EXPECT_EQ(Count(written_, "HTTP/1.1 200"), 2U);
  EXPECT_EQ(Count(written_, "connection: close"), 0U);
}

TEST_F(ServerConnectionTest, PipelinedRequestsAreServedInTheirOrder) {
  Connect();
  std::string all;
  std::vector<std::string> want;
  for (int i = 0; i < 200; ++i) {  // more than the first buffer holds
    all += Post(fmt::format("/{}", i), std::string(static_cast<size_t>(i), 'b'));
    want.push_back(fmt::format("POST /{} {}", i, std::string(static_cast<size_t>(i), 'b')));
  }
  Feed(all);
  EXPECT_EQ(echo_.handled, want);
}

TEST_F(ServerConnectionTest, BytesBehindAnUpgradeAreNotRead) {
  const std::string upgrade = Post("/u", "body", "connection: upgrade\r\nupgrade: foo\r\n");
  for (size_t stride : {size_t{1}, size_t{1000}}) {
    echo_ = Echo();
    Connect();
    stream_->FeedSplit(upgrade + std::string(kGet), stride);
    Go();
    EXPECT_EQ(echo_.handled, (std::vector<std::string>{"POST /u body"}));
    EXPECT_EQ(Count(written_, "connection: close"), 1U);
    EXPECT_TRUE(echo_.closed);
  }
  echo_ = Echo();
  Connect();
  Feed(upgrade);
  Feed(std::string(kGet));
  EXPECT_EQ(echo_.handled.size(), 2U) << "who waits for the answer may go on";
}

TEST_F(ServerConnectionTest, ReadsTheSameHoweverTheBytesAreCut) {
  const std::string chunked =
      "POST /c HTTP/1.1\r\nhost: x\r\ntransfer-encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  const std::string all = Post("/b", "body") + chunked + std::string(kGet);
  for (size_t size = 1; size <= all.size(); ++size) {
    echo_ = Echo();
    Connect();
    stream_->FeedSplit(all, size);
    Go();
    EXPECT_EQ(echo_.handled, (std::vector<std::string>{"POST /b body", "POST /c abcde", "GET /a "}))
        << "in pieces of " << size;
    stream_->End(IoStatus::kEof);
    Go();
    ASSERT_TRUE(echo_.closed);
  }
}

TEST_F(ServerConnectionTest, ALargeBodyIsWhole) {
  Connect();
  std::string body(3'000'000, 'a');
  for (size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('b' + i / 1000 % 20);
  Feed(Post("/b", body));
  ASSERT_EQ(echo_.handled.size(), 1U);
  EXPECT_EQ(echo_.handled[0], "POST /b " + body);
}

// The body is read beside the buffer that its head came with, the next head is not.
TEST_F(ServerConnectionTest, ARequestBehindALargeBodyIsNotLost) {
  Connect();
  const std::string body(100'000, 'b');
  const std::string next = Post("/next", std::string(20, 'n'));
  for (size_t cut = 1; cut <= next.size(); cut += 7) {
    const std::string first = Post("/large", body);
    Feed(first.substr(0, 60'000));
    Feed(first.substr(60'000) + next.substr(0, cut));
    Feed(next.substr(cut));
    ASSERT_GE(echo_.handled.size(), 2U) << cut;
    EXPECT_EQ(echo_.handled[echo_.handled.size() - 2], "POST /large " + body) << cut;
    EXPECT_EQ(echo_.handled.back(), "POST /next " + std::string(20, 'n')) << cut;
  }
}

TEST_F(ServerConnectionTest, AsksForABodyThatWaitsToBeAsked) {
  Connect();
  Feed("POST /b HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
  EXPECT_EQ(written_, "HTTP/1.1 100 Continue\r\n\r\n");
  Feed("ok");
  EXPECT_EQ(echo_.handled, (std::vector<std::string>{"POST /b ok"}));
}

TEST_F(ServerConnectionTest, ARefusalWithoutABodyKeepsTheConnection) {
  Connect();
  Feed("GET /no HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_EQ(Count(written_, "HTTP/1.1 404"), 1U);
  Feed(std::string(kGet));
  EXPECT_EQ(echo_.handled.size(), 1U);
  EXPECT_EQ(echo_.refused, (std::vector{std::pair(Reason::kUnsupportedEndpoint, true)}));
}

TEST_F(ServerConnectionTest, ARefusedBodyIsDroppedAndTheConnectionClosed) {
  Connect();
  Feed(Post("/no", "rest") + std::string(kGet));
  EXPECT_EQ(Count(written_, "connection: close"), 1U);
  EXPECT_FALSE(echo_.closed) << "lingers, so that the answer is not reset away";
  Pass(milliseconds(2'000));
  EXPECT_TRUE(echo_.closed);
  EXPECT_TRUE(echo_.handled.empty());
}

TEST_F(ServerConnectionTest, AMalformedHeadIsRefusedWithoutAHead) {
  Connect();
  Feed("GET /a HTTP/1.1\r\nhost : x\r\n\r\n");
  EXPECT_EQ(Count(written_, "HTTP/1.1 400"), 1U);
  EXPECT_EQ(echo_.refused, (std::vector{std::pair(Reason::kBadRequest, false)}));
}

TEST_F(ServerConnectionTest, ABodyThatGrowsTooLargeIsAnsweredOnce) {
  echo_.server_limits.max_body = 4;
  Connect();
  Feed("POST /c HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n");
  Pass(milliseconds(2'000));  // the lingering ends by its time
  EXPECT_EQ(echo_.refused, (std::vector{std::pair(Reason::kBodyTooLarge, true)}));
  EXPECT_EQ(Count(written_, "HTTP/1.1 "), 1U);
  EXPECT_TRUE(echo_.closed);
}

TEST_F(ServerConnectionTest, ASlowHeadAndASlowBodyAreToldSo) {
  for (const std::string& part : {std::string("GET /a HT"), Post("/b", "body").substr(0, 50)}) {
    echo_ = Echo();
    Connect();
    Feed(part);
    Pass(milliseconds(29'999));
    EXPECT_TRUE(echo_.refused.empty());
    Pass(milliseconds(1));
    EXPECT_EQ(Count(written_, "HTTP/1.1 408"), 1U) << part;
    Pass(milliseconds(2'000));  // the rest of a body is waited for
    EXPECT_TRUE(echo_.closed);
  }
}

// The time ran out in the round in which bytes came: the read is whole, the request is late.
TEST_F(ServerConnectionTest, BytesThatComeWithTheDeadlineDoNotOutliveIt) {
  Connect();
  Feed(Post("/b", std::string(1000, 'b')).substr(0, 500));
  stream_->too_late_to_cancel = true;
  clock_.Advance(milliseconds(30'000));
  worker_.Poll();
  stream_->too_late_to_cancel = false;
  Feed("more");
  EXPECT_EQ(echo_.refused, (std::vector{std::pair(Reason::kRequestTimeout, true)}));
}

// What the pipelined head left of the buffer is not all the room that its body gets.
TEST_F(ServerConnectionTest, APipelinedChunkedBodyIsReadInLargeSteps) {
  Connect();
  Feed(Post("/hold", ""));
  const std::string head = "POST /c HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nx-pad: ";
  stream_->Feed(head + std::string(4020 - head.size(), 'p') + "\r\n\r\n");
  Go();
  connection_->cancel().Cancel();
  Go();
  const int before = stream_->reads();
  Feed("186a0\r\n" + std::string(100'000, 'c') + "\r\n0\r\n\r\n");
  ASSERT_EQ(echo_.handled.size(), 2U);
  EXPECT_LT(stream_->reads() - before, 100);
}

TEST_F(ServerConnectionTest, AnIdleConnectionIsClosedWithoutAWord) {
  Connect();
  Feed(std::string(kGet));
  const std::string said = written_;
  Pass(milliseconds(74'999));
  EXPECT_FALSE(echo_.closed);
  Pass(milliseconds(1));
  EXPECT_TRUE(echo_.closed);
  EXPECT_EQ(written_, said);
}

TEST_F(ServerConnectionTest, AClientThatLeavesCancelsItsRequest) {
  Connect();
  Feed(Post("/hold", ""));
  EXPECT_TRUE(echo_.gone.empty());
  stream_->End(IoStatus::kEof);
  Go();
  EXPECT_EQ(echo_.gone, std::vector{true});
  EXPECT_TRUE(echo_.closed);
}

TEST_F(ServerConnectionTest, AnAbortedRequestIsStillAnswered) {
  Connect();
  Feed(Post("/hold", ""));
  connection_->Abort();
  Go();
  EXPECT_EQ(echo_.gone, std::vector{false});
  EXPECT_EQ(Count(written_, "connection: close"), 1U);
  EXPECT_TRUE(echo_.closed);
}

TEST_F(ServerConnectionTest, AnAbortEndsAWriteThatTheClientDoesNotTake) {
  Connect();
  stream_->SetRoom(10);
  Feed(Post("/flood", ""));
  EXPECT_TRUE(echo_.gone.empty());
  connection_->Abort();
  Go();
  EXPECT_EQ(echo_.gone, std::vector{false});
  EXPECT_TRUE(echo_.closed);
}

TEST_F(ServerConnectionTest, AClientThatDoesNotReadIsGone) {
  Connect();
  stream_->SetRoom(10);
  Feed(Post("/flood", ""));
  stream_->Expire();
  Go();
  EXPECT_EQ(echo_.gone, std::vector{true});
  EXPECT_TRUE(echo_.closed);
}

TEST_F(ServerConnectionTest, DrainingClosesAfterTheAnswerAndIdleAtOnce) {
  Connect();
  Feed(Post("/hold", ""));
  echo_.drain = true;
  connection_->CloseWhenIdle();
  Go();
  EXPECT_FALSE(echo_.closed) << "a request is being served";
  connection_->cancel().Cancel();
  Go();
  EXPECT_EQ(Count(written_, "connection: close"), 1U);
  EXPECT_TRUE(echo_.closed);
  echo_ = Echo();
  Connect();
  connection_->CloseWhenIdle();
  Go();
  EXPECT_TRUE(echo_.closed);
}

TEST_F(ServerConnectionTest, AnAnswerToHeadHasNoBody) {
  Connect();
  Feed("HEAD /a HTTP/1.1\r\nhost: x\r\n\r\n");
  EXPECT_TRUE(written_.ends_with("\r\n\r\n"));
  EXPECT_EQ(Count(written_, "content-length: 8"), 1U);
}

}  // namespace
}  // namespace weir::net
