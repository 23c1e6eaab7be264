// A good day: requests go through, and nothing but the model's name changes on the way.
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;

class ChatTest : public GatewayTest {};

constexpr std::string_view kOddReply =
    "{ \"id\":\"c\\u002d1\",\"zzz\":[1.50e+2, "
    "{\"deep\":null}],\n\t\"choices\":[{\"index\":0,\"message\":"
    "{\"role\":\"assistant\",\"content\":\"h\\u00e9 \\/ \xC3\xA9\",\"reasoning_content\":\"r\"},"
    "\"finish_reason\":\"stop\",\"x\":true}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":"
    "2,"
    "\"total_tokens\":7,\"extra\":{}} }\n";

TEST_F(ChatTest, APlainAnswerComesBackByteForByte) {
  Start();
  first_.Enqueue(Script::Json(std::string(kOddReply)).WithHeader("x-request-id", "up-1"));
  const HttpAnswer answer = Ask(ChatBody("small", "hi"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body, kOddReply);
  EXPECT_EQ(answer.Header("content-type"), "application/json");
  EXPECT_EQ(answer.Header("x-weir-id").size(), 26U);
  EXPECT_TRUE(answer.Header("x-weir-model").ends_with("small")) << answer.Header("x-weir-model");
  EXPECT_EQ(answer.Header("x-weir-reason"), "pinned");
  EXPECT_EQ(answer.Header("x-weir-attempts"), "1");
  EXPECT_EQ(answer.Header("x-weir-fallback"), "");
  EXPECT_EQ(answer.Header("x-weir-cost-usd"), "0.000009");  // 5 x 1 + 2 x 2 per million
}

TEST_F(ChatTest, OnlyTheModelsBytesChangeOnTheWayUp) {
  Start();
  first_.Always(Script::Json(ChatReply("ok")));
  const std::string before = "{ \"unknown\" : [1.0e-7,\"\\u0000\"] ,\n \"model\" :  ";
  const std::string after =
      ",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":"
      "[{\"type\":\"text\",\"text\":\"\xF0\x9F\x8C\x8A\",\"cache_control\":{\"type\":\"x\"}},"
      "{\"type\":\"text\",\"text\":\"two\"}]}],\"temperature\":0.10,\"metadata\":{\"model\":"
      "\"auto\"}}";
  EXPECT_EQ(Ask(before + "\"sm\\u0061ll\"" + after).status, 200);
  ASSERT_EQ(first_.requests().size(), 1U);
  EXPECT_EQ(first_.requests()[0].body, before + "\"small-v1\"" + after);
}

TEST_F(ChatTest, TheUpstreamSeesItsOwnKeyAndOurFraming) {
  Start();
  first_.Always(Script::Json(ChatReply("ok")));
  Ask(ChatBody("small", "hi"), {{"authorization", "Bearer sk-of-the-client"},
                                {"x-api-key", "sk-of-the-client"},
                                {"cookie", "a=b"},
                                {"x-forwarded-for", "1.2.3.4"},
                                {"te", "trailers"}});
  const SeenRequest seen = first_.requests().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/v1/chat/completions");
  EXPECT_EQ(seen.Header("authorization"), "Bearer key-of-first");
  EXPECT_EQ(seen.Header("host"), "127.0.0.1:" + std::to_string(first_.port()));
  EXPECT_EQ(seen.Header("content-type"), "application/json");
  EXPECT_EQ(seen.Header("content-length"), std::to_string(seen.body.size()));
  EXPECT_EQ(seen.head.find("of-the-client"), std::string::npos);
  for (const char* name : {"cookie", "te", "transfer-encoding", "x-api-key"}) {
    EXPECT_EQ(seen.Header(name), "") << name;
  }
}

TEST_F(ChatTest, AStreamPassesAndItsUsageIsHiddenFromWhoDidNotAsk) {
  Start();
  first_.Enqueue(Script::Stream(WholeStream({"Hel", "lo"})));
  const auto [client, head] = Stream();
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.Header("content-type").starts_with("text/event-stream"));
  EXPECT_TRUE(head.Header("x-weir-model").ends_with("small"));
  EXPECT_EQ(Drain(*client), StreamWithoutUsage({"Hel", "lo"}));
  EXPECT_TRUE(client->body_complete());
  EXPECT_NE(first_.requests()[0].body.find(R"("stream_options":{"include_usage":true})"),
            std::string::npos);
}

TEST_F(ChatTest, AStreamShowsUsageToWhoAsked) {
  Start();
  first_.Enqueue(Script::Stream(WholeStream({"a"})));
  const auto [client, head] = Stream(R"(,"stream_options":{"include_usage":true})");
  EXPECT_EQ(Drain(*client), WholeStream({"a"}));
}

TEST_F(ChatTest, UsageNullIsTakenOutForWhoDidNotAsk) {
  Start();
  const std::string with =
      "data: "
      "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}],\"usage\":null}\n\n";
  first_.Enqueue(Script::Stream(with + FinishEvent() + UsageEvent() + std::string(kDoneEvent)));
  const auto [client, head] = Stream();
  const std::string seen = Drain(*client);
  EXPECT_EQ(seen.find("usage"), std::string::npos) << seen;
  EXPECT_NE(seen.find(R"("content":"x")"), std::string::npos);
}

TEST_F(ChatTest, AStreamIsRelayedAsItComes) {
  Start();
  const auto gate = Gate::Make();
  const std::string stream = WholeStream({"a", "b"});
  const size_t after_a = RoleEvent().size() + ContentEvent("a").size();
  first_.Enqueue(Script::Stream(stream).WaitAt(after_a, gate));
  const auto [client, head] = Stream();
  EXPECT_EQ(client->NextEvent()->raw, RoleEvent());
  EXPECT_EQ(client->NextEvent()->raw, ContentEvent("a"));
  gate->Open();
  EXPECT_EQ(client->NextEvent()->raw, ContentEvent("b"));
}

