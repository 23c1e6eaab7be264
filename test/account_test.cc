// What is written down about a request: one line each, true to what happened.
#include <simdjson.h>

#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;

class AccountTest : public GatewayTest {
 protected:
  struct Line {
    std::string outcome;
    std::string cost;
    std::string model;
    int64_t attempts = 0;
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
      lines.push_back({std::string(root["outcome"].get_string().value()),
                       std::string(root["cost_usd"].get_string().value()),
                       std::string(root["model"].get_string().value()),
                       root["attempts"].get_int64()});
    }
    return lines;
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
