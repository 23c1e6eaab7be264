// Who may ask, and for what (CONTRACT `keys`, `weir keys`; HARDENING K04, K12, K15).
#include <fstream>

#include "json/object.h"
#include "test/harness/keyed.h"
#include "test/harness/world.h"
#include "testing/testdata.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;

class KeysTest : public KeyedTest {
 protected:
  static std::string One(std::string_view terms = "allow_override: true") {
    return fmt::format("\n  - {{name: a, key: {}, {}}}\n", kKey, terms);
  }
};

TEST_F(KeysTest, NobodyAsksWithoutAKnownKey) {
  Start(One());
  const std::string body = ChatBody("small", "hi");
  EXPECT_TRUE(IsError(Post(port(), "/v1/chat/completions", body), 401, "authentication_error",
                      "invalid_api_key"));
  EXPECT_EQ(Ask("small", "", "wrong").status, 401);
  EXPECT_EQ(Get(port(), "/v1/models").status, 401);
  EXPECT_EQ(Get(port(), "/healthz").status, 200);
  EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(Post(port(), "/v1/chat/completions", body,
                 {{"x-api-key", std::string(kKey)}, {"content-type", "application/json"}})
                .status,
            200);
  EXPECT_EQ(Post(port(), "/v1/chat/completions", body,
                 {{"x-api-key", "other"}, {"authorization", "Bearer " + std::string(kKey)}})
                .status,
            401);
  EXPECT_EQ(upstream_.requests().size(), 2u);
}

TEST_F(KeysTest, APinNeedsItsPermissionAndRoutesTheirs) {
  Start(fmt::format("\n  - {{name: a, key: {0}, routes: [auto]}}\n"
                    "  - {{name: b, key: b-{0}, models: [small], allow_override: true}}\n",
                    kKey),
        R"(
fallbacks: {small: [large]}
routes:
  auto: {classifier: seed, tiers: {simple: small, complex: large}}
  other: {model: large}
)");
  EXPECT_EQ(Ask("auto").status, 200);
  EXPECT_TRUE(IsError(Ask("small"), 403, "permission_error"));
  EXPECT_TRUE(IsError(Ask("other"), 403, "permission_error"));
  EXPECT_EQ(Ask("nobody").status, 404);
  const std::string b = "b-" + std::string(kKey);
  EXPECT_EQ(Ask("small", "", b).status, 200);
  EXPECT_EQ(Ask("large", "", b).status, 403);
  const HttpAnswer query =
      Post(port(), "/v1/chat/completions?model=large", ChatBody("auto", "hi"), Bearer(b));
  EXPECT_EQ(query.status, 403);
  // The pinned model's fallback is no way around the list.
  upstream_.Enqueue(Script::Json(ErrorReply("broken"), 500));
  EXPECT_EQ(Ask("small", "", b).status, 502);
  const std::string list = Get(port(), "/v1/models", Bearer(b)).body;
  EXPECT_NE(list.find(R"("small")"), list.npos);
  EXPECT_EQ(list.find(R"("large")"), list.npos);
}

TEST_F(KeysTest, RatesAreToldAndKept) {
  Start(One("allow_override: true, rpm: 3, tpm: 1000"));
  const HttpAnswer first = Ask();
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.Header("x-ratelimit-limit-requests"), "3");
  EXPECT_EQ(first.Header("x-ratelimit-remaining-requests"), "2");
  EXPECT_EQ(first.Header("x-ratelimit-limit-tokens"), "1000");
  EXPECT_EQ(first.Header("x-ratelimit-remaining-tokens"), "985") << "10 + 5 were used";
  EXPECT_FALSE(first.Header("x-ratelimit-reset-requests").empty());
  EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(Ask().status, 200);
  const HttpAnswer fourth = Ask();
  EXPECT_TRUE(IsError(fourth, 429, "rate_limit_error", "rate_limit_exceeded"));
  EXPECT_EQ(fourth.Header("x-ratelimit-remaining-requests"), "0");
  EXPECT_FALSE(fourth.Header("retry-after").empty());
}

