// Upstream faults (HARDENING U): before the first content nothing of them reaches the client.
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

struct Fault {
  const char* name;
  std::function<Script()> script;
};

std::string Bomb() {
  std::string head = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 10'000; ++i) head += "x-bomb-" + std::to_string(i) + ": 0123456789\r\n";
  return head + "content-length: 2\r\n\r\n{}";
}

const Fault kFaults[] = {
    {"Status500", [] { return Script::Json(ErrorReply("no"), 500); }},
    {"Status502Html", [] { return Script::Json("<html>", 502).WithType("text/html"); }},
    {"Status503", [] { return Script::Json("", 503); }},
    {"Status529", [] { return Script::Json(ErrorReply("overloaded"), 529); }},
    {"Status429Seconds", [] { return Script::Json("{}", 429).WithHeader("retry-after", "30"); }},
    {"Status429Date",
     [] {
       return Script::Json("{}", 429).WithHeader("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT");
     }},
    {"Status429Junk", [] { return Script::Json("{}", 429).WithHeader("retry-after", "soon"); }},
    {"Status429Huge",
     [] { return Script::Json("{}", 429).WithHeader("retry-after", "1000000000"); }},
    {"Status404", [] { return Script::Json(ErrorReply("no such model", "model_not_found"), 404); }},
    {"Status401", [] { return Script::Json(ErrorReply("bad key"), 401); }},
    {"Status403", [] { return Script::Json(ErrorReply("bad key"), 403); }},
    {"Status302", [] { return Script::Json("", 302).WithHeader("location", "http://127.0.0.1/"); }},
    {"ErrorBodyWith200", [] { return Script::Json(ErrorReply("it broke")); }},
    {"EmptyBody", [] { return Script::Json(""); }},
    {"NoChoices", [] { return Script::Json(R"({"choices":[]})"); }},
    {"Html", [] { return Script::Json("<html>login</html>").WithType("text/html"); }},
    {"NotJson", [] { return Script::Json("{\"choices\":[{]}"); }},
    {"NotAnObject", [] { return Script::Json("[1,2]"); }},
    {"CutBody", [] { return Script::Json(ChatReply("secret")).CutAt(60, Script::Ending::kClose); }},
    {"CutChunkedBody",
     [] {
       return Script::Json(ChatReply("secret"))
           .WithFraming(Script::Framing::kChunked)
           .CutAt(60, Script::Ending::kClose);
     }},
    {"ResetBody", [] { return Script::Json(ChatReply("x")).CutAt(60, Script::Ending::kReset); }},
    {"ResetInHead", [] { return Script::Json("{}").CutHeadAt(20, Script::Ending::kReset); }},
    {"CloseBeforeHead", [] { return Script::Json("{}").CutHeadAt(0, Script::Ending::kClose); }},
    {"NotHttp", [] { return Script::Raw("SSH-2.0-OpenSSH_9.2\r\n\r\n"); }},
    {"HeaderBomb", [] { return Script::Raw(Bomb()); }},
    {"LengthAndChunked",
     [] {
       return Script::Raw(
           "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n"
           "2\r\n{}\r\n0\r\n\r\n");
     }},
    {"NegativeLength",
     [] { return Script::Raw("HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}"); }},
    {"NotGzip", [] { return Script::Json(ChatReply("x")).WithHeader("content-encoding", "gzip"); }},
};

class FaultTest : public GatewayTest, public testing::WithParamInterface<Fault> {};

TEST_P(FaultTest, IsInvisibleInAPlainAnswer) {
  Start();
  first_.Enqueue(GetParam().script());
  second_.Always(Script::Json(ChatReply("from the second")));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, ChatReply("from the second"));
  EXPECT_TRUE(answer.Header("x-weir-model").ends_with("middle"));
  EXPECT_EQ(answer.Header("x-weir-attempts"), "2");
  EXPECT_NE(answer.Header("x-weir-fallback"), "");
  EXPECT_EQ(first_.requests().size(), 1U);
}

TEST_P(FaultTest, IsInvisibleInAStream) {
  Start();
  first_.Enqueue(GetParam().script());
  second_.Always(Script::Stream(WholeStream({"a", "b"})));
  const auto [client, head] = Stream();
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.Header("x-weir-model").ends_with("middle"));
  EXPECT_EQ(Drain(*client), StreamWithoutUsage({"a", "b"}));
}

INSTANTIATE_TEST_SUITE_P(Every, FaultTest, testing::ValuesIn(kFaults),
                         [](const auto& each) { return std::string(each.param.name); });

class FallbackTest : public GatewayTest {
 protected:
  void AllAnswer(const Script& script) {
    for (ScriptedUpstream* upstream : {&first_, &second_, &third_}) upstream->Always(script);
  }
  size_t AllRequests() const {
    return first_.requests().size() + second_.requests().size() + third_.requests().size();
  }
};

