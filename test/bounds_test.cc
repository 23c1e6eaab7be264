// What an upstream sends without end, or a client does not take, costs bounded memory (HARDENING S,
// U).
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;

constexpr size_t kBlock = 64 << 10;

class BoundsTest : public GatewayTest {
 protected:
  // A stream of 100 MB behind its first content.
  static Script LongStream() {
    std::string chunk = "10000\r\n";
    while (chunk.size() < kBlock) chunk += ContentEvent(std::string(900, 'x'));
    chunk.resize(7 + kBlock - 2, ' ');
    chunk += "\n\n\r\n";
    return Script::Stream(RoleEvent() + ContentEvent("one"))
        .ThenRepeat(std::move(chunk), (100 << 20) / kBlock);
  }
  // So many clients that ask for it and read no further than their first event.
  std::vector<std::unique_ptr<HttpClient>> Readers(size_t count) const {
    std::vector<std::unique_ptr<HttpClient>> readers;
    for (size_t i = 0; i < count; ++i) {
      readers.push_back(std::make_unique<HttpClient>(port(), seconds(30), 4096));
      readers.back()->Send(RequestBytes("POST", "/v1/chat/completions",
                                        ChatBody("small", "tell me", R"(,"stream":true)"),
                                        {{"content-type", "application/json"}}));
    }
    for (auto& reader : readers) {
      EXPECT_EQ(reader->ReadHead().status, 200);
      EXPECT_TRUE(reader->NextEvent());
    }
    return readers;
  }
  // Until the one worker has served others for a while and has taken nothing more of the streams.
  void ServeOthersUntilPaused() {
    HttpClient other(port());
    uint64_t taken = 0;
    for (int still = 0; still < 100; ++still) {
      other.Send(RequestBytes("POST", "/v1/chat/completions", ChatBody("middle", "hi"),
                              {{"content-type", "application/json"}}));
      ASSERT_EQ(other.ReadAnswer().body, ChatReply("ok"));
      const uint64_t now = first_.bytes_sent();
      if (now != std::exchange(taken, now)) still = 0;
    }
  }
  int64_t Grown(int64_t since_kib) const { return weir().resident_kib() - since_kib; }
};

TEST_F(BoundsTest, S09ASlowReaderPausesItsUpstream) {
  constexpr size_t kStreams = 16;
  Start();
  first_.Always(LongStream());
  second_.Always(Script::Json(ChatReply("ok")));
  const auto warm = Readers(1);
  ServeOthersUntilPaused();
  const int64_t before = weir().resident_kib();
  auto readers = Readers(kStreams);
  ServeOthersUntilPaused();
  EXPECT_LT(first_.bytes_sent(), (kStreams + 1) * (50ULL << 20)) << "the upstreams wait";
  if (MemoryIsOurs()) {
    EXPECT_LE(Grown(before), 256 * static_cast<int64_t>(kStreams)) << "KiB";
  }
  // It was a pause: whoever reads on gets more than can have been on its way.
  const uint64_t taken = first_.bytes_sent();
  while (first_.bytes_sent() < taken + (1 << 20)) ASSERT_TRUE(readers[0]->NextEvent());
}

TEST_F(BoundsTest, S10AThousandSlowReadersHarmNobody) {
  if (!MayOpen(4000)) GTEST_SKIP() << "needs 4,000 file descriptors (ulimit -n)";
  // The upstream of a test takes a connection a thread: on a busy machine a thousand are slow.
  Start({.provider = "retries: 0, timeouts: {connect: 60s}"});
  first_.Always(LongStream());
  second_.Always(Script::Json(ChatReply("ok")));
  const int64_t before = weir().resident_kib();
  const auto readers = Readers(1000);
  ServeOthersUntilPaused();
  if (MemoryIsOurs()) {
    EXPECT_LE(Grown(before), 300 << 10) << "KiB";
  }
}

TEST_F(BoundsTest, S11AnEndlessLineIsRefused) {
  Start();
  const std::string endless = "data: " + std::string(3 << 20, 'x');
  first_.Enqueue(Script::Stream(endless));
  EXPECT_TRUE(IsError(Ask(ChatBody("small", "hi", R"(,"stream":true)")), 502, "upstream_error"));

  const std::string part = RoleEvent() + ContentEvent("a");
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Stream(part + endless).WaitAt(part.size(), gate));
  const auto [client, head] = Stream();
  gate->Open();
  const std::string seen = Drain(*client);
  EXPECT_LT(seen.size(), 10'000U);
  EXPECT_NE(seen.find("\"upstream_error\""), std::string::npos) << seen;
  EXPECT_EQ(seen.find("[DONE]"), std::string::npos);
}

TEST_F(BoundsTest, U20AnEndlessAnswerIsCut) {
  Start();
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
  third_.Enqueue(Script::Raw(head + "content-length: 1073741824\r\n\r\n")
                     .ThenRepeat(std::string(1 << 20, ' '), 1024));
  third_.Enqueue(Script::Raw(head + "transfer-encoding: chunked\r\n\r\n")
                     .ThenRepeat("100000\r\n" + std::string(1 << 20, ' ') + "\r\n", 1024));
  for (size_t i = 0; i < 2; ++i) {
    const uint64_t before = third_.bytes_sent();
    EXPECT_TRUE(IsError(Ask(ChatBody("large", "hi")), 502, "upstream_error"));
    EXPECT_TRUE(third_.WaitForClientGone(i, seconds(60)));
    EXPECT_LT(third_.bytes_sent() - before, 128U << 20) << "64 MiB, and what was on its way";
  }
}

TEST_F(BoundsTest, U23AGzipBombIsBounded) {
  Start();
  second_.Always(Script::Json(ChatReply("ok")));
  first_.Enqueue(Script::Json(std::string(200 << 20, ' ')).Gzipped());
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("x-weir-fallback"), "upstream_too_large");
}

}  // namespace
}  // namespace weir::e2e