TEST_F(KeysTest, TheProvidersRatesAreNotTheKeys) {
  Start(One("allow_override: true, rpm: 3"));
  upstream_.Always(Script::Json(ChatReply("hello"))
                       .WithHeader("x-ratelimit-limit-requests", "9999")
                       .WithHeader("x-ratelimit-remaining-tokens", "7")
                       .WithHeader("x-request-id", "r-1"));
  const HttpAnswer answer = Ask();
  EXPECT_EQ(std::ranges::count(answer.headers, "x-ratelimit-limit-requests",
                               &std::pair<std::string, std::string>::first),
            1);
  EXPECT_EQ(answer.Header("x-ratelimit-limit-requests"), "3");
  EXPECT_EQ(answer.Header("x-ratelimit-remaining-tokens"), "");
  EXPECT_EQ(answer.Header("x-request-id"), "r-1");
}

TEST_F(KeysTest, PlacesAtWorkAreBounded) {
  Start(One("allow_override: true, max_inflight: 2"));
  const auto gate = std::make_shared<Gate>();
  upstream_.Always(Script::Json(ChatReply("late")).WaitBeforeHead(gate));
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(
        RequestBytes("POST", "/v1/chat/completions", ChatBody("small", "hi"), Bearer()));
  }
  ASSERT_TRUE(upstream_.WaitForRequests(2, seconds(60)));
  EXPECT_EQ(Ask().status, 429);
  gate->Open();
  for (const auto& client : clients) EXPECT_EQ(client->ReadAnswer().status, 200);
  EXPECT_EQ(Ask().status, 200);
}

TEST_F(KeysTest, K15_AnExpiredKeyIsNoKey) {
  Start(One("allow_override: true, expires: 2026-01-01"));
  EXPECT_EQ(Ask().status, 401);
}

TEST_F(KeysTest, TheAdminApiMakesListsAndRevokesThem) {
  Start(One());
  const HttpAnswer made =
      Admin("POST", "/api/keys", R"({"name":"team-b","routes":["auto"],"budget":{"usd":1}})");
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string key = Member(made.body, "key");
  EXPECT_EQ(Ask("auto", "", key).status, 200) << "in force at once";
  EXPECT_EQ(Ask("small", "", key).status, 403);
  const std::string list = Admin("GET", "/api/keys").body;
  EXPECT_NE(list.find("team-b"), list.npos);
  EXPECT_EQ(list.find(key), list.npos) << "shown once";
  std::ifstream file(weir().data_dir() + "/keys.json");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(text.find(key), text.npos) << "K04: only its digest is kept";
  EXPECT_EQ(Admin("POST", "/api/keys", R"({"name":"team-b"})").status, 400);
  EXPECT_EQ(Admin("POST", "/api/keys", R"({"name":"c","team":"nobody"})").status, 400);
  EXPECT_TRUE(Member(Admin("POST", "/api/keys", R"({"name":"c","rpm":0})").body, "message")
                  .starts_with("keys.rpm: "));
  EXPECT_EQ(Admin("DELETE", "/api/keys/a").status, 400) << "it stands in the config";
  EXPECT_EQ(Admin("DELETE", "/api/keys/nobody").status, 404);
  EXPECT_EQ(Admin("DELETE", "/api/keys/team-b").status, 200);
  EXPECT_EQ(Ask("auto", "", key).status, 401);
}

