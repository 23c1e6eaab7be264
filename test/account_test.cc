// What is written down about a request: one line each, true to what happened.
#include <simdjson.h>

#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;

class AccountTest : public GatewayTest {
 protected:
  struct Line {  // what a line does not have is empty
    std::string id, outcome, cost, model, path;
    int64_t status = 0, attempts = 0;
  };
  // The request lines so far, once there are `count` of them.
  std::vector<Line> Lines(size_t count) {
    const auto until = std::chrono::steady_clock::now() + seconds(10);
    for (;;) {
      std::vector<Line> lines = Read();
      if (lines.size() >= count || std::chrono::steady_clock::now() > until) return lines;
    }
  }

 private:
  std::vector<Line> Read() {
    std::vector<Line> lines;
    simdjson::dom::parser parser;
    const std::string output = weir().output();
    for (size_t begin = 0, end; (end = output.find('\n', begin)) != output.npos; begin = end + 1) {
      simdjson::dom::element root;
      std::string_view event;
      if (parser.parse(output.data() + begin, end - begin).get(root)) continue;
      if (root["event"].get(event) || event != "request") continue;
      lines.push_back({Text(root, "id"), Text(root, "outcome"), Text(root, "cost_usd"),
                       Text(root, "model"), Text(root, "path"), root["status"].get_int64(),
                       Number(root, "attempts")});
    }
    return lines;
  }
  static std::string Text(simdjson::dom::element line, const char* key) {
    std::string_view value;
    return line[key].get(value) ? std::string() : std::string(value);
  }
  static int64_t Number(simdjson::dom::element line, const char* key) {
    int64_t value = 0;
    return line[key].get(value) ? 0 : value;
  }
};

TEST_F(AccountTest, AStreamsUsageIsCountedOnceWhereverItStands) {
  Start();
  const std::string done(kDoneEvent);
  const std::string text = RoleEvent() + ContentEvent("a") + FinishEvent();
  const std::string streams[] = {text + UsageEvent() + done,
                                 text + UsageEvent() + UsageEvent() + done,
                                 UsageEvent() + text + done};
  for (const std::string& sent : streams) {
    first_.Enqueue(Script::Stream(sent));
    const auto [client, head] = Stream();
    Drain(*client);
  }
  const auto lines = Lines(3);
  ASSERT_EQ(lines.size(), 3U);
  for (const Line& line : lines) {
    EXPECT_EQ(line.cost, "0.00002");  // 10 x 1 + 5 x 2 USD per million
    EXPECT_EQ(line.outcome, "ok");
  }
}

TEST_F(AccountTest, MissingUsageIsEstimatedNotFree) {
  Start();
  first_.Enqueue(Script::Stream(RoleEvent() + ContentEvent("some words of an answer") +
                                FinishEvent() + std::string(kDoneEvent)));
  const auto [client, head] = Stream();
  Drain(*client);
  const auto lines = Lines(1);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_GT(atof(lines[0].cost.c_str()), 0.0);
}

TEST_F(AccountTest, OutcomesAreTrue) {
  Start();
  const std::string part = RoleEvent() + ContentEvent("one");
  first_.Enqueue(Script::Stream(part).CutAt(part.size(), Script::Ending::kClose));
  {
    const auto [client, head] = Stream();
    Drain(*client);
  }
  ASSERT_EQ(Lines(1).size(), 1U);
  EXPECT_EQ(Lines(1)[0].outcome, "stream_truncated");
  EXPECT_GT(atof(Lines(1)[0].cost.c_str()), 0.0) << "what was delivered is paid";

  first_.Enqueue(Script::Stream(part).CutAt(part.size(), Script::Ending::kHang));
  {
    const auto [client, head] = Stream();
    client->NextEvent();
    client->NextEvent();
  }
  ASSERT_EQ(Lines(2).size(), 2U);
  EXPECT_EQ(Lines(2)[1].outcome, "client_gone");

  first_.Enqueue(Script::Json("", 503));
  second_.Enqueue(Script::Json(ChatReply("ok")));
  Ask(ChatBody("small", "hi"));
  ASSERT_EQ(Lines(3).size(), 3U);
  EXPECT_EQ(Lines(3)[2].outcome, "ok");
  EXPECT_EQ(Lines(3)[2].attempts, 2);
  EXPECT_TRUE(Lines(3)[2].model.ends_with("middle"));
}

TEST_F(AccountTest, WhatIsRefusedAtTheDoorHasItsLineToo) {
  Start();
  const HttpAnswer lost = Post(port(), "/v1/lost\x1b[2J", "{}");
  const HttpAnswer method = Get(port(), "/v1/chat/completions");
  const HttpAnswer type = Ask("{}", {{"content-type", "text/plain"}});
  HttpClient broken(port());
  broken.Send("GET / HTTP/1.1\r\nhost : x\r\n\r\n");
  const HttpAnswer malformed = broken.ReadAnswer();
  const HttpAnswer models = Get(port(), "/v1/models");
  Get(port(), "/healthz");  // a probe has none
  const HttpAnswer model = Get(port(), "/v1/models/nobody");
  const auto lines = Lines(6);
  ASSERT_EQ(lines.size(), 6U);
  const HttpAnswer* answers[] = {&lost, &method, &type, &malformed, &models, &model};
  const char* outcomes[] = {
      "bad_request", "method_not_allowed", "unsupported_media_type", "bad_request",
      "ok",          "model_not_found"};
  for (size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].outcome, outcomes[i]) << i;
    EXPECT_EQ(lines[i].status, answers[i]->status) << i;
    EXPECT_EQ(lines[i].id, answers[i]->Header("x-weir-id")) << i;
  }
  EXPECT_EQ(lines[1].path, "/v1/chat/completions");
  EXPECT_EQ(lines[4].path, "/v1/models");
}

TEST_F(AccountTest, NoSecretIsWrittenAnywhere) {
  World world;
  world.more = "log: {level: trace}";
  Start(world);
  first_.Enqueue(Script::Json(ErrorReply("bad key key-of-first"), 401));
  second_.Always(Script::Json(ChatReply("ok")));
  Ask(ChatBody("small", "a private prompt"),
      {{"authorization", "Bearer sk-clients-canary-0123456789"}});
  ASSERT_EQ(Lines(1).size(), 1U);
  const std::string output = weir().output();
  for (const char* canary : {"key-of-first", "key-of-second", "clients-canary", "private prompt",
                             "admin-key-of-the-tests"}) {
    EXPECT_EQ(output.find(canary), std::string::npos) << canary;
  }
}

}  // namespace
}  // namespace weir::e2e
