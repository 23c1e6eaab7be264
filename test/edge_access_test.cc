// HARDENING 4.1, A: who gets in, and where a request can make the gateway go. A01–A15 are asked of
// the admin plane, whose key every gateway has; the data plane's client keys are not built yet, and
// neither is A32, the timing of their check.
#include <fmt/format.h>

#include "test/harness/edge.h"

namespace weir::e2e {
namespace {

using std::string_literals::operator""s;

constexpr std::string_view kAdminKey = "admin-key-of-the-tests";

struct Credential {
  const char* id;
  std::string fields;  // ready lines
  std::string target = "/api/health";
};
std::ostream& operator<<(std::ostream& out, const Credential& row) {
  return out << row.id;
}

std::string Bearer(std::string_view key) {
  return fmt::format("authorization: Bearer {}\r\n", key);
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(toupper(c));
  return upper;
}

const Credential kCredentials[] = {
    {"A01Missing", ""},
    {"A02Wrong", Bearer("sk-wrong-0123456789")},
    {"A03Empty", Bearer("")},
    {"A04Basic", "authorization: Basic YWRtaW46YWRtaW4ta2V5LW9mLXRoZS10ZXN0cw==\r\n"},
    {"A05Bare", fmt::format("authorization: {}\r\n", kAdminKey)},
    {"A06Prefix", Bearer(kAdminKey.substr(0, kAdminKey.size() - 1))},
    {"A07OneMore", Bearer(std::string(kAdminKey) + "x")},
    {"A08OtherCase", Bearer(Upper(kAdminKey))},
    {"A09Nul", Bearer(std::string(kAdminKey) + "\0"s)},
    {"A10TwoRightFirst", Bearer(kAdminKey) + Bearer("sk-wrong")},
    {"A11TwoWrongFirst", Bearer("sk-wrong") + Bearer(kAdminKey)},
    {"A12InTheQueryOnly", "", fmt::format("/api/health?key={0}&api_key={0}", kAdminKey)},
    {"A13Sql", Bearer("' OR '1'='1' --")},
    {"A14SixtyKilobytes", Bearer(std::string(60 << 10, 'k'))},
    {"A15FirstTwenty", Bearer(kAdminKey.substr(0, 20))},
    {"A21ForwardedFor",
     "x-forwarded-for: 127.0.0.1\r\nx-real-ip: 127.0.0.1\r\n"
     "forwarded: for=127.0.0.1\r\nx-forwarded-user: admin\r\n"},
    {"A22OriginalUrl", "x-original-url: /healthz\r\nx-rewrite-url: /healthz\r\n"},
    {"A23InternalMarkers",
     "x-weir-internal: true\r\nx-internal-request: 1\r\n"
     "x-weir-admin: true\r\nx-weir-via: 1\r\n"},
    {"A24Cookie", fmt::format("cookie: key={0}; session={0}; authorization={0}\r\n", kAdminKey)},
};

class EdgeAdminTest : public EdgeTest, public testing::WithParamInterface<Credential> {
 protected:
  static HttpAnswer AskAdmin(std::string_view target, std::string_view fields) {
    HttpClient client(weir().admin_port());
    client.Send(fmt::format("GET {} HTTP/1.1\r\nhost: 127.0.0.1\r\n{}\r\n", target, fields));
    return client.ReadAnswer();
  }
};

TEST_P(EdgeAdminTest, StaysOutside) {
  const HttpAnswer answer = AskAdmin(GetParam().target, GetParam().fields);
  EXPECT_TRUE(IsError(answer, {400, 401, 431}));
  EXPECT_EQ(answer.body.find("sk-wrong"), std::string::npos) << "A16: it is not repeated";
  EXPECT_EQ(answer.body.find(kAdminKey), std::string::npos);
}

TEST_P(EdgeAdminTest, WithTheKeyItWouldBeServed) {
  EXPECT_EQ(AskAdmin("/api/health", Bearer(kAdminKey)).status, 200);
}

INSTANTIATE_TEST_SUITE_P(Credential, EdgeAdminTest, testing::ValuesIn(kCredentials),
                         [](const auto& each) { return std::string(each.param.id); });

class EdgeAccessTest : public EdgeTest {
 protected:
  static HttpAnswer Ask(std::string_view body, std::string_view fields = "",
                        std::string_view target = "/v1/chat/completions",
                        std::string_view method = "POST") {
    HttpClient client(port());
    client.Send(
        fmt::format("{} {} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                    "{}content-length: {}\r\n\r\n{}",
                    method, target, fields, body.size(), body));
    return client.ReadAnswer();
  }
  static size_t Asked() { return upstream().requests().size(); }
};

TEST_F(EdgeAccessTest, A16AClientsKeyIsNotRepeated) {
  const std::string key = "sk-of-a-client-0123456789abcdef";
  const std::string fields = Bearer(key) + "x-api-key: " + key + "\r\n";
  for (const HttpAnswer& answer :
       {Ask(ChatBody("nobody", "hi"), fields), Ask("{", fields), Ask("", fields, "/v1/none"),
        Ask(ChatBody("large", "hi"), fields, "/v1/chat/completions", "PUT")}) {
    EXPECT_TRUE(IsError(answer, {400, 401, 404, 405}));
    EXPECT_EQ(answer.body.find(key), std::string::npos);
  }
  EXPECT_EQ(weir().output().find(key), std::string::npos);
}

TEST_F(EdgeAccessTest, A17OurKeyIsNotShownWhateverAnUpstreamSays) {
  const std::string says = ErrorReply("key-of-third is not good: Bearer key-of-third");
  for (const int status : {400, 401, 404, 422, 429, 500}) {
    upstream().Enqueue(Script::Json(says, status));
    const HttpAnswer answer = Ask(ChatBody("large", "hi"));
    EXPECT_NE(answer.status, 200);
    EXPECT_EQ(answer.body.find("key-of-third"), std::string::npos) << status << answer.body;
  }
}

TEST_F(EdgeAccessTest, A18NothingOfOurInsidesIsShown) {
  upstream().Enqueue(Script::Raw("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  for (const HttpAnswer& answer :
       {Ask(ChatBody("large", "hi")), Ask("{"), Ask(ChatBody("nobody", "hi")), Ask("", "", "/x"),
        Ask("{}", "", "/v1/embeddings")}) {
    EXPECT_TRUE(IsError(answer, {400, 404, 502}));
    for (const char* inside : {".cc", ".h:", "std::", "boost", "0x", "exception", "/home", "/tmp",
                               "127.0.0.1", "weir::", "backtrace"}) {
      EXPECT_EQ(answer.body.find(inside), std::string::npos) << inside << " in " << answer.body;
    }
    EXPECT_EQ(answer.Header("server"), "");
  }
}

TEST_F(EdgeAccessTest, A19NoPathOfTheDataPlaneShowsData) {
  const char* const paths[] = {
      "/admin",      "/admin/",        "/api",           "/api/keys",    "/api/decisions",
      "/api/report", "/api/health",    "/api/reload",    "/metrics",     "/metrics/",
      "/logs",       "/log/stream",    "/public/logs",   "/debug",       "/debug/pprof/",
      "/debug/vars", "/config",        "/config.yaml",   "/weir.yaml",   "/.env",
      "/key/list",   "/user/info",     "/spend/logs",    "/model/info",  "/health/liveliness",
      "/dashboard",  "/server-status", "/v1/../metrics", "/.git/config", "/openapi.json"};
  for (const char* path : paths) {
    for (const char* method : {"GET", "POST"}) {
      EXPECT_TRUE(IsError(Ask("{}", "", path, method), {404})) << method << " " << path;
    }
  }
}

TEST_F(EdgeAccessTest, A20NoPathTrickReachesChat) {
  const char* const targets[] = {"/healthz/../v1/chat/completions",
                                 "/v1/%2e%2e/v1/chat/completions",
                                 "/v1/chat/completions;a=b",
                                 "/v1;/chat/completions",
                                 "//v1/chat/completions",
                                 "/v1//chat/completions",
                                 "/V1/Chat/Completions",
                                 "/v1\\chat\\completions",
                                 "/v1/chat%2fcompletions",
                                 "/./v1/chat/completions",
                                 "/v1/chat/completions/.",
                                 "/healthz/%2e%2e/chat/completions",
                                 "/v1/v1/chat/completions",
                                 "/v1/chat/completions%3fmodel=large"};
  const size_t before = Asked();
  for (const char* target : targets) {
    EXPECT_TRUE(IsError(Ask(ChatBody("large", "hi"), "", target), {400, 404})) << target;
  }
  EXPECT_EQ(Asked(), before);
}

TEST_F(EdgeAccessTest, A21ForwardedHostIsNoHost) {
  HttpClient client(port());
  client.Send(
      "GET /v1/models HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: 127.0.0.1\r\n"
      "forwarded: host=127.0.0.1\r\nx-forwarded-proto: https\r\n\r\n");
  EXPECT_TRUE(IsError(client.ReadAnswer(), {403, 421}));
}

TEST_F(EdgeAccessTest, A22AnotherUrlInAHeaderIsNoTarget) {
  EXPECT_TRUE(IsError(Ask(ChatBody("large", "hi"),
                          "x-original-url: /v1/chat/completions\r\n"
                          "x-rewrite-url: /v1/chat/completions\r\n"
                          "x-http-method-override: POST\r\n",
                          "/v1/none"),
                      {404}));
}

TEST_F(EdgeAccessTest, A23MarkersAndCookiesGoNoFurther) {
  const HttpAnswer answer = Ask(ChatBody("large", "hi"),
                                "x-weir-internal: edge-canary\r\nx-weir-id: edge-canary\r\n"
                                "x-vsr-looper-request: edge-canary\r\ncookie: a=edge-canary\r\n"
                                "x-forwarded-for: edge-canary\r\nproxy-authorization: "
                                "edge-canary\r\nx-weir-model: large\r\n");
  EXPECT_TRUE(Served(answer));
  EXPECT_NE(answer.Header("x-weir-id"), kCanary);
}

TEST_F(EdgeAccessTest, A25APreflightFromElsewhereGrantsNothing) {
  const HttpAnswer answer = Ask("",
                                "origin: https://evil.example\r\n"
                                "access-control-request-method: POST\r\n"
                                "access-control-request-headers: authorization\r\n",
                                "/v1/chat/completions", "OPTIONS");
  EXPECT_TRUE(IsError(answer, {403, 404, 405}));
  const HttpAnswer chat = Ask(ChatBody("large", "hi"), "origin: https://evil.example\r\n");
  EXPECT_TRUE(IsError(chat, {403}));
  for (const HttpAnswer* each : {&answer, &chat}) {
    for (const auto& [name, value] : each->headers) {
      EXPECT_FALSE(name.starts_with("access-control-")) << name << ": " << value;
    }
  }
}

// Whatever a request says, the gateway connects to none but its configured upstreams.
class EdgeCanaryTest : public EdgeAccessTest {
 protected:
  void TearDown() override {
    EXPECT_EQ(canary_.connections(), 0U);
    EdgeAccessTest::TearDown();
  }
  std::string Url() const { return canary_.Url(); }
  std::string Host() const { return fmt::format("127.0.0.1:{}", canary_.port()); }

 private:
  ScriptedUpstream canary_;
};

TEST_F(EdgeCanaryTest, A26AnAddressInTheBody) {
  for (const char* name : {"base_url", "api_base", "url", "host", "proxy", "endpoint", "provider",
                           "custom_llm_provider", "upstream", "webhook"}) {
    const std::string more = fmt::format(R"(,"{}":"{}")", name, Url());
    EXPECT_TRUE(Served(Ask(ChatBody("large", "hi", more)))) << name;
  }
  EXPECT_TRUE(IsError(Ask(ChatBody(Url(), "hi")), {400, 404}));
}

TEST_F(EdgeCanaryTest, A27AnAddressInAHeader) {
  std::string fields;
  for (const char* name :
       {"x-portkey-custom-host", "x-weir-base-url", "x-base-url", "x-weir-provider", "x-upstream",
        "x-forwarded-host", "x-api-base", "helicone-target-url", "proxy", "x-real-host"}) {
    fields += fmt::format("{}: {}\r\n", name, Url());
  }
  EXPECT_TRUE(Served(Ask(ChatBody("large", "hi"), fields)));
  EXPECT_TRUE(IsError(Ask(ChatBody("large", "hi"), fmt::format("x-weir-model: {}\r\n", Url())),
                      {400, 404}));
}

TEST_F(EdgeCanaryTest, A28AnAddressInAnotherPath) {
  const std::string targets[] = {
      "/v1/proxy/" + Url(),         "/proxy?url=" + Url(), "/v1/" + Host() + "/chat/completions",
      "/v1/proxy/chat/completions", "/fetch?u=" + Url(),   "//" + Host() + "/v1/chat/completions"};
  for (const std::string& target : targets) {
    EXPECT_TRUE(IsError(Ask(ChatBody("large", "hi"), "", target), {400, 404})) << target;
  }
}

TEST_F(EdgeCanaryTest, A29AnAddressAsImage) {
  const std::string body = fmt::format(
      R"({{"model":"large","messages":[{{"role":"user","content":[{{"type":"text","text":"see"}},)"
      R"({{"type":"image_url","image_url":{{"url":"{}/a.png"}}}}]}}]}})",
      Url());
  EXPECT_TRUE(Served(Ask(body)));
}

TEST_F(EdgeCanaryTest, A30AnAddressAsModelInTheQuery) {
  for (const std::string& model : {Url(), "large@" + Host(), "third/" + Url(), "..%2f" + Url()}) {
    const HttpAnswer answer =
        Ask(ChatBody("large", "hi"), "", "/v1/chat/completions?model=" + model);
    EXPECT_TRUE(IsError(answer, {400, 404})) << model;
  }
}

TEST_F(EdgeCanaryTest, A31LineEndsInTheQueryInjectNothing) {
  const size_t before = Asked();
  for (const char* model : {"x%0d%0ax-injected:%20yes", "x%0d%0a%0d%0aGET%20/%20HTTP/1.1", "x%0ay",
                            "%00", "x%e2%80%a8y%0d"}) {
    const HttpAnswer answer =
        Ask(ChatBody("large", "hi"), "", "/v1/chat/completions?model="s + model);
    EXPECT_TRUE(IsError(answer, {400, 404})) << model;
    EXPECT_EQ(answer.Header("x-injected"), "");
  }
  EXPECT_EQ(Asked(), before);
  // What goes on to the upstream goes as it was written.
  EXPECT_TRUE(
      Served(Ask(ChatBody("large", "hi"), "", "/v1/chat/completions?a=%0d%0ax-injected:%20yes")));
  EXPECT_EQ(upstream().requests().back().target, "/v1/chat/completions?a=%0d%0ax-injected:%20yes");
  EXPECT_EQ(upstream().requests().back().Header("x-injected"), "");
}

}  // namespace
}  // namespace weir::e2e
