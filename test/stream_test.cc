// What streams carry (HARDENING S): the same for every cut, framing and order of the upstream's
// bytes.
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using StreamTest = GatewayTest;

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