TEST_F(FallbackTest, ARefusedConnectionCostsNothingToSpeakOf) {
  const RefusingPort closed;
  World world;
  world.first_url = closed.Url();
  Start(world);
  second_.Always(Script::Json(ChatReply("ok")));
  Ask(ChatBody("middle", "warm up"));
  const auto began = steady_clock::now();
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_LT(steady_clock::now() - began, milliseconds(200));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.Header("x-weir-model").ends_with("middle"));
}

TEST_F(FallbackTest, ASilentTargetIsLeftAtItsFirstByteLimit) {
  World world;
  world.provider = "retries: 0, timeouts: {first_byte: 150ms}";
  Start(world);
  first_.Always(Script::Hang());
  second_.Always(Script::Json(ChatReply("ok")));
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("ok"));
  EXPECT_TRUE(first_.WaitForClientGone(0, seconds(2))) << "a timed out connection is never reused";
}

TEST_F(FallbackTest, ALateAnswerNeverReachesAnotherRequest) {
  World world;
  world.provider = "retries: 0, timeouts: {first_byte: 100ms}";
  Start(world);
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json(ChatReply("late")).WaitBeforeHead(gate));
  first_.Enqueue(Script::Json(ChatReply("mine")));
  second_.Always(Script::Json(ChatReply("other")));
  EXPECT_EQ(Ask(ChatBody("small", "a")).body, ChatReply("other"));
  gate->Open();
  EXPECT_EQ(Ask(ChatBody("small", "b")).body, ChatReply("mine"));
}

TEST_F(FallbackTest, EveryKeyIsTriedBeforeTheNextCandidate) {
  World world;
  world.first_keys = "[bad-key-1, bad-key-2, good-key-3]";
  Start(world);
  first_.Handle([](const SeenRequest& seen) {
    const bool good = seen.Header("authorization") == "Bearer good-key-3";
    return good ? Script::Json(ChatReply("ok")) : Script::Json(ErrorReply("bad key"), 401);
  });
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("ok"));
  EXPECT_EQ(first_.requests().size(), 3U);
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("ok"));
  EXPECT_EQ(first_.requests().size(), 4U) << "a key that was refused stays out";
}

TEST_F(FallbackTest, OurBadKeysAreNotTheClientsFault) {
  Start();
  AllAnswer(Script::Json(ErrorReply("Incorrect API key provided: key-of-first"), 401));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_TRUE(IsError(answer, 502, "upstream_error", "upstream_auth"));
  EXPECT_EQ(answer.body.find("key-of-first"), std::string::npos);
}

TEST_F(FallbackTest, AModelThatIsNowhereIs502) {
  Start();
  AllAnswer(Script::Json(ErrorReply("no such model", "model_not_found"), 404));
  EXPECT_TRUE(IsError(Ask(ChatBody("small", "hi")), 502, "upstream_error"));
}

TEST_F(FallbackTest, TheRequestsOwnFaultGoesBackAsItIs) {
  Start();
  const std::string said = "{\"error\": {\"message\":\"top_p is too high\",\"odd\":[1.0]}}";
  for (const int status : {400, 422}) {
    first_.Enqueue(Script::Json(said, status));
    const HttpAnswer answer = Ask(ChatBody("small", "hi"));
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.body, said);
  }
  EXPECT_EQ(AllRequests(), 2U);
}

TEST_F(FallbackTest, AStreamRequestsOwnFaultGoesBackAsItIs) {
  Start();
  first_.Enqueue(Script::Json(ErrorReply("bad"), 400));
  auto [client, head] = Stream();
  EXPECT_EQ(head.status, 400);
}

TEST_F(FallbackTest, ContextLengthGoesToALargerWindowOnly) {
  Start();
  first_.Always(Script::Json(ErrorReply("too long", "context_length_exceeded"), 400));
  third_.Always(Script::Json(ChatReply("roomy")));
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("roomy"));
  EXPECT_EQ(second_.requests().size(), 0U) << "its window is no larger";
  EXPECT_EQ(third_.requests().size(), 1U);
}

