// Streams under stress (HARDENING S): whole, or truthfully broken; never something in between.
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

class StreamTest : public GatewayTest {
 protected:
  // The last event is our error and no [DONE] was invented.
  static void ExpectTruncated(const std::string& seen, std::string_view code) {
    EXPECT_EQ(seen.find("[DONE]"), std::string::npos) << seen;
    EXPECT_EQ(seen.find("finish_reason\":\"stop"), std::string::npos) << seen;
    const size_t last = seen.rfind("data: ");
    ASSERT_NE(last, std::string::npos);
    const std::string event = seen.substr(last + 6, seen.size() - last - 8);
    EXPECT_EQ(Member(event, "code"), code) << event;
    EXPECT_NE(Member(event, "message"), "");
  }
};

TEST_F(StreamTest, S01ACutStreamEndsInAnErrorAndNoDone) {
  Start();
  const std::string part = RoleEvent() + ContentEvent("one") + ContentEvent("two");
  for (const auto ending : {Script::Ending::kClose, Script::Ending::kReset}) {
    // Behind the whole events, and inside one that never ends.
    for (const size_t extra : {size_t{0}, size_t{30}}) {
      const auto gate = Gate::Make();
      first_.Enqueue(Script::Stream(part + ContentEvent("three"))
                         .WaitAt(part.size(), gate)
                         .CutAt(part.size() + extra, ending));
      const auto [client, head] = Stream();
      gate->Open();
      const std::string seen = Drain(*client);
      EXPECT_TRUE(seen.starts_with(part)) << seen;
      ExpectTruncated(seen, "stream_truncated");
      EXPECT_TRUE(client->body_complete());
    }
  }
  EXPECT_EQ(second_.requests().size(), 0U) << "after content there is no fallback";
}

TEST_F(StreamTest, S01AnOrderlyEndWithoutAFinishIsACutToo) {
  Start();
  const std::string part = RoleEvent() + ContentEvent("one");
  for (const auto framing : {Script::Framing::kChunked, Script::Framing::kUntilClose}) {
    first_.Enqueue(Script::Stream(part).WithFraming(framing));
    const auto [client, head] = Stream();
    ExpectTruncated(Drain(*client), "stream_truncated");
  }
}

TEST_F(StreamTest, S02DeathBeforeContentIsInvisible) {
  Start();
  second_.Always(Script::Stream(WholeStream({"clean"})));
  for (const auto ending : {Script::Ending::kClose, Script::Ending::kReset}) {
    first_.Enqueue(
        Script::Stream(RoleEvent() + ContentEvent("x")).CutAt(RoleEvent().size(), ending));
    const auto [client, head] = Stream();
    EXPECT_EQ(Drain(*client), StreamWithoutUsage({"clean"}));
    EXPECT_TRUE(head.Header("x-weir-model").ends_with("middle"));
  }
}

TEST_F(StreamTest, S03SilenceAfterContentEndsAtTheIdleLimit) {
  World world;
  world.provider = "retries: 0, timeouts: {idle: 400ms}";
  Start(world);
  const std::string part = RoleEvent() + ContentEvent("one");
  first_.Enqueue(
      Script::Stream(part + ContentEvent("never")).CutAt(part.size(), Script::Ending::kHang));
  const auto [client, head] = Stream();
  std::optional<SteadyTime> content;
  std::optional<SteadyTime> error;
  while (const auto event = client->NextEvent()) {
    if (event->raw == ContentEvent("one")) content = event->arrived;
    error = event->arrived;
    if (event->raw.find("\"error\"") != std::string::npos) {
      EXPECT_EQ(Member(event->raw.substr(6), "code"), "stream_truncated") << event->raw;
    }
  }
  ASSERT_TRUE(content && error);
  EXPECT_GE(*error - *content, milliseconds(350));
  EXPECT_LT(*error - *content, milliseconds(900));
  EXPECT_TRUE(first_.WaitForClientGone(0, seconds(2)));
}

