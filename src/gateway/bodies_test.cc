// What of requests and answers goes into the ledger, through the whole data plane.
#include "ledger/bodies.h"

#include "gateway/cached_world_for_test.h"
#include "gateway/exchange.h"
#include "gateway/receipt.h"

namespace weir::gateway {
namespace {

constexpr std::string_view kOn = "ledger: {bodies: \"on\"}\n";

class BodiesTest : public ExchangeCacheTest {
 protected:
  void Keep(std::string more = "") {
    World world;
    world.more = std::string(kOn) + std::move(more);
    world.auto_more = std::string(kAllSimple);
    Load(world);
  }
  ledger::Bodies Last() const { return ledger_.bodies.back(); }
  // Of the answer to a request that the upstream answers so.
  std::string AnswerOf(const Script& script, std::string_view more = "") {
    first_.Always(script);
    Ask(ChatBody("small", more));
    return Last().answer;
  }
};

TEST_F(BodiesTest, AreNotKeptUnlessAsked) {
  for (const char* more : {"", "ledger: {bodies: \"off\"}\n", "ledger: {bodies: sampled}\n"}) {
    World world;
    world.more = more;
    Load(world);
    first_.Always(Script::Json(ChatReply("words")));
    EXPECT_EQ(Ask(ChatBody("small")).status, 200);
    EXPECT_TRUE(Last().empty()) << more;
  }
}

TEST_F(BodiesTest, ARequestAndItsAnswerStandBesideTheRow) {
  Keep();
  const std::string body = ChatBody("small", R"(, "user" : "u-1","metadata":{"a":"b"})");
  first_.Always(Script::Json(ChatReply("some words")));
  EXPECT_EQ(Ask(body, "x-canary: header-canary\r\n", "/v1/chat/completions?x=query-canary").status,
            200);
  EXPECT_EQ(Last().request, body) << "as it came";
  EXPECT_EQ(Last().answer, "some words");
  EXPECT_EQ(Last().other, "");
  EXPECT_EQ(Last().request.find("canary"), std::string::npos);
  EXPECT_EQ(row().outcome, "ok");
}

TEST_F(BodiesTest, ToolCallsRefusalsAndSeveralChoicesAreText) {
  Keep();
  EXPECT_EQ(AnswerOf(Script::Json(
                R"({"choices":[{"index":0,"message":{"content":null,"tool_calls":[)"
                R"({"id":"1","type":"function","function":{"name":"get","arguments":"{\"a\":1}"}},)"
                R"({"id":"2","type":"function","function":{"name":"put","arguments":"{}"}}]}}]})")),
            "[tool call] get {\"a\":1}\n[tool call] put {}");
  EXPECT_EQ(AnswerOf(Script::Json(
                R"({"choices":[{"index":0,"message":{"content":null,"refusal":"I cannot"}}]})")),
            "I cannot");
  EXPECT_EQ(AnswerOf(Script::Json(R"({"choices":[{"index":1,"message":{"content":"two"}},)"
                                  R"({"index":0,"message":{"content":"one"}}]})"),
                     R"(,"n":2)"),
            "one\n\n[choice 2]\ntwo");
}

TEST_F(BodiesTest, AStreamIsTheWordsOfItsEvents) {
  Keep();
  EXPECT_EQ(AnswerOf(Script::Stream(RoleEvent() + ContentEvent("some ") + ContentEvent("words") +
                                    FinishEvent() + UsageEvent() + std::string(kDoneEvent)),
                     kStream),
            "some words");
  const auto call = [](std::string_view function) {
    return fmt::format(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"tool_calls\":[{{\"index\":"
        "0,\"function\":{}}}]}}}}]}}\n\n",
        function);
  };
  EXPECT_EQ(
      AnswerOf(Script::Stream(RoleEvent() + call(R"({"name":"get","arguments":""})") +
                              call(R"({"arguments":"{\"a\":"})") + call(R"({"arguments":"1}"})") +
                              FinishEvent() + std::string(kDoneEvent)),
               kStream),
      "[tool call] get {\"a\":1}");
}

TEST_F(BodiesTest, WhatFailedHasItsRequestAndWhatCameOfAnAnswer) {
  Keep();
  for (ScriptedUpstream* upstream : {&first_, &second_, &third_}) {
    upstream->Always(Script::Json(ErrorReply("no"), 500));
  }
  EXPECT_EQ(Ask(ChatBody("small")).status, 502);
  EXPECT_EQ(Last().request, ChatBody("small"));
  EXPECT_EQ(Last().answer, "");
}

