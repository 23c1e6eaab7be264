// What a client sees when its request is not right, and the endpoints that are not about chatting.
#include <simdjson.h>

#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kInvalid = "invalid_request_error";

class ShapeTest : public GatewayTest {
 protected:
  void TearDown() override {
    for (const ScriptedUpstream* upstream : {&first_, &second_, &third_}) {
      EXPECT_EQ(upstream->requests().size(), 0U) << "a bad request went upstream";
    }
  }
  HttpAnswer Raw(std::string_view bytes) const {
    HttpClient client(port());
    client.Send(bytes);
    return client.ReadAnswer();
  }
};

TEST_F(ShapeTest, BadBodiesAre400) {
  Start();
  const std::string bodies[] = {
      "",
      "{",
      "null",
      "[]",
      "\"x\"",
      "{\"model\":\"small\"}",
      "{\"messages\":[]}",
      R"({"model":"small","messages":"hi"})",
      R"({"model":7,"messages":[]})",
      R"({"model":"small","model":"large","messages":[{"role":"user","content":"x"}]})",
      R"({"model":"small","stream":"yes","messages":[{"role":"user","content":"x"}]})",
      R"({"model":"small","n":0,"messages":[{"role":"user","content":"x"}]})",
      R"({"model":"small","messages":[{"role":"user","content":"x"}]} x)",
      "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"\xFF\"}]}",
      "{\"model\":\"small\",\"messages\":" + std::string(5000, '[') + std::string(5000, ']') + "}"};
  for (const std::string& body : bodies) EXPECT_TRUE(IsError(Ask(body), 400, kInvalid)) << body;
}

TEST_F(ShapeTest, TheFieldAtFaultIsNamed) {
  Start();
  EXPECT_EQ(Member(Ask(R"({"model":"small","messages":"hi"})").body, "param"), "messages");
}

TEST_F(ShapeTest, AnUnknownModelIs404WithASuggestion) {
  Start();
  const HttpAnswer answer = Ask(ChatBody("smal", "x"));
  EXPECT_TRUE(IsError(answer, 404, "not_found_error", "model_not_found"));
  EXPECT_NE(Member(answer.body, "message").find("small"), std::string::npos) << answer.body;
  EXPECT_TRUE(
      IsError(Ask(ChatBody("small", "x"), {{"x-weir-model", "nope"}}), 404, "not_found_error"));
  EXPECT_TRUE(IsError(Post(port(), "/v1/chat/completions?model=no%20pe", ChatBody("small", "x")),
                      404, "not_found_error"));
}

TEST_F(ShapeTest, AnUnknownPathIs404WithWhatIsServed) {
  Start();
  for (const char* path :
       {"/v1/images/generations", "/v1/chat/completions/", "/v1//chat/completions",
        "/V1/chat/completions", "/v1/chat/%63ompletions", "/", "/v2/models"}) {
    const HttpAnswer answer = Post(port(), path, "{}");
    EXPECT_TRUE(IsError(answer, 404, "not_found_error", "unsupported_endpoint")) << path;
    EXPECT_NE(answer.body.find("/v1/chat/completions"), std::string::npos) << answer.body;
  }
}

TEST_F(ShapeTest, TheWrongMethodIs405WithAllow) {
  Start();
  const HttpAnswer get = Get(port(), "/v1/chat/completions");
  EXPECT_TRUE(IsError(get, 405, kInvalid));
  EXPECT_NE(get.Header("allow").find("POST"), std::string::npos);
  const HttpAnswer post = Post(port(), "/v1/models", "{}");
  EXPECT_TRUE(IsError(post, 405, kInvalid));
  EXPECT_NE(post.Header("allow").find("GET"), std::string::npos);
}

TEST_F(ShapeTest, NoLengthIsRefused) {
  Start();
  const HttpAnswer answer =
      Raw("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: "
          "application/json\r\n\r\n");
  EXPECT_TRUE(answer.status == 400 || answer.status == 411) << answer.status;
  EXPECT_EQ(Member(answer.body, "type"), kInvalid);
}

TEST_F(ShapeTest, ATooLargeBodyIs413BeforeItIsRead) {
  World world;
  world.limits = "max_body: 4KiB";
  Start(world);
  const HttpAnswer answer = Raw(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
      "content-length: 99999999\r\n\r\n");
  EXPECT_TRUE(IsError(answer, 413, "request_too_large"));
  HttpClient chunked(port());
  chunked.Send(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
      "transfer-encoding: chunked\r\n\r\n2000\r\n" +
      std::string(0x2000, ' ') + "\r\n");
  EXPECT_TRUE(IsError(chunked.ReadAnswer(), 413, "request_too_large"));
}