TEST_F(StreamTest, S03SilenceBeforeTheFirstTokenFallsBack) {
  World world;
  world.provider = "retries: 0, timeouts: {first_token: 200ms}";
  Start(world);
  // Comments are no token.
  first_.Enqueue(Script::Stream(": ping\n\n" + RoleEvent() + ": ping\n\n: ping\n\n")
                     .PauseAt(8, milliseconds(60))
                     .CutAt(8 + RoleEvent().size() + 8, Script::Ending::kHang));
  second_.Always(Script::Stream(WholeStream({"b"})));
  const auto [client, head] = Stream();
  EXPECT_EQ(Drain(*client), StreamWithoutUsage({"b"}));
}

TEST_F(StreamTest, S03CommentsKeepAStreamAliveAfterContent) {
  World world;
  world.provider = "retries: 0, timeouts: {idle: 300ms}";
  Start(world);
  std::string body = RoleEvent() + ContentEvent("one");
  Script script = Script::Stream(body + ": a\n\n: b\n\n: c\n\n" + ContentEvent("two") +
                                 FinishEvent() + std::string(kDoneEvent));
  for (int i = 0; i < 4; ++i)
    script.PauseAt(body.size() + 5 * static_cast<size_t>(i), milliseconds(150));
  first_.Enqueue(script);
  const auto [client, head] = Stream();
  const std::string seen = Drain(*client);
  EXPECT_NE(seen.find("two"), std::string::npos) << seen;
  EXPECT_TRUE(seen.ends_with(kDoneEvent)) << seen;
}

TEST_F(StreamTest, S04AFinishedStreamWithoutDoneIsEndedByUs) {
  Start();
  const std::string part = RoleEvent() + ContentEvent("one") + FinishEvent();
  std::string beats;
  for (int i = 0; i < 40; ++i) beats += ": beat\n\n";
  Script script = Script::Stream(part + beats);
  for (size_t i = 0; i < 40; ++i) script.PauseAt(part.size() + 8 * i, milliseconds(200));
  first_.Enqueue(script.CutAt(part.size() + beats.size(), Script::Ending::kHang));
  const auto began = steady_clock::now();
  const auto [client, head] = Stream();
  const std::string seen = Drain(*client);
  EXPECT_LT(steady_clock::now() - began, milliseconds(6500));
  EXPECT_TRUE(seen.starts_with(part));
  EXPECT_TRUE(seen.ends_with(kDoneEvent)) << seen;
}

TEST_F(StreamTest, S04AnUpstreamThatNeverSaysDoneButFinishesIsWhole) {
  Start();
  first_.Enqueue(Script::Stream(RoleEvent() + ContentEvent("one") + FinishEvent()));
  const auto [client, head] = Stream();
  EXPECT_EQ(Drain(*client), StreamWithoutUsage({"one"}));
}

TEST_F(StreamTest, S05AMalformedEventAmongGoodOnesDoesNoHarm) {
  Start();
  first_.Enqueue(Script::Stream(RoleEvent() + ContentEvent("a") + "data: {\"choices\":[{\"del\n\n" +
                                ContentEvent("b") + FinishEvent() + std::string(kDoneEvent)));
  const auto [client, head] = Stream();
  const std::string seen = Drain(*client);
  EXPECT_EQ(seen, StreamWithoutUsage({"a", "b"}));
}

TEST_F(StreamTest, S06AnySplitGivesTheSameStream) {
  Start();
  const std::string sent = "\xEF\xBB\xBF: hi\r\n\r\n" + ContentEvent("w\xC3\xA9\xF0\x9F\x8C\x8A") +
                           FinishEvent() + std::string(kDoneEvent);
  std::string whole;
  for (size_t at = 0; at < sent.size(); ++at) {
    first_.Enqueue(Script::Stream(sent).SplitAt({at}));
    const auto [client, head] = Stream();
    const std::string seen = Drain(*client);
    if (at == 0) whole = seen;
    ASSERT_EQ(seen, whole) << "split at " << at;
  }
  EXPECT_NE(whole.find(ContentEvent("w\xC3\xA9\xF0\x9F\x8C\x8A")), std::string::npos);
}

