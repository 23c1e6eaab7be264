// Equal requests in flight share one upstream call.
#include "gateway/cached_world_for_test.h"

namespace weir::gateway {
namespace {

class SharedFlightTest : public ExchangeCacheTest {
 protected:
  // The next call's answer waits for the gate.
  std::shared_ptr<Gate> HoldPlain(std::string_view content) {
    auto gate = Gate::Make();
    first_.Enqueue(Script::Json(ChatReply(content)).WaitBeforeHead(gate));
    return gate;
  }
  bool Asked(size_t calls) {
    return Until([&] { return first_.requests().size() >= calls; });
  }
};

TEST_F(SharedFlightTest, C14FiveHundredEqualRequestsAreOneCall) {
  Cached();
  const auto gate = HoldPlain("one");
  std::vector<Client*> clients;
  for (int i = 0; i < 500; ++i) clients.push_back(&Post(Body("hi")));
  ASSERT_TRUE(Asked(1));
  Pass(milliseconds(10));
  gate->Open();
  int led = 0;
  for (Client* client : clients) {
    Finished(*client);
    const Client::Answer answer = client->answer();
    EXPECT_EQ(answer.body, ChatReply("one"));
    led += How(answer) == "miss" ? 1 : 0;
    if (How(answer) != "miss") {
      EXPECT_EQ(How(answer), "shared");
    }
  }
  EXPECT_EQ(led, 1);
  EXPECT_EQ(first_.requests().size(), 1U);
  NanoUsd spent;
  for (const ledger::Record& row : ledger_.rows) spent.nano += row.cost.nano;
  EXPECT_EQ(spent.nano, 20'000) << "10 x 1 + 5 x 2 per million, once";
  EXPECT_EQ(How(Body("hi")), "hit");
}

TEST_F(SharedFlightTest, OtherKeysDoNotFollow) {
  Cached();
  const auto gate = HoldPlain("one");
  Client& mine = Post(Body("hi"), "authorization: Bearer a\r\n");
  ASSERT_TRUE(Asked(1));
  const Client::Answer other = Ask(Body("hi"), "authorization: Bearer b\r\n");
  EXPECT_EQ(How(other), "miss");
  EXPECT_NE(other.body, ChatReply("one"));
  gate->Open();
  Finished(mine);
}

TEST_F(SharedFlightTest, AFollowerOfAStreamGetsTheWholeHoweverLate) {
  Cached();
  const auto gate = Gate::Make();
  const std::string head = RoleEvent() + ContentEvent("a");
  first_.Enqueue(Script::Stream(head + ContentEvent("b") + FinishEvent() + std::string(kDoneEvent))
                     .WaitAt(head.size(), gate));
  Client& leader = Post(Body("hi", kStream));
  ASSERT_TRUE(Until([&] { return leader.answer().body.size() >= head.size(); }));
  Client& follower = Post(Body("hi", kStream));
  ASSERT_TRUE(Until([&] { return follower.answer().body == head; })) << follower.answer().body;
  EXPECT_EQ(How(follower.answer()), "shared");
  EXPECT_EQ(follower.answer().Header("x-weir-model"), "first/small");
  gate->Open();
  Finished(leader);
  Finished(follower);
  EXPECT_EQ(follower.answer().body, leader.answer().body);
  EXPECT_EQ(first_.requests().size(), 1U);
}

TEST_F(SharedFlightTest, ALeadersFailureCostsOneNewCall) {
  Cached();
  World world;
  world.auto_more = std::string(kAllSimple) + ", cache: {mode: exact}";
  world.limits = "max_attempts: 1";
  Load(world);
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json(ErrorReply("down"), 500).WaitBeforeHead(gate));
  std::vector<Client*> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(&Post(Body("hi")));
  ASSERT_TRUE(Asked(1));
  Pass(milliseconds(10));
  gate->Open();
  int failed = 0;
  for (Client* client : clients) {
    Finished(*client);
    failed += client->answer().status == 200 ? 0 : 1;
  }
  EXPECT_EQ(failed, 1) << "the leader's own";
  EXPECT_EQ(first_.requests().size(), 2U);
}

TEST_F(SharedFlightTest, TwoFailuresAreEnough) {
  Cached();
  World world;
  world.auto_more = std::string(kAllSimple) + ", cache: {mode: exact}";
  world.limits = "max_attempts: 1";
  Load(world);
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json(ErrorReply("down"), 500).WaitBeforeHead(gate));
  first_.Enqueue(Script::Json(ErrorReply("down"), 500));
  std::vector<Client*> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(&Post(Body("hi")));
  ASSERT_TRUE(Asked(1));
  Pass(milliseconds(10));
  gate->Open();
  for (Client* client : clients) {
    Finished(*client);
    EXPECT_EQ(client->answer().status, 502);
  }
  EXPECT_EQ(first_.requests().size(), 2U);
}

TEST_F(SharedFlightTest, ARefusalOfTheRequestIsEveryonesAnswer) {
  Cached();
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json(ErrorReply("bad tool"), 400).WaitBeforeHead(gate));
  Client& leader = Post(Body("hi"));
  ASSERT_TRUE(Asked(1));
  Client& follower = Post(Body("hi"));
  Pass(milliseconds(10));
  gate->Open();
  Finished(leader);
  Finished(follower);
  EXPECT_EQ(follower.answer().status, 400);
  EXPECT_EQ(follower.answer().body, leader.answer().body);
  EXPECT_EQ(first_.requests().size(), 1U);
}

