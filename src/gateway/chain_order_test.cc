// Which candidate is asked after which answer.
#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

struct Fault {
  const char* name;
  Script script;
  const char* outcome;
  int status;   // in the row
  bool blames;  // the target's breaker counts it
};

const Fault kFaults[] = {
    {"Status429", Script::Json("{}", 429), "upstream_rate_limit", 429, false},
    {"Status500", Script::Json(ErrorReply("no"), 500), "upstream_status", 500, true},
    {"Status503", Script::Json("", 503), "upstream_status", 503, true},
    {"Status529", Script::Json(ErrorReply("busy"), 529), "upstream_status", 529, true},
    {"Status408", Script::Json("{}", 408), "upstream_status", 408, true},
    {"Status404", Script::Json(ErrorReply("gone"), 404), "upstream_no_model", 404, false},
    {"Status401", Script::Json(ErrorReply("who"), 401), "upstream_auth", 401, false},
    {"Status402", Script::Json(ErrorReply("pay"), 402), "upstream_auth", 402, false},
    {"Status403", Script::Json(ErrorReply("no"), 403), "upstream_auth", 403, false},
    {"Status302", Script::Json("", 302), "upstream_protocol", 302, true},
    {"ErrorIn200", Script::Json(ErrorReply("it broke")), "upstream_bad_answer", 200, true},
    {"EmptyIn200", Script::Json(""), "upstream_bad_answer", 200, true},
    {"NoChoices", Script::Json(R"({"choices":[]})"), "upstream_bad_answer", 200, true},
    {"NotJson", Script::Json("<html>"), "upstream_bad_answer", 200, true},
    {"NotJsonsType", Script::Json(ChatReply("x")).WithType("text/html"), "upstream_bad_answer", 200,
     true},
    {"ResetInHead", Script::Json("{}").CutHeadAt(9, Script::Ending::kReset), "upstream_reset", 0,
     true},
    {"ClosedAtOnce", Script::Json("{}").CutHeadAt(0, Script::Ending::kClose), "upstream_reset", 0,
     true},
    {"CutBody", Script::Json(ChatReply("x")).CutAt(20, Script::Ending::kClose), "upstream_reset",
     200, true},
    {"NotHttp", Script::Raw("SSH-2.0-x\r\n\r\n"), "upstream_protocol", 0, true},
};

class FaultTest : public ChainTest, public testing::WithParamInterface<Fault> {};

TEST_P(FaultTest, GoesToTheNextCandidate) {
  Load();
  first_.Enqueue(GetParam().script);
  second_.Enqueue(Script::Json(ChatReply("second")));
  auto run = Run();
  ASSERT_TRUE(run->answer());
  EXPECT_EQ(*run->answer()->body, ChatReply("second"));
  EXPECT_EQ(run->Story(), std::string("small:") + GetParam().outcome + " middle:ok");
  EXPECT_EQ(run->chain().attempts()[0].status, GetParam().status);
  EXPECT_EQ(run->chain().fallback(), GetParam().outcome);
  EXPECT_EQ(BreakerOf("small").consecutive_failures(), GetParam().blames ? 1 : 0);
  EXPECT_FALSE(run->chain().pass_through());
}

TEST_P(FaultTest, GoesToTheNextCandidateOfAStream) {
  Load();
  first_.Enqueue(GetParam().script);
  second_.Enqueue(Script::Stream(WholeStream("second")));
  auto run = Run("small", true);
  ASSERT_TRUE(run->answer());
  EXPECT_TRUE(run->Story().ends_with(" middle:ok")) << run->Story();
  EXPECT_EQ(run->answer()->relay->pending(), RoleEvent() + ContentEvent("second"));
}

INSTANTIATE_TEST_SUITE_P(Every, FaultTest, testing::ValuesIn(kFaults),
                         [](const auto& each) { return std::string(each.param.name); });

using ChainOrderTest = ChainTest;

TEST_F(ChainOrderTest, AnAnswerBeyondAllBoundsGoesToTheNextCandidate) {
  Load();
  first_.Enqueue(Script::Json(std::string((64 << 20) + 1, ' ')));
  second_.Enqueue(Script::Json(ChatReply("second")));
  auto run = Run();
  ASSERT_TRUE(run->answer());
  EXPECT_EQ(run->Story(), "small:upstream_too_large middle:ok");
}

TEST_F(ChainOrderTest, TheFirstThatAnswersIsTheLastThatIsAsked) {
  Load();
  first_.Enqueue(Script::Json(ChatReply("first")));
  auto run = Run();
  ASSERT_TRUE(run->answer());
  EXPECT_EQ(run->answer()->target->name, "first/small");
  EXPECT_EQ(run->Story(), "small:ok");
  EXPECT_EQ(run->chain().fallback(), "");
  EXPECT_EQ(second_.requests().size(), 0U);
}

TEST_F(ChainOrderTest, CandidatesAreAskedInTheirOrderUntilNoneIsLeft) {
  Load();
  for (ScriptedUpstream* each : {&first_, &second_, &third_}) each->Always(Script::Json("", 500));
  auto run = Run();
  ASSERT_FALSE(run->answer());
  EXPECT_EQ(run->Story(), "small:upstream_status middle:upstream_status large:upstream_status");
  EXPECT_EQ(run->answer().error().status(), 502);
  EXPECT_NE(run->answer().error().message.find("first/small: upstream_status, second/middle"),
            std::string::npos)
      << run->answer().error().message;
}

