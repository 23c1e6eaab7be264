// The answer cache as clients see it, through the whole data plane (HARDENING C01-C15 where one
// worker and a clock of its own suffice; the rest is end to end).
#include "gateway/cached_world_for_test.h"

namespace weir::gateway {
namespace {

TEST_F(ExchangeCacheTest, ARepeatIsAnsweredFromMemory) {
  Cached();
  const Client::Answer first = Ask(Body("hi"));
  const Client::Answer again = Ask(Body("hi"));
  EXPECT_EQ(How(first), "miss");
  EXPECT_EQ(How(again), "hit");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_NE(again.Header("x-weir-id"), first.Header("x-weir-id"));
  for (const char* name : {"x-weir-model", "x-weir-route", "x-weir-tier", "x-weir-reason"}) {
    EXPECT_EQ(again.Header(name), first.Header(name)) << name;
  }
  EXPECT_EQ(again.Header("x-weir-attempts"), "0");
  EXPECT_EQ(again.Header("x-weir-cost-usd"), "0.00");
  EXPECT_EQ(calls_, 1);
}

// HARDENING B11.
TEST_F(ExchangeCacheTest, B11AHitCostsNothingAndItsRowSaysWhatItSaved) {
  Cached();
  Ask(Body("hi"));
  const ledger::Record paid = row();
  Ask(Body("hi"));
  const ledger::Record hit = row();
  EXPECT_GT(paid.cost.nano, 0);
  EXPECT_EQ(hit.cache, "hit");
  EXPECT_EQ(hit.cost.nano, 0);
  EXPECT_TRUE(hit.priced);
  EXPECT_TRUE(hit.attempts.empty());
  EXPECT_EQ(hit.tokens, paid.tokens);
  EXPECT_EQ(hit.baseline_cost, paid.baseline_cost);
  EXPECT_EQ(hit.model, paid.model);
  EXPECT_EQ(hit.outcome, "ok");
  const TrafficTotals totals = state_.traffic.totals();
  EXPECT_EQ(totals.cached.at({"auto", "hit"}), 1U);
  EXPECT_EQ(totals.cached.at({"auto", "miss"}), 1U);
}

// Whoever would have been asked again would have had the prompt in its own cache for a while.
TEST_F(ExchangeCacheTest, ARepeatIsHeldAgainstAWarmBaseline) {
  Cached("mode: exact, ttl: 1h");
  std::string reply = ChatReply("ok");
  reply.replace(reply.find("\"prompt_tokens\":10"), 18, "\"prompt_tokens\":2000");
  first_.Handle([reply](const SeenRequest&) { return Script::Json(reply); });
  Ask(Body("hi"));
  const ledger::Record paid = row();
  constexpr int64_t kCold = 2'000 * 1'000 + 5 * 2'000;
  constexpr int64_t kWarm = 80 * 1'000 + 1'920 * 100 + 5 * 2'000;
  EXPECT_EQ(paid.baseline_cost, NanoUsd{kCold});
  for (int i = 0; i < 2; ++i) {
    Pass(std::chrono::minutes(4));
    Ask(Body("hi"));
    EXPECT_EQ(row().baseline_cost, NanoUsd{kWarm}) << "each repeat keeps it warm";
    EXPECT_LE(*row().baseline_low, NanoUsd{kWarm});
    EXPECT_GE(*row().baseline_high, NanoUsd{kCold});
    EXPECT_EQ(row().cache_saved, paid.cost) << "small has no price for what is cached";
  }
  Pass(std::chrono::minutes(6));
  Ask(Body("hi"));
  EXPECT_EQ(row().cache, "hit");
  EXPECT_EQ(row().baseline_cost, NanoUsd{kCold});
  EXPECT_LE(*row().baseline_low, NanoUsd{kWarm});
}

TEST_F(ExchangeCacheTest, AStreamIsReplayedAsAStream) {
  Cached();
  const Client::Answer first = Ask(Body("hi", kStream));
  const Client::Answer again = Ask(Body("hi", kStream));
  EXPECT_EQ(first.body, Shown("answer 1"));
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(How(again), "hit");
  EXPECT_EQ(again.Header("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(How(Body("hi")), "miss") << "the plain answer is another one";
  EXPECT_EQ(row().tokens.prompt, 10);
}

TEST_F(ExchangeCacheTest, AStreamIsReplayedAtItsPaceWhereAsked) {
  Cached("mode: exact, replay: paced");
  const auto gate = Gate::Make();
  const std::string head = RoleEvent() + ContentEvent("a");
  first_.Enqueue(Script::Stream(head + ContentEvent("b") + FinishEvent() + std::string(kDoneEvent))
                     .WaitAt(head.size(), gate));
  Client& client = Post(Body("hi", kStream));
  ASSERT_TRUE(Until([&] { return client.answer().body.size() >= head.size(); }));
  Pass(seconds(3));
  gate->Open();
  Finished(client);
  Client& again = Post(Body("hi", kStream));
  ASSERT_TRUE(Until([&] { return !again.answer().body.empty(); }));
  Pass(milliseconds(2'900));
  EXPECT_EQ(again.answer().body, head);
  EXPECT_FALSE(again.answer().whole);
  Pass(milliseconds(200));
  Finished(again);
  EXPECT_EQ(again.answer().body, client.answer().body);
  EXPECT_EQ(row().cache, "hit");
}

TEST_F(ExchangeCacheTest, C01AKeyNeverGetsAnotherKeysAnswer) {
  Cached();
  EXPECT_EQ(How(Body("hi"), "authorization: Bearer a\r\n"), "miss");
  EXPECT_EQ(How(Body("hi"), "authorization: Bearer b\r\n"), "miss");
  EXPECT_EQ(How(Body("hi")), "miss");
  EXPECT_EQ(How(Body("hi"), "x-api-key: a\r\n"), "hit") << "the same key, shown otherwise";
  EXPECT_EQ(How(Body("hi"), "authorization: Bearer a\r\nx-api-key: b\r\n"), "miss");
  EXPECT_EQ(How(Body("hi"), "authorization: Bearer b\r\n"), "hit");
}

TEST_F(ExchangeCacheTest, ScopeAllIsSharedByEveryone) {
  Cached("mode: exact, scope: all");
  EXPECT_EQ(How(Body("hi"), "authorization: Bearer a\r\n"), "miss");
  EXPECT_EQ(How(Body("hi"), "authorization: Bearer b\r\n"), "hit");
}

TEST_F(ExchangeCacheTest, C04NothingInTheRequestChoosesWhoseAnswerItGets) {
  Cached();
  EXPECT_EQ(How(Body("hi", R"(,"user":"a")"), "authorization: Bearer a\r\n"), "miss");
  EXPECT_EQ(How(Body("hi", R"(,"user":"a")"), "authorization: Bearer b\r\n"), "miss");
  EXPECT_EQ(How(Body("hi", R"(,"user":"a","metadata":{"key":"a"})"),
                "authorization: Bearer b\r\nx-weir-key: a\r\nx-weir-scope: all\r\n"),
            "miss");
}

TEST_F(ExchangeCacheTest, C06NearMissesAreMisses) {
  Cached();
  const std::pair<const char*, const char*> pairs[] = {
      {"pay 100 dollars", "pay 1000 dollars"},
      {"is it safe", "is it not safe"},
      {"mail Anna", "mail Anne"},
      {"in 2024", "in 2025"},
      {"5 EUR", "5 USD"},
      {"hi", "hi "},
  };
  for (const auto& [one, other] : pairs) {
    EXPECT_EQ(How(Body(one)), "miss");
    EXPECT_EQ(How(Body(other)), "miss") << other;
  }
}

TEST_F(ExchangeCacheTest, C07EveryParameterIsPartOfTheKey) {
  Cached();
  EXPECT_EQ(How(Body("hi")), "miss");
  for (const char* more :
       {R"(,"tools":[])", R"(,"seed":1)", R"(,"response_format":{"type":"json_object"})",
        R"(,"n":1)", R"(,"temperature":0)", R"(,"top_p":0.5)", R"(,"max_tokens":9)",
        R"(,"unknown":1)"}) {
    EXPECT_EQ(How(Body("hi", more)), "miss") << more;
    EXPECT_EQ(How(Body("hi", more)), "hit") << more;
  }
  EXPECT_EQ(How(Body("hi"), "openai-beta: x\r\n"), "miss");
  EXPECT_EQ(How(Body("hi"), "OpenAI-Beta: x\r\n"), "hit");
  EXPECT_EQ(How(Body("hi"), "user-agent: other\r\n"), "hit");
  EXPECT_EQ(How(Ask(Body("hi"), "", "/v1/chat/completions?api-version=2")), "miss");
  EXPECT_EQ(How(Ask(R"({"prompt":"hi","model":"auto"})", "", "/v1/completions")), "miss");
  EXPECT_EQ(How(R"( { "messages" : [ {"role":"user","content":"hi"} ] , "model":"auto" } )"),
            "hit");
}

TEST_F(ExchangeCacheTest, ChoosingAModelHasNoCache) {
  Cached();
  EXPECT_EQ(How(ChatBody("small")), "off");
  EXPECT_EQ(How(ChatBody("small")), "off");
  EXPECT_EQ(How(Body("hi"), "x-weir-model: small\r\n"), "off");
  EXPECT_EQ(How(ChatBody("small"), "x-weir-model: auto\r\n"), "miss");
  EXPECT_EQ(How(Ask(ChatBody("other"), "", "/v1/chat/completions?model=auto")), "hit");
  EXPECT_EQ(calls_, 4);
}

TEST_F(ExchangeCacheTest, SampledAnswersAreKeptOnlyWhereAsked) {
  Cached();
  EXPECT_EQ(How(Body("hi", R"(,"temperature":0.7)")), "off");
  EXPECT_EQ(How(Body("hi", R"(,"temperature":0.7)")), "off");
  Cached("mode: exact, sampled: true");
  EXPECT_EQ(How(Body("hi", R"(,"temperature":0.7)")), "miss");
  EXPECT_EQ(How(Body("hi", R"(,"temperature":0.7)")), "hit");
}

TEST_F(ExchangeCacheTest, ARouteWithoutACacheHasNone) {
  Cached("mode: off");
  EXPECT_EQ(How(Body("hi")), "off");
  EXPECT_EQ(How(Body("hi")), "off");
}

TEST_F(ExchangeCacheTest, AnswersGrowOld) {
  Cached("mode: exact, ttl: 1h");
  EXPECT_EQ(How(Body("hi")), "miss");
  clock_.Advance(seconds(3'599));
  EXPECT_EQ(How(Body("hi")), "hit");
  clock_.Advance(seconds(1));
  EXPECT_EQ(How(Body("hi")), "miss");
}

TEST_F(ExchangeCacheTest, C08WhatIsNotAWholeGoodAnswerIsNotKept) {
  Cached();
  first_.Enqueue(Script::Json(ErrorReply("no"), 400));
  EXPECT_EQ(Ask(Body("a")).status, 400);
  EXPECT_EQ(How(Body("a")), "miss") << "a refusal";
  first_.Enqueue(Script::Json(ErrorReply("down"), 500));
  const Client::Answer fallback = Ask(Body("b"));
  EXPECT_EQ(fallback.Header("x-weir-model"), "second/middle");
  EXPECT_EQ(How(Body("b")), "miss") << "not the first choice's";
  first_.Enqueue(Script::Stream(RoleEvent() + ContentEvent("c") + FinishEvent())
                     .CutAt(RoleEvent().size() + ContentEvent("c").size(), Script::Ending::kClose));
  Ask(Body("c", kStream));
  EXPECT_EQ(row().outcome, "stream_truncated");
  EXPECT_EQ(How(Body("c", kStream)), "miss") << "a cut stream";
  std::string filtered = ChatReply("d");
  filtered.replace(filtered.find("\"stop\""), 6, "\"content_filter\"");
  first_.Enqueue(Script::Json(filtered));
  EXPECT_EQ(Ask(Body("d")).body, filtered);
  EXPECT_EQ(How(Body("d")), "miss") << "filtered";
  std::string events = WholeStream("e");
  events.replace(events.find("\"stop\""), 6, "\"content_filter\"");
  first_.Enqueue(Script::Stream(events));
  Ask(Body("e", kStream));
  EXPECT_EQ(How(Body("e", kStream)), "miss") << "a filtered stream";
}

TEST_F(ExchangeCacheTest, C12CacheControlIsObeyed) {
  Cached();
  EXPECT_EQ(How(Body("hi"), "cache-control: no-store\r\n"), "off");
  EXPECT_EQ(How(Body("hi")), "miss") << "it was not stored";
  EXPECT_EQ(How(Body("hi"), "cache-control: no-store\r\n"), "off");
  const Client::Answer fresh = Ask(Body("hi"), "Cache-Control: max-age=60, No-Cache\r\n");
  EXPECT_EQ(How(fresh), "miss");
  EXPECT_EQ(fresh.body, ChatReply("answer 4"));
  const Client::Answer after = Ask(Body("hi"));
  EXPECT_EQ(How(after), "hit");
  EXPECT_EQ(after.body, fresh.body) << "the fresh answer replaced the old one";
  EXPECT_EQ(How(Body("hi"), "cache-control: max-age=0\r\n"), "miss");
}

TEST_F(ExchangeCacheTest, APurgeTakesWhatItNames) {
  Cached();
  const std::string of_a = "authorization: Bearer a\r\n";
  EXPECT_EQ(How(Body("hi"), of_a), "miss");
  EXPECT_EQ(How(Body("hi")), "miss");
  EXPECT_EQ(core_.cache.Purge({"other", {}}), 0U);
  EXPECT_EQ(core_.cache.Purge({"auto", Sha256("a")}), 1U);
  EXPECT_EQ(How(Body("hi"), of_a), "miss");
  EXPECT_EQ(How(Body("hi")), "hit");
  EXPECT_EQ(core_.cache.Purge({}), 2U);
  EXPECT_EQ(How(Body("hi")), "miss");
}

}  // namespace
}  // namespace weir::gateway
