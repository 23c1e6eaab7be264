// How streams end and break (HARDENING S): whole, or truthfully broken; never something in between.
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

class StreamEndTest : public GatewayTest {
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

TEST_F(StreamEndTest, S01ACutStreamEndsInAnErrorAndNoDone) {
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

TEST_F(StreamEndTest, S01AnOrderlyEndWithoutAFinishIsACutToo) {
  Start();
  const std::string part = RoleEvent() + ContentEvent("one");
  for (const auto framing : {Script::Framing::kChunked, Script::Framing::kUntilClose}) {
    first_.Enqueue(Script::Stream(part).WithFraming(framing));
    const auto [client, head] = Stream();
    ExpectTruncated(Drain(*client), "stream_truncated");
  }
}

TEST_F(StreamEndTest, S02DeathBeforeContentIsInvisible) {
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

TEST_F(StreamEndTest, S03SilenceAfterContentEndsAtTheIdleLimit) {
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

TEST_F(StreamEndTest, S03SilenceBeforeTheFirstTokenFallsBack) {
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

TEST_F(StreamEndTest, S03CommentsKeepAStreamAliveAfterContent) {
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

TEST_F(StreamEndTest, S04AFinishedStreamWithoutDoneIsEndedByUs) {
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

TEST_F(StreamEndTest, S04AnUpstreamThatNeverSaysDoneButFinishesIsWhole) {
  Start();
  first_.Enqueue(Script::Stream(RoleEvent() + ContentEvent("one") + FinishEvent()));
  const auto [client, head] = Stream();
  EXPECT_EQ(Drain(*client), StreamWithoutUsage({"one"}));
}

TEST_F(StreamEndTest, S07AClientThatLeavesBeforeAnAnswerClosesTheUpstream) {
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

TEST_F(StreamEndTest, S08AClientThatLeavesInMidStreamClosesTheUpstream) {
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

TEST_F(StreamEndTest, S13AnErrorAsFirstEventFallsBack) {
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

TEST_F(StreamEndTest, S13AnErrorAfterContentReachesTheClient) {
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

TEST_F(StreamEndTest, S14AnotherContentTypeFallsBack) {
  Start();
  second_.Always(Script::Stream(WholeStream({"b"})));
  for (const char* type : {"text/html", "application/json", "text/plain"}) {
    first_.Enqueue(Script::Stream("<html><body>Welcome to the hotel</body></html>").WithType(type));
    const auto [client, head] = Stream();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(Drain(*client), StreamWithoutUsage({"b"})) << type;
  }
}

}  // namespace
}  // namespace weir::e2e