TEST_F(StreamTest, S06LineEndsAndMultiLineDataKeepTheirMeaning) {
  Start();
  const std::string json = R"({"choices":[{"index":0,"delta":{"content":"x"}}]})";
  const std::string last = R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})";
  const std::string half = json.substr(0, 12);
  for (const std::string end : {"\r\n", "\r", "\n"}) {
    first_.Enqueue(Script::Stream("data: " + half + end + "data:" + json.substr(12) + end + end +
                                  "data: " + last + end + end + "data: [DONE]" + end + end));
    const auto [client, head] = Stream();
    std::string all = Drain(*client);
    EXPECT_NE(all.find("\"content\":\"x\""), std::string::npos) << all;
    EXPECT_NE(all.find("[DONE]"), std::string::npos);
    EXPECT_EQ(all.find("error"), std::string::npos) << all;
  }
}

TEST_F(StreamTest, S07AClientThatLeavesBeforeAnAnswerClosesTheUpstream) {
  Start();
  first_.Always(Script::Hang());
  size_t asked = 0;
  for (const char* more : {"", R"(,"stream":true)"}) {
    for (const bool reset : {false, true}) {
      auto client = std::make_unique<HttpClient>(port());
      client->Send(RequestBytes("POST", "/v1/chat/completions", ChatBody("small", "hi", more),
                                {{"content-type", "application/json"}}));
      ASSERT_TRUE(first_.WaitForRequests(++asked, seconds(5)));
      const auto left = steady_clock::now();
      if (reset) client->Abort();
      client.reset();
      const auto seen = first_.WaitForClientGone(asked - 1, seconds(5));
      ASSERT_TRUE(seen) << "the upstream works on for nobody";
      EXPECT_LT(*seen - left, milliseconds(250));
    }
  }
  EXPECT_EQ(second_.requests().size(), 0U);
}

TEST_F(StreamTest, S08AClientThatLeavesInMidStreamClosesTheUpstream) {
  Start();
  const std::string part = RoleEvent() + ContentEvent("one");
  first_.Enqueue(
      Script::Stream(part + ContentEvent("x")).CutAt(part.size(), Script::Ending::kHang));
  auto [client, head] = Stream();
  client->NextEvent();
  ASSERT_TRUE(client->NextEvent());
  const auto left = steady_clock::now();
  client.reset();
  const auto seen = first_.WaitForClientGone(0, seconds(5));
  ASSERT_TRUE(seen);
  EXPECT_LT(*seen - left, milliseconds(250));
}