TEST_F(ShapeTest, AnotherContentTypeIs415) {
  Start();
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"}) {
    EXPECT_TRUE(IsError(Ask(ChatBody("small", "x"), {{"content-type", type}}), 415, kInvalid))
        << type;
  }
  EXPECT_TRUE(IsError(Raw(RequestBytes("POST", "/v1/chat/completions", ChatBody("small", "x"))),
                      415, kInvalid));
}

TEST_F(ShapeTest, TooMuchHeaderIs431AndTooLongATarget414) {
  Start();
  EXPECT_TRUE(
      IsError(Ask(ChatBody("small", "x"), {{"x-big", std::string(70 << 10, 'x')}}), 431, kInvalid));
  EXPECT_TRUE(IsError(Get(port(), "/" + std::string(9 << 10, 'x')), 414, kInvalid));
}

TEST_F(ShapeTest, AnUnknownExpectationIs417) {
  Start();
  EXPECT_TRUE(IsError(Ask(ChatBody("small", "x"), {{"expect", "200-ok"}}), 417, kInvalid));
}

TEST_F(ShapeTest, AFramingErrorIs400AndClose) {
  Start();
  const std::string heads[] = {
      ("POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n"
       "transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
      "GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
      "GET /healthz HTTP/1.1\n\n",
      "GET /healthz HTTP/1.1\r\n\r\n",
      "hello\r\n\r\n",
      "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n"};
  // All at once: the server lingers over each before it closes.
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (const std::string& head : heads) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(head);
  }
  for (size_t i = 0; i < clients.size(); ++i) {
    EXPECT_EQ(clients[i]->ReadAnswer().status, 400) << heads[i];
    EXPECT_TRUE(clients[i]->ClosedWithin(milliseconds(10'000))) << heads[i];
  }
}

TEST_F(ShapeTest, WithoutKeysForeignHostsAndOriginsAreRefused) {
  Start();
  const std::string body = ChatBody("small", "x");
  const HttpAnswer rebound = Ask(body, {{"host", "evil.example"}});
  EXPECT_TRUE(rebound.status == 403 || rebound.status == 421) << rebound.status;
  EXPECT_EQ(Ask(body, {{"origin", "https://evil.example"}}).status, 403);
}

TEST_F(ShapeTest, ASlowRequestIs408) {
  World world;
  world.limits = "read_timeout: 200ms";
  Start(world);
  const HttpAnswer answer = Raw(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
      "content-length: 10\r\n\r\n{");
  EXPECT_TRUE(IsError(answer, 408, "request_timeout"));
}

TEST_F(ShapeTest, HealthIsTold) {
  Start();
  EXPECT_EQ(Get(port(), "/healthz").status, 200);
  EXPECT_EQ(Get(port(), "/readyz").status, 200);
}

TEST_F(ShapeTest, ModelsAndRoutesAreListed) {
  Start();
  for (const char* path : {"/v1/models", "/models"}) {
    const HttpAnswer answer = Get(port(), path);
    ASSERT_EQ(answer.status, 200);
    simdjson::dom::parser parser;
    const simdjson::dom::element root = parser.parse(answer.body);
    EXPECT_EQ(root["object"].get_string().value(), "list");
    std::vector<std::string> ids;
    for (const simdjson::dom::element model : root["data"].get_array()) {
      EXPECT_EQ(model["object"].get_string().value(), "model");
      EXPECT_TRUE(model["created"].is_int64());
      EXPECT_TRUE(model["owned_by"].is_string());
      ids.emplace_back(model["id"].get_string().value());
    }
    for (const char* id : {"auto", "small", "large"}) {
      EXPECT_NE(std::ranges::find(ids, id), ids.end()) << id << " in " << answer.body;
    }
  }
}

TEST_F(ShapeTest, OneModelIsShown) {
  Start();
  for (const char* path : {"/v1/models/small", "/v1/models/first/small", "/v1/models/auto"}) {
    const HttpAnswer answer = Get(port(), path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(Member(answer.body, "object"), "model");
  }
  EXPECT_TRUE(IsError(Get(port(), "/v1/models/none"), 404, "not_found_error", "model_not_found"));
}

TEST_F(ShapeTest, EveryAnswerCarriesAnId) {
  Start();
  EXPECT_EQ(Ask("{").Header("x-weir-id").size(), 26U);
  EXPECT_EQ(Ask(ChatBody("nope", "x")).Header("x-weir-id").size(), 26U);
}

TEST_F(ShapeTest, AConnectionSurvivesAnErrorOfTheBody) {
  Start();
  HttpClient client(port());
  for (int i = 0; i < 2; ++i) {
    client.Send(
        RequestBytes("POST", "/v1/chat/completions", "{", {{"content-type", "application/json"}}));
    EXPECT_EQ(client.ReadAnswer().status, 400);
  }
}

}  // namespace
}  // namespace weir::e2e