TEST_F(FallbackTest, ContextLengthWithoutALargerWindowIsTheClients400) {
  Start();
  third_.Always(Script::Json(ErrorReply("too long", "context_length_exceeded"), 400));
  const HttpAnswer answer = Ask(ChatBody("large", "hi"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(Member(answer.body, "code"), "context_length_exceeded");
}

TEST_F(FallbackTest, MaxAttemptsBoundsTheWholeChain) {
  World world;
  world.limits = "max_attempts: 2";
  world.provider = "retries: 3";
  Start(world);
  AllAnswer(Script::Json(ErrorReply("no"), 500));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_TRUE(IsError(answer, 502, "upstream_error"));
  EXPECT_EQ(AllRequests(), 2U);
  EXPECT_EQ(answer.Header("x-weir-attempts"), "2");
}

TEST_F(FallbackTest, AllRateLimitedIs429WithTheTimeToWait) {
  Start();
  AllAnswer(Script::Json("{}", 429).WithHeader("retry-after", "7"));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_TRUE(IsError(answer, 429, "rate_limit_error", "rate_limit_exceeded"));
  const int wait = atoi(answer.Header("retry-after").c_str());
  EXPECT_GE(wait, 1);
  EXPECT_LE(wait, 7);
}

TEST_F(FallbackTest, ARetryGoesToTheSameTargetFirst) {
  World world;
  world.provider = "retries: 1";
  Start(world);
  first_.Enqueue(Script::Json("", 503));
  first_.Enqueue(Script::Json(ChatReply("again")));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_EQ(answer.body, ChatReply("again"));
  EXPECT_EQ(answer.Header("x-weir-attempts"), "2");
  EXPECT_EQ(second_.requests().size(), 0U);
}

TEST_F(FallbackTest, AStaleKeptConnectionIsReplacedInSilence) {
  Start();
  first_.Always(Script::Json(ChatReply("ok")).ThenClose());
  for (int i = 0; i < 5; ++i) {
    const HttpAnswer answer = Ask(ChatBody("small", "hi"));
    EXPECT_EQ(answer.body, ChatReply("ok"));
    EXPECT_EQ(answer.Header("x-weir-attempts"), "1");
  }
}

TEST_F(FallbackTest, ADeadTargetIsLeftAloneAfterItsFailures) {
  World world;
  world.provider = "retries: 0, breaker: {failures: 3, cooldown: 60s}";
  Start(world);
  first_.Always(Script::Json("", 503));
  second_.Always(Script::Json(ChatReply("ok")));
  for (int i = 0; i < 15; ++i) EXPECT_EQ(Ask(ChatBody("small", "hi")).status, 200);
  EXPECT_LE(first_.requests().size(), 4U);
}

TEST_F(FallbackTest, TheLastDoorStaysOpen) {
  World world;
  world.provider = "retries: 0, breaker: {failures: 1, cooldown: 60s}";
  Start(world);
  AllAnswer(Script::Json("", 503));
  for (int i = 0; i < 5; ++i) EXPECT_GE(Ask(ChatBody("small", "hi")).status, 500);
  AllAnswer(Script::Json(ChatReply("back")));
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("back"));
}

TEST_F(FallbackTest, ABreakerLetsOneProbeThroughAfterItsCooldown) {
  World world;
  world.provider = "retries: 0, breaker: {failures: 1, cooldown: 200ms}";
  Start(world);
  first_.Enqueue(Script::Json("", 503));
  first_.Always(Script::Json(ChatReply("healed")));
  second_.Always(Script::Json(ChatReply("ok")));
  EXPECT_EQ(Ask(ChatBody("small", "hi")).body, ChatReply("ok"));
  const auto until = steady_clock::now() + seconds(10);
  while (Ask(ChatBody("small", "hi")).body != ChatReply("healed")) {
    ASSERT_LT(steady_clock::now(), until) << "never tried again";
  }
  EXPECT_EQ(first_.requests().size(), 2U) << "nothing was sent while the breaker was open";
}

TEST_F(FallbackTest, EmbeddingsNeverChangeTheirModel) {
  Start();
  AllAnswer(Script::Json("", 503));
  const HttpAnswer answer = Post(port(), "/v1/embeddings", R"({"model":"small","input":"a"})");
  EXPECT_TRUE(IsError(answer, 502, "upstream_error"));
  EXPECT_EQ(second_.requests().size() + third_.requests().size(), 0U);
}

TEST_F(FallbackTest, TheRoutesDeadlineBoundsAllAttempts) {
  World world;
  world.more = "";
  Start(world);
  weir().Kill();
  std::string config = Config(world, first_, second_, third_);
  const size_t at = config.find("    baseline: large");
  config.insert(at, "    deadline: 300ms\n");
  weir().Rewrite(config);
  ASSERT_TRUE(weir().Start()) << weir().output();
  AllAnswer(Script::Hang());
  const auto began = steady_clock::now();
  const HttpAnswer answer = Ask(ChatBody("auto", "what is this"));
  EXPECT_TRUE(IsError(answer, 504, "upstream_timeout"));
  EXPECT_GE(steady_clock::now() - began, milliseconds(290));
  EXPECT_LT(steady_clock::now() - began, milliseconds(1500));
}

}  // namespace
}  // namespace weir::e2e
