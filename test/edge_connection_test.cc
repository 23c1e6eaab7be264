// HARDENING 4.1, H01, H23, H32 and H64–H84: requests that are served, refused ones whose body is a
// request, tunnels that are not opened, and clients that are slow. The table names no content for
// H68, H70 and H79; they are here what stands beside their neighbours: an unknown expectation, a
// half-close inside a body, an empty line before a request.
#include <fmt/format.h>

#include "test/harness/edge.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

std::string Chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

std::string Chunked(std::string_view body) {
  const size_t half = body.size() / 2;
  return Chunk(body.substr(0, half)) + Chunk(body.substr(half)) + "0\r\n";
}

std::string HeadOf(const std::string& request) {
  return request.substr(0, request.find("\r\n\r\n") + 4);
}

class EdgeConnectionTest : public EdgeTest {
 protected:
  // What the upstream was sent since the test began.
  std::vector<SeenRequest> Seen() const {
    std::vector<SeenRequest> seen = upstream().requests();
    seen.erase(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(before_));
    return seen;
  }

 private:
  size_t before_ = upstream().requests().size();
};

TEST_F(EdgeConnectionTest, H01Baseline) {
  const Talk talk = Say(Chat("hi"));
  ASSERT_EQ(talk.answers.size(), 1U);
  EXPECT_TRUE(Served(talk.answers[0]));
  EXPECT_EQ(talk.answers[0].Header("connection"), "");
  ASSERT_EQ(Seen().size(), 1U);
  EXPECT_EQ(Seen()[0].body, ChatBody("large-v1", "hi"));
}

TEST_F(EdgeConnectionTest, H23Chunked) {
  const std::string body = ChatBody("large", "in chunks");
  const Talk talk =
      Say(Framed("transfer-encoding: chunked\r\n", Chunked(body) + "\r\n") + Chat("behind it"), 2);
  ASSERT_EQ(talk.answers.size(), 2U);
  EXPECT_TRUE(Served(talk.answers[0]));
  ASSERT_EQ(Seen().size(), 2U);
  EXPECT_EQ(Seen()[0].body, ChatBody("large-v1", "in chunks"));
  EXPECT_EQ(Seen()[0].Header("transfer-encoding"), "");
}

TEST_F(EdgeConnectionTest, H32TrailersAreDroppedOrRefused) {
  const std::string body = ChatBody("large", "with trailers");
  const Talk dropped = Say(
      Framed("transfer-encoding: chunked\r\n",
             Chunked(body) + "authorization: edge-canary\r\nx-weir-model: edge-canary\r\n\r\n"));
  ASSERT_EQ(dropped.answers.size(), 1U);
  EXPECT_TRUE(Served(dropped.answers[0]));
  ASSERT_EQ(Seen().size(), 1U);
  EXPECT_EQ(Seen()[0].Header("authorization"), "Bearer key-of-third");
  for (const char* trailer : {"content-length: 300\r\n\r\n", "transfer-encoding: chunked\r\n\r\n",
                              "connection: close\r\n\r\n"}) {
    EXPECT_TRUE(
        Refused(Say(Framed("transfer-encoding: chunked\r\n", Chunked(body) + trailer) + Smuggled()),
                {400}));
  }
  EXPECT_EQ(Seen().size(), 1U);
}

TEST_F(EdgeConnectionTest, H64ThreePipelined) {
  const Talk talk = Say(Chat("one") + Chat("two") + Chat("three"), 3);
  ASSERT_EQ(talk.answers.size(), 3U);
  const std::vector<SeenRequest> seen = Seen();
  ASSERT_EQ(seen.size(), 3U);
  size_t at = 0;
  for (const char* text : {"one", "two", "three"}) {
    EXPECT_TRUE(Served(talk.answers[at]));
    EXPECT_EQ(seen[at++].body, ChatBody("large-v1", text));
  }
}