TEST_F(ChatTest, ConnectionsAreKeptOnBothSides) {
  Start();
  first_.Always(Script::Json(ChatReply("ok")));
  HttpClient client(port());
  for (int i = 0; i < 3; ++i) {
    client.Send(RequestBytes("POST", "/v1/chat/completions", ChatBody("small", "hi"),
                             {{"content-type", "application/json"}}));
    EXPECT_TRUE(client.ReadAnswer().complete);
  }
  EXPECT_EQ(first_.connections(), 1U);
}

TEST_F(ChatTest, PipelinedRequestsAreAnsweredInOrder) {
  Start();
  first_.Handle([](const SeenRequest& seen) {
    return Script::Json(ChatReply(seen.body.find("one") != std::string::npos ? "1" : "2"));
  });
  HttpClient client(port());
  std::string both;
  for (const char* text : {"one", "two"}) {
    both += RequestBytes("POST", "/v1/chat/completions", ChatBody("small", text),
                         {{"content-type", "application/json"}});
  }
  client.Send(both);
  EXPECT_EQ(client.ReadAnswer().body, ChatReply("1"));
  EXPECT_EQ(client.ReadAnswer().body, ChatReply("2"));
}

TEST_F(ChatTest, QueryBeatsHeaderBeatsBody) {
  Start();
  for (ScriptedUpstream* upstream : {&first_, &second_, &third_}) {
    upstream->Always(Script::Json(ChatReply("ok")));
  }
  const Headers header = {{"x-weir-model", "middle"}};
  EXPECT_TRUE(Ask(ChatBody("small", "x"), header).Header("x-weir-model").ends_with("middle"));
  const HttpAnswer by_query =
      Post(port(), "/v1/chat/completions?a=1&model=large&b=%20", ChatBody("small", "x"), header);
  EXPECT_TRUE(by_query.Header("x-weir-model").ends_with("large"));
  EXPECT_EQ(by_query.Header("x-weir-reason"), "override");
  ASSERT_EQ(third_.requests().size(), 1U);
  EXPECT_EQ(third_.requests()[0].target, "/v1/chat/completions?a=1&b=%20");
}

TEST_F(ChatTest, TheRouteGoesByDifficulty) {
  Start();
  for (ScriptedUpstream* upstream : {&first_, &second_, &third_}) {
    upstream->Always(Script::Json(ChatReply("ok")));
  }
  const HttpAnswer simple = Ask(ChatBody("auto", "What is a weir?"));
  EXPECT_TRUE(simple.Header("x-weir-model").ends_with("small"));
  EXPECT_EQ(simple.Header("x-weir-tier"), "simple");
  EXPECT_EQ(simple.Header("x-weir-route"), "auto");
  EXPECT_TRUE(simple.Header("x-weir-reason").starts_with("seed:simple"));
  EXPECT_EQ(Ask(ChatBody("auto", "Tell me a story")).Header("x-weir-tier"), "medium");
  EXPECT_EQ(Ask(ChatBody("auto", "Refactor this function")).Header("x-weir-tier"), "complex");
}

TEST_F(ChatTest, TheOtherEndpointsPassToo) {
  Start();
  const std::string vectors = R"({"object":"list","data":[{"embedding":"AAAA","index":0}],)"
                              R"("usage":{"prompt_tokens":2,"total_tokens":2}})";
  first_.Enqueue(Script::Json(vectors));
  const HttpAnswer embedding = Post(port(), "/v1/embeddings", R"({"model":"small","input":"a"})");
  EXPECT_EQ(embedding.body, vectors);
  EXPECT_EQ(embedding.Header("x-weir-cost-usd"), "0.000002");
  first_.Enqueue(Script::Json(R"({"choices":[{"text":"t","index":0,"finish_reason":"stop"}]})"));
  EXPECT_EQ(Post(port(), "/v1/completions", R"({"model":"small","prompt":"a"})").status, 200);
  first_.Enqueue(Script::Json(ChatReply("bare")));
  EXPECT_EQ(Post(port(), "/chat/completions", ChatBody("small", "x")).body, ChatReply("bare"));
  EXPECT_EQ(first_.requests()[0].target, "/v1/embeddings");
  EXPECT_EQ(first_.requests()[1].target, "/v1/completions");
}

TEST_F(ChatTest, AChunkedRequestIsReframed) {
  Start();
  first_.Always(Script::Json(ChatReply("ok")));
  const std::string body = ChatBody("small", "hi");
  std::string chunked;
  for (const char c : body) chunked += std::string("1\r\n") + c + "\r\n";
  HttpClient client(port());
  client.Send(
      RequestBytes("POST", "/v1/chat/completions", chunked + "0\r\n\r\n",
                   {{"content-type", "application/json"}, {"transfer-encoding", "chunked"}}));
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_EQ(first_.requests().at(0).body.size(), body.size() + 3);  // small -> small-v1
}

TEST_F(ChatTest, ExpectContinueIsHonoured) {
  Start();
  first_.Always(Script::Json(ChatReply("ok")));
  const std::string body = ChatBody("small", "hi");
  const std::string whole =
      RequestBytes("POST", "/v1/chat/completions", body,
                   {{"content-type", "application/json"}, {"expect", "100-continue"}});
  HttpClient client(port());
  client.Send(whole.substr(0, whole.size() - body.size()));
  EXPECT_FALSE(first_.WaitForRequests(1, std::chrono::milliseconds(30)));
  client.Send(body);
  EXPECT_EQ(client.ReadAnswer().status, 200);
}

}  // namespace
}  // namespace weir::e2e