TEST_F(SharedFlightTest, TheLeadersClientMayLeave) {
  Cached();
  for (const bool stream : {false, true}) {
    const size_t before = first_.requests().size();
    const std::string body = Body("hi", stream ? kStream : "");
    const auto gate = Gate::Make();
    Script script = stream ? Script::Stream(WholeStream("late")) : Script::Json(ChatReply("late"));
    first_.Enqueue(script.WaitBeforeHead(gate));
    Client& leader = Post(body);
    ASSERT_TRUE(Asked(before + 1));
    Client& follower = Post(body);
    Pass(milliseconds(10));
    leader.Leave();
    Pass(milliseconds(10));
    EXPECT_FALSE(follower.answer().whole);
    gate->Open();
    Finished(follower);
    EXPECT_EQ(follower.answer().body, stream ? Shown("late") : ChatReply("late"));
    EXPECT_EQ(first_.requests().size(), before + 1) << "nobody asked again";
    ASSERT_TRUE(Until([&] { return ledger_.rows.size() % 2 == 0; }));
    EXPECT_EQ(How(body), "hit") << "and it is kept";
    int64_t paid = 0, left = 0;
    for (const ledger::Record& row : ledger_.rows) {
      paid += row.cost.nano;
      left += row.outcome == "client_gone" ? 1 : 0;
    }
    EXPECT_EQ(paid, stream ? 40'000 : 20'000) << "the leader's row has the cost";
    EXPECT_EQ(left, stream ? 2 : 1);
    ledger_.rows.push_back({});  // keeps the count even
  }
}

TEST_F(SharedFlightTest, WhenAllHaveLeftTheCallEnds) {
  Cached();
  first_.Enqueue(Script::Hang());
  Client& leader = Post(Body("hi"));
  ASSERT_TRUE(Asked(1));
  Client& follower = Post(Body("hi"));
  Pass(milliseconds(10));
  leader.Leave();
  Pass(milliseconds(10));
  EXPECT_TRUE(ledger_.rows.empty()) << "the follower still waits";
  follower.Leave();
  ASSERT_TRUE(Until([&] { return ledger_.rows.size() == 2; }));
  EXPECT_TRUE(first_.WaitForClientGone(0, seconds(5)).has_value());
  for (const ledger::Record& row : ledger_.rows) EXPECT_EQ(row.outcome, "client_gone");
}

TEST_F(SharedFlightTest, AFollowerWhoHasSeenContentIsToldOfTheCut) {
  Cached();
  const auto gate = Gate::Make();
  const std::string head = RoleEvent() + ContentEvent("a");
  first_.Enqueue(Script::Stream(head + ContentEvent("b"))
                     .WaitAt(head.size(), gate)
                     .CutAt(head.size() + 1, Script::Ending::kClose));
  Client& leader = Post(Body("hi", kStream));
  ASSERT_TRUE(Until([&] { return leader.answer().body.size() >= head.size(); }));
  Client& follower = Post(Body("hi", kStream));
  ASSERT_TRUE(Until([&] { return follower.answer().body.size() >= head.size(); }));
  gate->Open();
  Finished(leader);
  Finished(follower);
  EXPECT_NE(follower.answer().body.find("stream_truncated"), std::string::npos);
  EXPECT_EQ(follower.answer().body.find("[DONE]"), std::string::npos);
  EXPECT_EQ(first_.requests().size(), 1U);
}

TEST_F(SharedFlightTest, AFollowerIsKeptCompanyAndHasADeadline) {
  World world;
  world.auto_more = std::string(kAllSimple) + ", deadline: 25s, cache: {mode: exact}";
  Load(world);
  first_.Enqueue(Script::Hang());
  first_.Enqueue(Script::Hang());
  Client& leader = Post(Body("hi", kStream));
  ASSERT_TRUE(Asked(1));
  Client& follower = Post(Body("hi", kStream));
  Pass(milliseconds(1));
  for (int i = 0; i < 3; ++i) Pass(seconds(8));
  EXPECT_NE(follower.answer().body.find(": keep-alive"), std::string::npos);
  Pass(seconds(8));
  Finished(leader);
  Finished(follower);
  EXPECT_NE(follower.answer().body.find("upstream_timeout"), std::string::npos)
      << follower.answer().body;
}

TEST_F(SharedFlightTest, ANoCacheRequestFollowsNobody) {
  Cached();
  const auto gate = HoldPlain("old");
  Client& leader = Post(Body("hi"));
  ASSERT_TRUE(Asked(1));
  const Client::Answer fresh = Ask(Body("hi"), "cache-control: no-cache\r\n");
  EXPECT_EQ(How(fresh), "miss");
  EXPECT_EQ(fresh.body, ChatReply("answer 1"));
  gate->Open();
  Finished(leader);
}

TEST_F(SharedFlightTest, APurgeKeepsWhatWasAskedForBeforeOut) {
  Cached();
  const auto gate = HoldPlain("old");
  Client& leader = Post(Body("hi"));
  ASSERT_TRUE(Asked(1));
  Client& follower = Post(Body("hi"));
  Pass(milliseconds(10));
  core_.cache.Purge({});
  Client& later = Post(Body("hi"));
  Finished(later);
  EXPECT_EQ(How(later.answer()), "miss") << "it does not join a call from before the purge";
  gate->Open();
  Finished(leader);
  Finished(follower);
  EXPECT_EQ(follower.answer().body, ChatReply("old"));
  EXPECT_EQ(Ask(Body("hi")).body, later.answer().body);
}

}  // namespace
}  // namespace weir::gateway
