// The HTTP surface of a worker, and what passes between client and upstream.
#include "gateway/data_plane.h"

#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

class DataPlaneTest : public GatewayTest {
 protected:
  Client::Answer Get(std::string_view path, std::string_view method = "GET") {
    Client& client = Connect();
    client.Send(fmt::format("{} {} HTTP/1.1\r\nhost: localhost\r\n\r\n", method, path));
    EXPECT_TRUE(Until([&] { return client.answer().whole; }));
    return client.answer();
  }
};

TEST_F(DataPlaneTest, WhatIsServedIsServedWithAndWithoutTheVersion) {
  Load();
  for (const char* path : {"/v1/models", "/models", "/v1/models/small", "/models/first/small",
                           "/healthz", "/v1/readyz"}) {
    EXPECT_EQ(Get(path).status, 200) << path;
  }
  first_.Always(Script::Json(ChatReply("ok")));
  EXPECT_EQ(Ask(ChatBody("small"), "", "/chat/completions").status, 200);
}

TEST_F(DataPlaneTest, WhatIsNotServedIsNamed) {
  Load();
  for (const char* path : {"/", "/v1", "/v1/models/", "/v2/models", "/v1/v1/models", "/v1/audio"}) {
    const Client::Answer answer = Get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_NE(answer.body.find("unsupported_endpoint"), std::string::npos) << path;
  }
  const Client::Answer wrong = Get("/v1/chat/completions");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Header("allow"), "POST");
  EXPECT_EQ(Get("/v1/models/nobody").status, 404);
  EXPECT_TRUE(ledger_.rows.empty());
}

TEST_F(DataPlaneTest, ABodyMustBePlainJson) {
  Load();
  const std::string head = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n";
  for (const char* headers :
       {"", "content-type: text/plain\r\n", "content-type: application/jsonx\r\n",
        "content-type: application/json\r\ncontent-encoding: gzip\r\n"}) {
    Client& client = Connect();
    client.Send(head + headers + "content-length: 2\r\n\r\n{}");
    ASSERT_TRUE(Until([&] { return client.answer().whole; }));
    EXPECT_EQ(client.answer().status, 415) << headers;
  }
  EXPECT_EQ(Ask("{}", "Content-Encoding: identity\r\n").status, 400) << "identity is plain";
}

TEST_F(DataPlaneTest, TooManyInFlightIs503AndTheSlotComesBack) {
  Load({.limits = "max_attempts: 4, max_inflight: 1"});
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json(ChatReply("slow")).WaitBeforeHead(gate));
  Client& slow = Connect();
  slow.Post("/v1/chat/completions", ChatBody("small"));
  ASSERT_TRUE(Until([&] { return first_.requests().size() == 1; }));
  const Client::Answer refused = Ask(ChatBody("small"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.Header("retry-after"), "");
  EXPECT_EQ(core_.inflight.load(), 1);
  gate->Open();
  ASSERT_TRUE(Until([&] { return slow.answer().whole; }));
  EXPECT_EQ(core_.inflight.load(), 0);
  first_.Enqueue(Script::Json(ChatReply("next")));
  EXPECT_EQ(Ask(ChatBody("small")).status, 200);
}

TEST_F(DataPlaneTest, DrainingIsToldAndEndsTheRequestsThatDoNot) {
  Load();
  const std::string sent = ContentEvent("a");
  first_.Enqueue(Script::Stream(sent + FinishEvent()).CutAt(sent.size(), Script::Ending::kHang));
  Client& client = Connect();
  client.Post("/v1/chat/completions", ChatBody("small", R"(,"stream":true)"));
  ASSERT_TRUE(Until([&] { return client.answer().body == sent; }));
  core_.draining = true;
  EXPECT_EQ(Get("/readyz").status, 503);
  EXPECT_EQ(Get("/healthz").status, 200);
  plane_.CancelAll();
  ASSERT_TRUE(Until([&] { return client.closed(); }));
  EXPECT_NE(client.answer().body.find("shutting down"), std::string::npos) << client.answer().body;
  EXPECT_EQ(row().outcome, "draining");
}

TEST_F(DataPlaneTest, ACandidateThatDrainCancelsIsNotTheClientsLeaving) {
  Load();
  first_.Enqueue(Script::Hang());
  Client& client = Connect();
  client.Post("/v1/chat/completions", ChatBody("small"));
  ASSERT_TRUE(Until([&] { return first_.requests().size() == 1; }));
  plane_.CancelAll();
  ASSERT_TRUE(Until([&] { return client.closed(); }));
  EXPECT_EQ(client.answer().status, 503);
  EXPECT_EQ(row().outcome, "draining");
}