// The body of a refused request is read to its end or the connection is closed: it never becomes a
// request.
TEST_F(EdgeConnectionTest, H65ARefusedBodyOfKnownLengthIsNoRequest) {
  const std::string inner = Smuggled();
  const Talk talk =
      Say(fmt::format("POST /v1/nothing HTTP/1.1\r\nhost: 127.0.0.1\r\n"
                      "content-length: {}\r\n\r\n{}{}",
                      inner.size(), inner, Smuggled()));
  EXPECT_TRUE(Refused(talk, {404}));
  EXPECT_TRUE(Seen().empty());
}

TEST_F(EdgeConnectionTest, H66ARefusedChunkedBodyIsNoRequest) {
  const Talk talk =
      Say("GET /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: "
          "chunked\r\n\r\n" +
          Chunk(Smuggled()) + "0\r\n\r\n" + Smuggled());
  EXPECT_TRUE(Refused(talk, {405}));
  EXPECT_TRUE(Seen().empty());
}

TEST_F(EdgeConnectionTest, H67ExpectContinue) {
  const std::string request = Chat("when asked", "expect: 100-continue\r\n");
  HttpClient client(port());
  client.Send(HeadOf(request));
  ASSERT_TRUE(client.ReadableWithin(seconds(10)));
  client.Send(request.substr(HeadOf(request).size()));
  const HttpAnswer answer = client.ReadAnswer();
  EXPECT_TRUE(Served(answer));
  EXPECT_EQ(answer.interims, 1);
}

TEST_F(EdgeConnectionTest, H68AnUnknownExpectation) {
  EXPECT_TRUE(Refused(Say(Chat("hi", "expect: 100-continue, x\r\n") + Smuggled()), {417}));
}

TEST_F(EdgeConnectionTest, H69AHalfCloseBehindARequest) {
  HttpClient client(port());
  client.Send(Chat("hi"));
  client.HalfClose();
  const HttpAnswer answer = client.ReadAnswer();
  EXPECT_TRUE(answer.status == 0 || Served(answer));
  EXPECT_TRUE(client.ClosedWithin(seconds(10)));
}

TEST_F(EdgeConnectionTest, H70AHalfCloseInsideABody) {
  const std::string request = Chat("never whole");
  HttpClient client(port());
  client.Send(request.substr(0, request.size() - 1));
  client.HalfClose();
  const HttpAnswer answer = client.ReadAnswer();
  EXPECT_TRUE(answer.status == 0 || IsError(answer, {400, 408}));
  EXPECT_TRUE(client.ClosedWithin(seconds(10)));
  EXPECT_TRUE(Seen().empty());
}

// Bytes behind an Upgrade are no tunnel, and no request either: a peer before us may have taken
// them for the other protocol.
TEST_F(EdgeConnectionTest, H71UpgradeOpensNoTunnel) {
  for (const std::string& behind : {std::string("\x01 edge-canary\r\n\r\n"), Smuggled()}) {
    const Talk talk = Say(Chat("hi", "connection: upgrade\r\nupgrade: foo\r\n") + behind);
    ASSERT_EQ(talk.answers.size(), 1U);
    EXPECT_TRUE(Served(talk.answers[0]));
    EXPECT_EQ(talk.answers[0].Header("connection"), "close");
    EXPECT_TRUE(talk.closed);
    EXPECT_EQ(Seen().back().Header("upgrade"), "");
  }
}

TEST_F(EdgeConnectionTest, H72H2cIsNotSpoken) {
  const Talk talk = Say(Chat("hi",
                             "connection: upgrade, http2-settings\r\nupgrade: h2c\r\n"
                             "http2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"));
  ASSERT_EQ(talk.answers.size(), 1U);
  EXPECT_TRUE(Served(talk.answers[0]));
  EXPECT_EQ(talk.answers[0].interims, 0) << "no 101";
  EXPECT_EQ(talk.answers[0].Header("connection"), "") << "it waited for its answer: it may go on";
  EXPECT_EQ(Seen().at(0).Header("http2-settings"), "");
}

TEST_F(EdgeConnectionTest, H73TheHttp2PrefaceIsNotSpoken) {
  EXPECT_TRUE(Refused(Say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Smuggled()), {400, 505}));
}