TEST_F(BodiesTest, WhatIsRefusedLeavesNoText) {
  Keep();
  EXPECT_EQ(Ask("{\"model\":\"small\",\"messages\":").status, 400);
  EXPECT_TRUE(Last().empty());
  first_.Always(Script::Json(ChatReply("words")));
  EXPECT_EQ(Ask(ChatBody("small", R"(, "store" : false )")).status, 200);
  EXPECT_TRUE(Last().empty()) << "a request may say so itself";
  EXPECT_EQ(Ask(ChatBody("small", R"(,"store":true)")).status, 200);
  EXPECT_FALSE(Last().empty());
}

TEST_F(BodiesTest, ARepeatSaysWhatItWasGiven) {
  Keep();
  World world;
  world.more = std::string(kOn);
  world.auto_more = fmt::format("{}, cache: {{mode: exact}}", kAllSimple);
  Load(world);
  first_.Handle([this](const SeenRequest& seen) { return Answered(seen); });
  for (const std::string_view more : {std::string_view(), kStream}) {
    Ask(Body("hi", more));
    const std::string said = Last().answer;
    EXPECT_TRUE(said.starts_with("answer ")) << said;
    EXPECT_EQ(How(Ask(Body("hi", more))), "hit");
    EXPECT_EQ(Last().answer, said);
    EXPECT_EQ(Last().request, Body("hi", more));
  }
}

TEST_F(BodiesTest, P14_WhatIsLongIsCutWithAMarker) {
  Keep();
  const std::string long_text(1 << 20, 'p');
  const std::string body = fmt::format(
      R"({{"model":"large","messages":[{{"role":"user","content":"{}"}}]}})", long_text);
  third_.Always(Script::Json(ChatReply(std::string(100 << 10, 'a'))));
  EXPECT_EQ(Ask(body).status, 200);
  EXPECT_LE(Last().request.size(), ledger::kMaxRequestBytes);
  EXPECT_TRUE(Last().request.ends_with(fmt::format("p…[cut: 262080 of {} bytes]", body.size())))
      << Last().request.substr(Last().request.size() - 60);
  EXPECT_TRUE(Last().answer.ends_with("a…[cut: 65472 of 102400 bytes]"));
}

TEST(Transcript, EventsMayComeInAnyPieces) {
  const std::string events = RoleEvent() + ContentEvent("né日本") + ": comment\n\n" +
                             ContentEvent(" and more") + std::string(kDoneEvent);
  for (size_t piece = 1; piece < 40; ++piece) {
    int running = 0;
    Transcript said("{}", &running);
    for (size_t at = 0; at < events.size(); at += piece) {
      said.TakeEvents(std::string_view(events).substr(at, piece));
    }
    EXPECT_EQ(said.Bodies().answer, "né日本 and more") << piece;
  }
}

TEST(Transcript, HoldsNoMoreThanItsBoundHoweverLongTheStream) {
  int running = 0;
  Transcript said("{}", &running);
  const std::string event = ContentEvent(std::string(1000, 'w'));
  for (int i = 0; i < 5000; ++i) said.TakeEvents(event);
  const std::string answer = said.Bodies().answer;
  EXPECT_LE(answer.size(), ledger::kMaxAnswerBytes);
  EXPECT_TRUE(answer.ends_with("w…[cut: 65472 of 5000000 bytes]")) << answer.size();
}

TEST(Transcript, EndlessLinesAndForeignShapesAreNothing) {
  int running = 0;
  Transcript said("{}", &running);
  for (int i = 0; i < 100; ++i) said.TakeEvents("data: " + std::string(100'000, 'x'));
  said.TakeEvents(
      "\n\ndata: [1,2]\n\ndata: {\"choices\":7}\n\ndata: {\"choices\":[{\"index\":-4,"
      "\"delta\":[]},{\"index\":99999999999,\"delta\":{\"content\":\"far\"}}]}\n\n");
  said.TakeBody("");
  said.TakeBody(R"({"data":[{"embedding":[0.1]}]})");
  EXPECT_EQ(said.Bodies().answer.find("far"), std::string::npos);
}

// Blocks of that size are kept for the next request (base/shelves.h).
TEST(Bodies, CostARequestOfOthersNothing) {
  EXPECT_LE(sizeof(Receipt), Shelves::kLargest);
  EXPECT_LE(sizeof(Exchange), Shelves::kLargest);
}

}  // namespace
}  // namespace weir::gateway
