// Where a request goes when its first target does not answer it (HARDENING U).
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

class FallbackTest : public GatewayTest {};

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

TEST_F(FallbackTest, AllRateLimitedIs429WithTheTimeToWait) {
  Start();
  AllAnswer(Script::Json("{}", 429).WithHeader("retry-after", "7"));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_TRUE(IsError(answer, 429, "rate_limit_error", "rate_limit_exceeded"));
  const int wait = atoi(answer.Header("retry-after").c_str());
  EXPECT_GE(wait, 1);
  EXPECT_LE(wait, 7);
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

TEST_F(FallbackTest, EmbeddingsNeverChangeTheirModel) {
  Start();
  AllAnswer(Script::Json("", 503));
  const HttpAnswer answer = Post(port(), "/v1/embeddings", R"({"model":"small","input":"a"})");
  EXPECT_TRUE(IsError(answer, 502, "upstream_error"));
  EXPECT_EQ(second_.requests().size() + third_.requests().size(), 0U);
}

TEST_F(FallbackTest, U17AnUnknownNameFallsBack) {
  World world;
  world.first_url = "http://no-such-host.invalid/v1";
  world.first_more = ", allow_plaintext: true";
  Start(world);
  second_.Always(Script::Json(ChatReply("ok")));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_EQ(answer.body, ChatReply("ok"));
  EXPECT_EQ(answer.Header("x-weir-fallback"), "upstream_connect");
}

TEST_F(FallbackTest, TheRoutesDeadlineBoundsAllAttempts) {
  World world;
  world.auto_more = ", deadline: 300ms";
  Start(world);
  AllAnswer(Script::Hang());
  const auto began = steady_clock::now();
  const HttpAnswer answer = Ask(ChatBody("auto", "what is this"));
  EXPECT_TRUE(IsError(answer, 504, "upstream_timeout"));
  EXPECT_GE(steady_clock::now() - began, milliseconds(290));
  EXPECT_LT(steady_clock::now() - began, milliseconds(1500));
}

}  // namespace
}  // namespace weir::e2e