TEST_F(ChainOrderTest, AModelThatIsNowhereIsAnUpstreamsFault) {
  Load();
  for (ScriptedUpstream* each : {&first_, &second_, &third_}) each->Always(Script::Json("{}", 404));
  auto run = Run();
  ASSERT_FALSE(run->answer());
  EXPECT_EQ(run->answer().error().status(), 502);
}

TEST_F(ChainOrderTest, ARefusalOfTheRequestGoesBackAndNobodyElseIsAsked) {
  for (const int status : {400, 413, 422}) {
    Load();
    first_.Enqueue(Script::Json(ErrorReply("top_p is too high"), status).WithType("text/plain"));
    auto run = Run();
    ASSERT_FALSE(run->answer());
    ASSERT_TRUE(run->chain().pass_through());
    EXPECT_EQ(run->chain().pass_through()->status, status);
    EXPECT_EQ(run->chain().pass_through()->content_type, "text/plain");
    EXPECT_EQ(run->chain().pass_through()->body, ErrorReply("top_p is too high"));
    EXPECT_EQ(BreakerOf("small").consecutive_failures(), 0);
  }
  EXPECT_EQ(second_.requests().size() + third_.requests().size(), 0U);
}

TEST_F(ChainOrderTest, ATooSmallWindowGoesToLargerOnesOnly) {
  Load();
  first_.Enqueue(Script::Json(ErrorReply("too long", "context_length_exceeded"), 400));
  third_.Enqueue(Script::Json(ChatReply("roomy")));
  auto run = Run();
  ASSERT_TRUE(run->answer());
  EXPECT_EQ(run->Story(), "small:context_length_exceeded large:ok");
  EXPECT_EQ(second_.requests().size(), 0U) << "its window is as small";
}

TEST_F(ChainOrderTest, ATooSmallWindowAfterAnotherFaultIsStillTheAnswer) {
  Load();
  first_.Enqueue(Script::Json("", 500));
  second_.Enqueue(Script::Json("", 500));
  third_.Enqueue(Script::Json(ErrorReply("too long", "context_length_exceeded"), 400));
  auto run = Run();
  ASSERT_FALSE(run->answer());
  EXPECT_EQ(run->answer().error().reason, Reason::kContextTooLong);
  ASSERT_TRUE(run->chain().pass_through());
  EXPECT_EQ(run->chain().pass_through()->body, ErrorReply("too long", "context_length_exceeded"));
}

TEST_F(ChainOrderTest, MaxAttemptsBoundsCandidatesAndRetriesTogether) {
  Load({.provider = "retries: 5", .limits = "max_attempts: 3"});
  first_.Always(Script::Json("", 404));
  second_.Always(Script::Json("", 503));
  auto run = Start();
  ASSERT_TRUE(Until([&] {
    Pass(milliseconds(200));
    return run->done();
  }));
  EXPECT_EQ(run->chain().attempts().size(), 3U);
  EXPECT_EQ(third_.requests().size(), 0U);
}

TEST_F(ChainOrderTest, AKeptConnectionThatDiedIsReplacedWithinTheAttempt) {
  Load();
  first_.Enqueue(Script::Json(ChatReply("one")));
  first_.Enqueue(Script::Json("").CutHeadAt(0, Script::Ending::kClose));
  first_.Enqueue(Script::Json(ChatReply("two")));
  ASSERT_TRUE(Run()->answer());
  auto run = Run();
  ASSERT_TRUE(run->answer());
  EXPECT_EQ(run->Story(), "small:ok");
  EXPECT_EQ(first_.connections(), 2U);
}

TEST_F(ChainOrderTest, ARowSaysWhenWhereAndHowItWent) {
  Load();
  const auto gate = Gate::Make();
  first_.Enqueue(Script::Json("", 500));
  second_.Enqueue(Script::Json(ChatReply("x")).WaitBeforeHead(gate));
  auto run = Start();
  ASSERT_TRUE(Asked(second_, 1));
  clock_.Advance(milliseconds(300));
  gate->Open();
  ASSERT_TRUE(Until([&] { return run->done(); }));
  const ledger::Attempt& row = run->chain().attempts().at(1);
  EXPECT_EQ(row.model, "second/middle");
  EXPECT_EQ(row.provider, "second");
  EXPECT_EQ(row.status, 200);
  EXPECT_EQ(row.started_us, 0);
  EXPECT_EQ(row.first_byte_us, 300'000);
  EXPECT_EQ(row.total_us, 300'000);
  EXPECT_EQ(row.tokens, (ledger::Tokens{10, 0, 5, 0, false}));
  EXPECT_EQ(row.cost, NanoUsd{20'000});
  EXPECT_TRUE(row.priced);
}

TEST_F(ChainOrderTest, AClientThatLeavesEndsTheChain) {
  Load();
  first_.Always(Script::Hang());
  auto run = Start();
  ASSERT_TRUE(Asked(first_, 1));
  run->cancel().Cancel();
  ASSERT_TRUE(Until([&] { return run->done(); }));
  ASSERT_FALSE(run->answer());
  EXPECT_EQ(run->answer().error().reason, Reason::kClientGone);
  EXPECT_EQ(run->Story(), "small:client_gone");
  EXPECT_TRUE(first_.WaitForClientGone(0, seconds(5)));
  EXPECT_EQ(BreakerOf("small").consecutive_failures(), 0);
  EXPECT_EQ(second_.requests().size(), 0U);
}

}  // namespace
}  // namespace weir::gateway