TEST_F(EdgeConnectionTest, H74ConnectionTakesNoHeaderOfOursAway) {
  const Talk talk = Say(Chat("hi", "connection: authorization, content-length, x-weir-via\r\n"));
  ASSERT_EQ(talk.answers.size(), 1U);
  EXPECT_TRUE(Served(talk.answers[0]));
  EXPECT_EQ(Seen().at(0).Header("authorization"), "Bearer key-of-third");
  EXPECT_NE(Seen().at(0).Header("x-weir-via"), "");
}

TEST_F(EdgeConnectionTest, H78ATooLargeBodyIsNoRequest) {
  EXPECT_TRUE(Refused(Say(Framed("content-length: 33554433\r\n", Smuggled() + Smuggled())), {413}));
  EXPECT_TRUE(Seen().empty());
}

TEST_F(EdgeConnectionTest, H79AnEmptyLineBeforeARequest) {
  EXPECT_TRUE(Refused(Say("\r\n" + Smuggled()), {400}));
}

// A request whose head and body are in step with the next one's, whatever its method.
TEST_F(EdgeConnectionTest, H80TheUpstreamSeesWhatWasAskedAndNothingElse) {
  const std::string inner = Smuggled();
  const std::string bytes[] = {
      "GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" + Chat("after a GET"),
      fmt::format("GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n\r\n{}",
                  inner.size(), inner) +
          Chat("after a GET with a body"),
      "OPTIONS * HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" + Chat("after OPTIONS")};
  size_t served = 0;
  for (const std::string& each : bytes) {
    const Talk talk = Say(each, 2);
    ASSERT_EQ(talk.answers.size(), 2U) << each;
    EXPECT_TRUE(Served(talk.answers[1])) << each;
    EXPECT_EQ(Seen().size(), ++served) << each;
  }
}

class EdgeSlowTest : public EdgeConnectionTest {
 protected:
  static constexpr milliseconds kReadTimeout{400};

  static void SetUpTestSuite() {
    World world;
    world.limits = fmt::format("read_timeout: {}ms", kReadTimeout.count());
    StartShared(world);
  }
  // A byte now and then until the server has had enough; bounded by the request's own size.
  static void ExpectCutOff(const std::string& bytes, size_t already) {
    HttpClient client(port());
    const auto began = steady_clock::now();
    client.Send(bytes.substr(0, already));
    for (size_t at = already; at < bytes.size(); ++at) {
      if (client.ReadableWithin(milliseconds(20))) break;
      client.Send(bytes.substr(at, 1));
    }
    const auto took = steady_clock::now() - began;
    EXPECT_TRUE(IsError(client.ReadAnswer(), {408}));
    client.HalfClose();
    EXPECT_TRUE(client.ClosedWithin(seconds(10)));
    EXPECT_GE(took, kReadTimeout);
    EXPECT_LT(took, kReadTimeout + seconds(5));
  }
};

TEST_F(EdgeSlowTest, H81AHeadThatDrips) {
  ExpectCutOff(Chat("hi", fmt::format("x-long: {}\r\n", std::string(4000, 'x'))), 20);
  EXPECT_TRUE(Seen().empty());
}

TEST_F(EdgeSlowTest, H82ABodyThatDrips) {
  const std::string request = Chat(std::string(4000, 'x'));
  ExpectCutOff(request, HeadOf(request).size());
  EXPECT_TRUE(Seen().empty());
}

TEST_F(EdgeSlowTest, H83ChunksThatDrip) {
  std::string chunks;
  for (int i = 0; i < 1000; ++i) chunks += Chunk(" ");
  const std::string request = Framed("transfer-encoding: chunked\r\n", chunks);
  ExpectCutOff(request, HeadOf(request).size());
  EXPECT_TRUE(Seen().empty());
}

TEST_F(EdgeSlowTest, H84ASilentConnectionIsClosed) {
  HttpClient client(port());
  const auto began = steady_clock::now();
  EXPECT_TRUE(client.ClosedWithin(seconds(10)));
  EXPECT_GE(steady_clock::now() - began, kReadTimeout);
}

}  // namespace
}  // namespace weir::e2e
