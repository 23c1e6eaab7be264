// Streams as a client sees them, through the whole data plane.
#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

class RelayTest : public GatewayTest {
 protected:
  Client& Open(std::string_view more = "") {
    Client& client = Connect();
    client.Post("/v1/chat/completions",
                ChatBody("small", fmt::format(R"(,"stream":true{})", more)));
    return client;
  }
  Client::Answer Whole(Client& client) {
    EXPECT_TRUE(Until([&] { return client.answer().whole; })) << client.answer().body;
    return client.answer();
  }
  bool Got(Client& client, std::string_view text) {
    return Until([&] { return client.answer().body.find(text) != std::string::npos; });
  }
  static std::string Shown(std::string_view content) {
    return RoleEvent() + ContentEvent(content) + FinishEvent() + std::string(kDoneEvent);
  }
};

constexpr std::string_view kAskUsage = R"(,"stream_options":{"include_usage":true})";

TEST_F(RelayTest, NothingIsSentBeforeTheFirstContent) {
  Load();
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Stream(WholeStream("a")).WaitAt(RoleEvent().size(), gate));
  Client& client = Open();
  ASSERT_TRUE(Until([&] { return first_.requests().size() == 1; }));
  Pass(milliseconds(9'999));
  EXPECT_EQ(client.answer().status, 0) << "role is no content; the head waits";
  gate->Open();
  const Client::Answer answer = Whole(client);
  EXPECT_EQ(answer.body, Shown("a"));
  EXPECT_EQ(answer.Header("x-weir-model"), "first/small");
  EXPECT_EQ(answer.Header("content-type"), "text/event-stream; charset=utf-8");
}

TEST_F(RelayTest, WhatAFailedStreamHadSentIsNotSeen) {
  Load();
  first_.Enqueue(Script::Stream(RoleEvent() + FinishEvent())
                     .CutAt(RoleEvent().size(), Script::Ending::kClose));
  second_.Enqueue(Script::Stream(WholeStream("b")));
  const Client::Answer answer = Whole(Open());
  EXPECT_EQ(answer.body, Shown("b"));
  EXPECT_EQ(answer.Header("x-weir-fallback"), "upstream_reset");
  EXPECT_EQ(answer.Header("x-weir-attempts"), "2");
}

TEST_F(RelayTest, UsageIsHiddenFromWhoDidNotAskAndCounted) {
  Load();
  const std::string in_choice =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\","
      "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}}]}\n\n";
  const std::string cut =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  const std::string done(kDoneEvent);
  for (const auto& [sent, shown] :
       {std::pair{WholeStream("a"), Shown("a")},
        std::pair{ContentEvent("a") + in_choice + done, ContentEvent("a") + cut + done}}) {
    first_.Enqueue(Script::Stream(sent));
    EXPECT_EQ(Whole(Open()).body, shown);
    EXPECT_EQ(row().tokens, (ledger::Tokens{10, 0, 5, 0, false}));
    first_.Enqueue(Script::Stream(sent));
    EXPECT_EQ(Whole(Open(kAskUsage)).body, sent) << "byte for byte to whoever asked";
  }
}

TEST_F(RelayTest, ACutStreamEndsInAnErrorAndNoDone) {
  Load();
  const std::string sent = RoleEvent() + ContentEvent("a") + ContentEvent("b");
  for (const auto ending : {Script::Ending::kClose, Script::Ending::kReset}) {
    first_.Enqueue(Script::Stream(sent + FinishEvent()).CutAt(sent.size(), ending));
    const std::string body = Whole(Open()).body;
    EXPECT_TRUE(body.starts_with(RoleEvent() + ContentEvent("a"))) << body;
    EXPECT_NE(body.find(R"("code":"stream_truncated")"), std::string::npos) << body;
    EXPECT_EQ(body.find("[DONE]"), std::string::npos);
    EXPECT_EQ(row().outcome, "stream_truncated");
    EXPECT_EQ(row().attempts.at(0).outcome, "stream_truncated");
    EXPECT_TRUE(row().tokens.estimated);
    EXPECT_GT(row().cost.nano, 0) << "what came is paid for";
  }
  EXPECT_EQ(BreakerOf("small").consecutive_failures(), 2);
}

TEST_F(RelayTest, AnEndWithoutAFinishIsACutToo) {
  Load();
  first_.Enqueue(Script::Stream(ContentEvent("a")));
  EXPECT_EQ(Whole(Open()).body.find("[DONE]"), std::string::npos);
  EXPECT_EQ(row().outcome, "stream_truncated");
}

TEST_F(RelayTest, TheUpstreamsOwnDoneIsBelieved) {
  Load();
  first_.Enqueue(Script::Stream(ContentEvent("a") + std::string(kDoneEvent)));
  EXPECT_EQ(Whole(Open()).body, ContentEvent("a") + std::string(kDoneEvent));
  EXPECT_EQ(row().outcome, "ok");
}

TEST_F(RelayTest, NothingBehindDoneIsWaitedFor) {
  Load();
  const std::string sent = WholeStream("a");
  first_.Enqueue(Script::Stream(sent).CutAt(sent.size(), Script::Ending::kHang));
  EXPECT_EQ(Whole(Open()).body, Shown("a"));
}

TEST_F(RelayTest, AWholeStreamClearsItsTargetsFailures) {
  Load();
  first_.Enqueue(Script::Stream(ContentEvent("a")));
  Whole(Open());
  EXPECT_EQ(BreakerOf("small").consecutive_failures(), 1);
  first_.Enqueue(Script::Stream(WholeStream("a")));
  Whole(Open());
  EXPECT_EQ(BreakerOf("small").consecutive_failures(), 0);
}

TEST_F(RelayTest, AFinishWithoutDoneIsWhole) {
  Load();
  first_.Enqueue(Script::Stream(ContentEvent("a") + FinishEvent()));
  EXPECT_EQ(Whole(Open()).body, ContentEvent("a") + FinishEvent() + std::string(kDoneEvent));
  EXPECT_EQ(row().outcome, "ok");
}

TEST_F(RelayTest, EveryChoiceMustFinish) {
  Load();
  first_.Enqueue(Script::Stream(ContentEvent("a") + FinishEvent()));
  EXPECT_NE(Whole(Open(R"(,"n":2)")).body.find("stream_truncated"), std::string::npos);
  first_.Enqueue(Script::Stream(ContentEvent("a") + FinishEvent() + FinishEvent()));
  EXPECT_TRUE(Whole(Open(R"(,"n":2)")).body.ends_with(kDoneEvent));
}

TEST_F(RelayTest, AnErrorEventEndsTheStreamWithoutDone) {
  Load();
  const std::string error = "data: " + ErrorReply("it broke") + "\n\n";
  first_.Enqueue(Script::Stream(ContentEvent("a") + error + WholeStream("b")));
  const std::string body = Whole(Open()).body;
  EXPECT_NE(body.find("stream_truncated"), std::string::npos);
  EXPECT_NE(body.find("it broke"), std::string::npos);
  EXPECT_EQ(body.find("[DONE]"), std::string::npos);
}

TEST_F(RelayTest, AnErrorBeforeContentIsANextCandidate) {
  Load();
  first_.Enqueue(Script::Stream(RoleEvent() + "data: " + ErrorReply("busy") + "\n\n"));
  second_.Enqueue(Script::Stream(WholeStream("b")));
  EXPECT_EQ(Whole(Open()).body, Shown("b"));
}

TEST_F(RelayTest, AnEmptyStreamIsANextCandidate) {
  Load();
  first_.Enqueue(Script::Stream(RoleEvent() + std::string(kDoneEvent)));
  second_.Enqueue(Script::Stream(WholeStream("b")));
  EXPECT_EQ(Whole(Open()).body, Shown("b"));
  EXPECT_EQ(row().attempts.at(0).outcome, "upstream_bad_answer");
}

TEST_F(RelayTest, AMebibyteWithoutContentIsGivenUp) {
  Load();
  std::string roles;
  while (roles.size() <= (1 << 20) + (64 << 10)) roles += RoleEvent();
  first_.Enqueue(Script::Stream(roles + WholeStream("late")));
  second_.Enqueue(Script::Stream(WholeStream("b")));
  EXPECT_TRUE(Whole(Open()).body == Shown("b"));
}

TEST_F(RelayTest, MalformedEventsAreLeftOutAndCounted) {
  Load();
  first_.Enqueue(Script::Stream("data: {oops\n\n" + ContentEvent("a") + "data: [1]\n\n" +
                                FinishEvent() + std::string(kDoneEvent)));
  EXPECT_EQ(Whole(Open()).body, ContentEvent("a") + FinishEvent() + std::string(kDoneEvent));
  const TrafficTotals totals = state_.traffic.totals();
  EXPECT_EQ(totals.skipped_events, (std::map<std::string, uint64_t>{{"first", 2}}));
}

TEST_F(RelayTest, AnySplitGivesTheSameStream) {
  Load();
  const std::string sent = ": hi\n\n" + RoleEvent() + ContentEvent("a\\u00e9\xe4\xbd\xa0") +
                           FinishEvent() + UsageEvent() + std::string(kDoneEvent);
  const std::string shown =
      RoleEvent() + ContentEvent("a\\u00e9\xe4\xbd\xa0") + FinishEvent() + std::string(kDoneEvent);
  for (size_t at = 1; at < sent.size(); ++at) {
    first_.Enqueue(Script::Stream(sent).SplitAt({at}));
    ASSERT_EQ(Whole(Open()).body, shown) << at;
    ASSERT_EQ(row().tokens.completion, 5) << at;
    clients_.back().Leave();
  }
}

TEST_F(RelayTest, SilenceAfterContentEndsAtTheIdleLimit) {
  Load({.provider = "retries: 0, timeouts: {idle: 15s}"});
  const std::string sent = ContentEvent("a");
  first_.Enqueue(Script::Stream(sent + FinishEvent()).CutAt(sent.size(), Script::Ending::kHang));
  Client& client = Open();
  ASSERT_TRUE(Got(client, sent));
  Pass(milliseconds(14'999));
  EXPECT_FALSE(client.answer().whole);
  Pass(milliseconds(1));
  EXPECT_NE(Whole(client).body.find("stream_truncated"), std::string::npos);
  EXPECT_EQ(row().outcome, "idle_timeout");
  EXPECT_TRUE(first_.WaitForClientGone(0, seconds(5)));
}

TEST_F(RelayTest, AFinishedStreamDoesNotWaitLongForItsUsage) {
  Load();
  const std::string sent = ContentEvent("a") + FinishEvent();
  first_.Enqueue(Script::Stream(sent + UsageEvent()).CutAt(sent.size(), Script::Ending::kHang));
  Client& client = Open();
  ASSERT_TRUE(Got(client, "stop"));
  Pass(seconds(5));
  EXPECT_EQ(Whole(client).body, sent + std::string(kDoneEvent));
  EXPECT_EQ(row().outcome, "ok");
}

TEST_F(RelayTest, AClientThatLeavesInMidStreamClosesTheUpstream) {
  Load();
  const std::string sent = ContentEvent("a");
  first_.Enqueue(Script::Stream(sent + FinishEvent()).CutAt(sent.size(), Script::Ending::kHang));
  Client& client = Open();
  ASSERT_TRUE(Got(client, sent));
  client.Leave(net::IoStatus::kReset);
  ASSERT_TRUE(Until([&] { return !ledger_.rows.empty(); }));
  EXPECT_EQ(row().outcome, "client_gone");
  EXPECT_TRUE(first_.WaitForClientGone(0, seconds(5)));
  EXPECT_EQ(BreakerOf("small").consecutive_failures(), 0);
}

TEST_F(RelayTest, AWholeStreamGivesItsConnectionBack) {
  Load();
  first_.Always(Script::Stream(WholeStream("a")));
  for (int i = 0; i < 3; ++i) {
    Whole(Open());
    ASSERT_TRUE(Until([&] { return state_.pool.idle() == 1; }));
  }
  EXPECT_EQ(first_.connections(), 1U);
}

}  // namespace
}  // namespace weir::gateway