TEST_F(KeysTest, AListHasAllThatLimits) {
  Start(fmt::format(
      "\n  - {{name: a, key: {}, team: core, allow_override: true, models: [small, large],"
      " strong_usd: {{usd: 0.01, per: day}}, strong_over: refuse, user_budget: {{usd: 1, per: "
      "month}}}}\n"
      "teams: {{core: {{budget: {{usd: 2, per: total}}, rpm: 600, routes: [auto]}}}}\n",
      kKey));
  EXPECT_EQ(Ask("large").status, 200);
  const auto list = json::Object::Parse(Admin("GET", "/api/keys").body);
  ASSERT_TRUE(list);
  const std::string keys(list->Raw("keys")), teams(list->Raw("teams"));
  for (const std::string_view part :
       {R"("models":["up/small","up/large"])", R"("user_budget":[{"usd":"1.00","per":"month"}])",
        R"("strong_usd":{"usd":"0.01","per":"day"},"strong_over":"refuse")",
        R"("spent_usd":{"day":"0.00005",)", R"("strong_spent_usd":{"day":"0.00005",)"}) {
    EXPECT_NE(keys.find(part), keys.npos) << part << " in " << keys;
  }
  for (const std::string_view part :
       {R"("name":"core")", R"("rpm":600)", R"("routes":["auto"])",
        R"("budget":[{"usd":"2.00","per":"total"}])", R"("spent_usd":{"day":"0.00005",)"}) {
    EXPECT_NE(teams.find(part), teams.npos) << part << " in " << teams;
  }
  const CommandResult table = RunWeir("keys list --config " + weir().config_path());
  EXPECT_NE(table.output.find("a team"), table.output.npos) << table.output;
}

// A fault of ours is never "unknown key": who was known stays known, and nothing is overwritten.
TEST_F(KeysTest, D05_ADamagedKeyStoreTurnsNobodyAway) {
  Start(One());
  const HttpAnswer made = Admin("POST", "/api/keys", R"({"name":"b","allow_override":true})");
  const std::string b = Member(made.body, "key");
  const std::string file = weir().data_dir() + "/keys.json";
  const std::string sound = ReadWholeFile(file).value();
  for (const std::string_view rubbish : {"", "{", "[{\"name\": \"b\"}]", "\xff\xfe"}) {
    std::ofstream(file) << rubbish;
    const HttpAnswer reload = Admin("POST", "/api/reload");
    EXPECT_GE(reload.status, 400) << rubbish;
    EXPECT_NE(reload.body.find("keys.json"), reload.body.npos) << reload.body;
    EXPECT_EQ(Ask().status, 200) << rubbish;
    EXPECT_EQ(Ask("small", R"(,"max_tokens":5)", b).status, 200) << rubbish;
    EXPECT_EQ(Ask("small", "", "wrong").status, 401);
    EXPECT_GE(Admin("POST", "/api/keys", R"({"name":"d"})").status, 400);
    EXPECT_EQ(ReadWholeFile(file), rubbish) << "what a person may still mend is not written over";
  }
  std::ofstream(file) << sound;
  EXPECT_EQ(Admin("POST", "/api/reload").status, 200);
  EXPECT_EQ(Ask("small", R"(,"max_tokens":5)", b).status, 200);
}

TEST_F(KeysTest, WithoutTheLastKeyItIsClosed) {
  Start(One());
  weir().Rewrite(Config(" []"));
  ASSERT_EQ(Admin("POST", "/api/reload").status, 200);
  EXPECT_EQ(Ask().status, 401);
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(seconds(20)), 0);
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_EQ(Post(port(), "/v1/chat/completions", ChatBody("small", "hi")).status, 401);
}

TEST_F(KeysTest, TheCommandWorksWithAndWithoutAServer) {
  Start(One());
  const std::string config = " --config " + weir().config_path();
  const CommandResult made = RunWeir("keys add live --routes auto --budget 5/month" + config);
  ASSERT_EQ(made.exit_code, 0) << made.output;
  EXPECT_EQ(Ask("auto", "", Member(made.output, "key")).status, 200);
  EXPECT_EQ(RunWeir("keys add live" + config).exit_code, 2) << "the name is taken";
  EXPECT_EQ(RunWeir("keys revoke nobody" + config).exit_code, 1);
  EXPECT_EQ(RunWeir("keys revoke 'li ve'" + config).exit_code, 1) << "which is not `live`";
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(seconds(20)), 0);
  const CommandResult offline = RunWeir("keys add still --rpm 5" + config);
  ASSERT_EQ(offline.exit_code, 0) << offline.output;
  const CommandResult list = RunWeir("keys list" + config);
  EXPECT_NE(list.output.find("live"), list.output.npos) << list.output;
  EXPECT_NE(list.output.find("still"), list.output.npos);
  EXPECT_EQ(RunWeir("keys add still" + config).exit_code, 2);
  EXPECT_EQ(RunWeir("keys revoke live" + config).exit_code, 0);
  EXPECT_EQ(RunWeir("keys revoke live" + config).exit_code, 1);
  EXPECT_NE(RunWeir("keys add x --budget 5/week" + config).output.find("day, month, total"),
            std::string::npos);
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_EQ(Ask("auto", "", Member(made.output, "key")).status, 401);
}