TEST_F(DataPlaneTest, QueryBeatsHeaderBeatsBodyAndTheRestOfTheQueryGoesOn) {
  Load();
  for (ScriptedUpstream* each : {&first_, &second_, &third_}) {
    each->Always(Script::Json(ChatReply("ok")));
  }
  const std::string header = "X-Weir-Model: middle\r\n";
  EXPECT_EQ(Ask(ChatBody("small"), header).Header("x-weir-model"), "second/middle");
  EXPECT_EQ(Ask(ChatBody("small"), header, "/v1/chat/completions?a=1&model=large&b=%20")
                .Header("x-weir-model"),
            "third/large");
  EXPECT_EQ(third_.requests().at(0).target, "/v1/chat/completions?a=1&b=%20");
  EXPECT_EQ(second_.requests().at(0).target, "/v1/chat/completions");
  EXPECT_EQ(Ask(ChatBody("small"), "", "/v1/chat/completions?model=a&model=b").status, 400);
  EXPECT_EQ(Ask(ChatBody("small"), "", "/v1/chat/completions?model=%zz").status, 400);
}

TEST_F(DataPlaneTest, TheConfiguredHeaderWinsOverTheClients) {
  Load({.first_more = ", headers: {OpenAI-Organization: org-ours, x-extra: ours}"});
  first_.Always(Script::Json(ChatReply("ok")));
  Ask(ChatBody("small"),
      "openai-organization: org-theirs\r\nopenai-project: theirs\r\nAuthorization: Bearer "
      "theirs\r\nx-weir-model: small\r\ncookie: c\r\n");
  const std::string head = first_.requests().at(0).head;
  EXPECT_NE(head.find("OpenAI-Organization: org-ours\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("openai-project: theirs\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("x-extra: ours\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("authorization: Bearer key-of-first\r\n"), std::string::npos) << head;
  for (const char* stopped : {"org-theirs", "Bearer theirs", "x-weir-model", "cookie"}) {
    EXPECT_EQ(head.find(stopped), std::string::npos) << head;
  }
}

TEST_F(DataPlaneTest, UpstreamHeadersPassByTheList) {
  Load();
  first_.Always(Script::Json(ChatReply("ok"))
                    .WithHeader("x-request-id", "up-1")
                    .WithHeader("set-cookie", "a=b")
                    .WithHeader("x-weir-id", "forged"));
  const Client::Answer answer = Ask(ChatBody("small"));
  EXPECT_EQ(answer.Header("x-request-id"), "up-1");
  EXPECT_EQ(answer.Header("set-cookie"), "");
  EXPECT_EQ(answer.head.find("forged"), std::string::npos);
}

TEST_F(DataPlaneTest, ARefusalGoesBackWithItsTypeAndWithoutSecrets) {
  Load();
  const std::string said = ErrorReply("no such thing for key-of-first");
  first_.Enqueue(Script::Json(said, 422).WithType("application/problem+json"));
  const Client::Answer answer = Ask(ChatBody("small"));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.Header("content-type"), "application/problem+json");
  EXPECT_NE(answer.body.find("no such thing"), std::string::npos);
  EXPECT_EQ(answer.body.find("key-of-first"), std::string::npos);
  EXPECT_EQ(answer.Header("x-weir-attempts"), "1");
}

TEST_F(DataPlaneTest, ARequestKeepsTheConfigItBeganWith) {
  Load();
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json("", 500).WaitBeforeHead(gate));
  second_.Always(Script::Json(ChatReply("ok")));
  Client& client = Connect();
  client.Post("/v1/chat/completions", ChatBody("small"));
  ASSERT_TRUE(Until([&] { return first_.requests().size() == 1; }));
  Load({.limits = "max_attempts: 1"});
  gate->Open();
  ASSERT_TRUE(Until([&] { return client.answer().whole; }));
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(row().config_version, 1U);
  first_.Always(Script::Json("", 500));
  EXPECT_EQ(Ask(ChatBody("small")).status, 502);
  EXPECT_EQ(row().config_version, 2U);
}

TEST_F(DataPlaneTest, ARoutesDeadlineIsItsOwnAndAPinsIsTenMinutes) {
  Load({.provider = "retries: 0, timeouts: {first_byte: 60m, total: 60m}",
        .auto_more = ", deadline: 30s"});
  for (const auto& [model, limit] : {std::pair{"auto", seconds(30)}, {"middle", seconds(600)}}) {
    const size_t before = second_.requests().size();
    second_.Enqueue(Script::Hang());
    Client& client = Connect();
    client.Post("/v1/chat/completions", ChatBody(model));
    ASSERT_TRUE(Until([&] { return second_.requests().size() > before; }));
    Pass(limit - milliseconds(1));
    EXPECT_EQ(client.answer().status, 0) << model;
    Pass(milliseconds(1));
    ASSERT_TRUE(Until([&] { return client.answer().whole; }));
    EXPECT_EQ(client.answer().status, 504) << model;
  }
}

}  // namespace
}  // namespace weir::gateway