TEST_F(StreamTest, S11AnEndlessLineIsRefused) {
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

TEST_F(StreamTest, S12UsageAnywhereDoesNotDisturbTheStream) {
  Start();
  const std::string done(kDoneEvent);
  const std::string text = RoleEvent() + ContentEvent("a") + FinishEvent();
  for (const std::string& sent :
       {text + done, text + UsageEvent() + done, text + done + UsageEvent(),
        text + UsageEvent() + UsageEvent() + done, UsageEvent() + text + done}) {
    first_.Enqueue(Script::Stream(sent));
    const auto [client, head] = Stream();
    EXPECT_EQ(Drain(*client), StreamWithoutUsage({"a"})) << sent;
  }
}

TEST_F(StreamTest, S13AnErrorAsFirstEventFallsBack) {
  Start();
  second_.Always(Script::Stream(WholeStream({"b"})));
  const std::string error = "data: " + ErrorReply("overloaded") + "\n\n";
  for (const std::string& sent : {error, RoleEvent() + error, error + std::string(kDoneEvent),
                                  std::string(kDoneEvent), std::string()}) {
    first_.Enqueue(Script::Stream(sent));
    const auto [client, head] = Stream();
    EXPECT_EQ(Drain(*client), StreamWithoutUsage({"b"})) << sent;
  }
}

TEST_F(StreamTest, S13AnErrorAfterContentReachesTheClient) {
  Start();
  const std::string part = RoleEvent() + ContentEvent("a");
  const auto gate = Gate::Make();
  first_.Enqueue(
      Script::Stream(part + "data: " + ErrorReply("it broke") + "\n\n" + std::string(kDoneEvent))
          .WaitAt(part.size(), gate));
  const auto [client, head] = Stream();
  gate->Open();
  const std::string seen = Drain(*client);
  EXPECT_NE(seen.find("\"error\""), std::string::npos) << seen;
  EXPECT_EQ(seen.find("[DONE]"), std::string::npos) << "after an error there is never a [DONE]";
}

TEST_F(StreamTest, S14AnotherContentTypeFallsBack) {
  Start();
  second_.Always(Script::Stream(WholeStream({"b"})));
  for (const char* type : {"text/html", "application/json", "text/plain"}) {
    first_.Enqueue(Script::Stream("<html><body>Welcome to the hotel</body></html>").WithType(type));
    const auto [client, head] = Stream();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(Drain(*client), StreamWithoutUsage({"b"})) << type;
  }
}

TEST_F(StreamTest, S16ToolCallsPassByteForByte) {
  Start();
  std::string sent = RoleEvent();
  for (int i = 0; i < 10'000; ++i) {
    sent += fmt::format(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{{\"index\":0,\"function\":"
        "{{\"arguments\":\"\\\"{:018}\\u00e9\"}}}}]}}}}]}}\n\n",
        i);
  }
  const std::string end = FinishEvent() + std::string(kDoneEvent);
  first_.Enqueue(Script::Stream(sent + end));
  const auto [client, head] = Stream();
  EXPECT_TRUE(Drain(*client) == sent + end);
}

TEST_F(StreamTest, S20EveryFramingAndGzipGiveTheSame) {
  Start();
  const auto interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
  for (const auto framing :
       {Script::Framing::kLength, Script::Framing::kChunked, Script::Framing::kUntilClose}) {
    for (const bool gzip : {false, true}) {
      Script stream =
          Script::Stream(WholeStream({"a", "b"})).WithFraming(framing).WithInterim(interim);
      Script plain = Script::Json(ChatReply("hi")).WithFraming(framing).WithInterim(interim);
      if (gzip) {
        stream.Gzipped().SplitAt({10, 11, 40});
        plain.Gzipped().SplitAt({1, 20});
      }
      first_.Enqueue(stream);
      first_.Enqueue(plain.ThenClose());
      const auto [client, head] = Stream();
      EXPECT_EQ(Drain(*client), StreamWithoutUsage({"a", "b"}));
      EXPECT_EQ(head.Header("content-encoding"), "");
      const HttpAnswer answer = Ask(ChatBody("small", "hi"));
      EXPECT_EQ(answer.body, ChatReply("hi"));
      EXPECT_EQ(answer.Header("content-encoding"), "");
    }
  }
}

TEST_F(StreamTest, U23AGzipBombIsBounded) {
  Start();
  second_.Always(Script::Json(ChatReply("ok")));
  first_.Enqueue(Script::Json(std::string(200 << 20, ' ')).Gzipped());
  EXPECT_EQ(Ask(ChatBody("small", "hi")).status, 502);
}

TEST_F(StreamTest, ConcurrentStreamsDoNotMix) {
  Start();
  first_.Handle([](const SeenRequest& seen) {
    const size_t at = seen.body.find("nonce-");
    return Script::Stream(WholeStream({seen.body.substr(at, 8), "x", seen.body.substr(at, 8)}))
        .SplitAt({50, 200, 400});
  });
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(
        RequestBytes("POST", "/v1/chat/completions",
                     ChatBody("small", fmt::format("nonce-{:02}", i), R"(,"stream":true)"),
                     {{"content-type", "application/json"}}));
  }
  for (int i = 0; i < 40; ++i) {
    const std::string nonce = fmt::format("nonce-{:02}", i);
    clients[static_cast<size_t>(i)]->ReadHead();
    EXPECT_EQ(Drain(*clients[static_cast<size_t>(i)]), StreamWithoutUsage({nonce, "x", nonce}));
  }
}

}  // namespace
}  // namespace weir::e2e