class IdempotencyTest : public KeyedTest {
 protected:
  HttpAnswer AskWith(std::string_view key, std::string_view text, std::string_view more = "",
                     std::string_view credential = kKey) const {
    Headers headers = Bearer(credential);
    headers.emplace_back("idempotency-key", key);
    return Post(port(), "/v1/chat/completions", ChatBody("small", text, more), headers);
  }
  void StartTwo() {
    Start(
        fmt::format("\n  - {{name: a, key: {0}, allow_override: true}}\n"
                    "  - {{name: b, key: b-{0}, allow_override: true}}\n",
                    kKey));
  }
};

TEST_F(IdempotencyTest, B12_TheSameRequestTwiceIsOneCallAndOneCharge) {
  StartTwo();
  const auto gate = std::make_shared<Gate>();
  upstream_.Enqueue(Script::Json(ChatReply("once")).WaitBeforeHead(gate));
  Headers headers = Bearer();
  headers.emplace_back("idempotency-key", "k-1");
  const std::string request =
      RequestBytes("POST", "/v1/chat/completions", ChatBody("small", "hi"), headers);
  HttpClient one(port()), two(port());
  one.Send(request);
  ASSERT_TRUE(upstream_.WaitForRequests(1, seconds(60)));
  two.Send(request);
  gate->Open();
  const HttpAnswer first = one.ReadAnswer(), second = two.ReadAnswer();
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(AskWith("k-1", "hi").Header("x-weir-cache"), "hit");
  EXPECT_EQ(upstream_.requests().size(), 1u);
  EXPECT_EQ(StopAndRead().cost, kCost);
}

TEST_F(IdempotencyTest, B12_AnotherRequestWithTheSameKeyIsAConflict) {
  StartTwo();
  EXPECT_EQ(AskWith("k-1", "hi").status, 200);
  EXPECT_TRUE(
      IsError(AskWith("k-1", "ho"), 409, "invalid_request_error", "idempotency_key_reused"));
  EXPECT_EQ(AskWith("k-2", "hi").Header("x-weir-cache"), "miss");
  EXPECT_EQ(AskWith("k-1", "ho", "", "b-" + std::string(kKey)).status, 200)
      << "another client's key is its own";
  EXPECT_EQ(AskWith("", "hi").status, 400);
}

TEST_F(IdempotencyTest, B12_AFailureIsNotKept) {
  StartTwo();
  upstream_.Enqueue(Script::Json(ErrorReply("broken"), 500));
  EXPECT_EQ(AskWith("k-1", "hi").status, 502);
  EXPECT_EQ(AskWith("k-1", "hi").status, 200);
}

TEST_F(KeysTest, AnOpenAddressNeedsAKey) {
  const auto check = [](std::string_view keys) {
    const WeirProcess process("");
    std::ofstream file(process.config_path(), std::ios::trunc);
    file << "listen: 0.0.0.0:8080\ndata_dir: " << process.data_dir() << "\n"
         << "providers: {local: {api: simulator}}\nmodels: {small: {provider: local}}\n"
         << "routes: {auto: {model: small}}\n"
         << keys;
    file.close();
    return RunWeir("check --config " + process.config_path());
  };
  EXPECT_EQ(check("").exit_code, 2);
  EXPECT_NE(check("").output.find("client keys"), std::string::npos) << check("").output;
  EXPECT_EQ(check(fmt::format("keys: [{{name: a, key: {}}}]\n", kKey)).exit_code, 0);
}

}  // namespace
}  // namespace weir::e2e
