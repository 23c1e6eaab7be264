// From what upstreams said to tokens, money and rows.
#include "gateway/accounting.h"

#include "gateway/world_for_test.h"
#include "json/object.h"

namespace weir::gateway {
namespace {

using chat::UsageCounts;
using ledger::Tokens;

constexpr WallMicros kAt = 1'764'000'000'000'000;

TEST(AccountingTest, WhatTheUpstreamSaidBeatsTheEstimate) {
  const chat::Request request;
  route::Decision decision;
  decision.estimated_prompt_tokens = 77;
  const Asked asked{request, 900, decision};
  EXPECT_EQ(CountTokens(UsageCounts{100, 40, 20, 5}, asked, 4000), (Tokens{100, 40, 20, 5, false}));
  EXPECT_EQ(CountTokens(UsageCounts{100, 40, 20, 5, 30, 20, 10, 7}, asked, 4000),
            (Tokens{100, 40, 20, 5, false, 30, 20, 10, 7}));
  EXPECT_EQ(CountTokens(UsageCounts{}, asked, 4000), (Tokens{0, 0, 0, 0, false}))
      << "zeros are said as well";
  EXPECT_EQ(CountTokens(std::nullopt, asked, 4000), (Tokens{77, 0, 1000, 0, true}));
}

TEST(AccountingTest, WithoutUsageTheEstimateSaysSo) {
  chat::Request request;
  route::Decision decision;
  decision.estimated_prompt_tokens = 77;
  const auto estimate = [&](int64_t text) {
    return CountTokens(std::nullopt, {request, 900, decision}, text);
  };
  EXPECT_EQ(estimate(4000), (Tokens{77, 0, 1000, 0, true}));
  EXPECT_EQ(estimate(0), (Tokens{77, 0, 0, 0, true}));
  EXPECT_EQ(estimate(1), (Tokens{77, 0, 1, 0, true})) << "a byte is a token";
}

// A budget must not be overshot by a guess of ours.
TEST(AccountingTest, AnEstimateIsNeverMoreThanWasReserved) {
  chat::Request request;
  request.max_tokens = 5;
  route::Decision decision;
  decision.estimated_prompt_tokens = 5'000;
  catalog::Model model;
  model.max_output = 100;
  const auto estimate = [&](int64_t text) {
    return CountTokens(std::nullopt, {request, 900, decision, &model}, text);
  };
  EXPECT_EQ(estimate(50).completion, 5);
  request.n = 3;
  EXPECT_EQ(estimate(4'000).completion, 15) << "each choice may have as many";
  request.max_tokens = 0;
  EXPECT_EQ(estimate(4'000).completion, 300) << "the model's own bound";
  EXPECT_EQ(estimate(50).prompt, MostPromptTokens(SizeOf(request, 900), &model));
  request.endpoint = chat::Endpoint::kEmbeddings;
  EXPECT_EQ(estimate(50).completion, 0);
}

class SettleTest : public testing::Test {
 protected:
  SettleTest() {
    config::PriceSettings price;
    price.input = ParsePrice("3").value();
    price.cached_input = ParsePrice("0.3").value();
    price.output = ParsePrice("15").value();
    price.cache_write = ParsePrice("3.75").value();
    price.audio_input = ParsePrice("40").value();
    price.audio_output = ParsePrice("80").value();
    model_.prices = catalog::MakePrices(price, "", "");
    target_.provider = &provider_;
    target_.model = &model_;
  }
  catalog::Provider provider_;
  catalog::Model model_;
  Target target_;
  ledger::Attempt row_;
};

TEST_F(SettleTest, CachedTokensHaveTheirOwnPriceAndReasoningIsOutput) {
  Settle(target_, {1000, 800, 100, 60, false}, kAt, &row_);
  EXPECT_TRUE(row_.priced);
  EXPECT_EQ(row_.tokens, (Tokens{1000, 800, 100, 60, false}));
  EXPECT_EQ(row_.cost, NanoUsd{200 * 3'000 + 800 * 300 + 100 * 15'000});
}

TEST_F(SettleTest, EveryKindOfTokenHasItsPrice) {
  const Tokens tokens{1000, 300, 100, 60, false, 200, 100, 50, 40};
  Settle(target_, tokens, kAt, &row_);
  EXPECT_EQ(row_.tokens, tokens);
  EXPECT_EQ(row_.cost, NanoUsd{300 * 300 + 200 * 3'750 + 100 * 40'000 + (50 + 350) * 3'000 +
                               40 * 80'000 + 60 * 15'000});
}

TEST_F(SettleTest, ThePriceIsThatOfTheTimeAtWhichTheRequestWasWhole) {
  config::PriceSettings price;
  price.input = price.output = ParsePrice("2").value();
  price.off_peak.resize(1);
  price.off_peak[0].input = ParsePrice("1").value();
  ASSERT_TRUE(price.off_peak[0].utc.Add("16:30-00:30"));
  model_.prices = catalog::MakePrices(price, "", "");
  constexpr WallMicros kMinute = 60'000'000;
  constexpr WallMicros kMidnight = 20'000 * 1'440 * kMinute;
  Settle(target_, {1000, 0, 100, 0, false}, kMidnight + 30 * kMinute - 1, &row_);
  EXPECT_EQ(row_.cost, NanoUsd{1'200'000}) << "only the input is cheaper";
  Settle(target_, {1000, 0, 100, 0, false}, kMidnight + 30 * kMinute, &row_);
  EXPECT_EQ(row_.cost, NanoUsd{2'200'000});
}

TEST_F(SettleTest, AnUnpricedOrUndeclaredModelHasTokensAndNoPrice) {
  model_.prices.reset();
  Settle(target_, {1000, 0, 100, 0, false}, kAt, &row_);
  EXPECT_FALSE(row_.priced);
  EXPECT_EQ(row_.cost.nano, 0);
  EXPECT_EQ(row_.tokens.prompt, 1000);
  target_.model = nullptr;
  Settle(target_, {1000, 0, 100, 0, false}, kAt, &row_);
  EXPECT_FALSE(row_.priced);
}

TEST_F(SettleTest, AnUndeclaredModelOfALocalEngineCostsNothing) {
  target_.model = nullptr;
  provider_.prices = catalog::Prices{};
  Settle(target_, {1000, 0, 100, 0, false}, kAt, &row_);
  EXPECT_TRUE(row_.priced);
  EXPECT_EQ(row_.cost.nano, 0);
}

TEST_F(SettleTest, CountsThatCannotBePaidAreNotPriced) {
  Settle(target_, {int64_t{1} << 62, 0, int64_t{1} << 62, 0, false}, kAt, &row_);
  EXPECT_FALSE(row_.priced);
  EXPECT_EQ(row_.cost.nano, 0);
}

class RowTest : public GatewayTest {};

TEST_F(RowTest, EveryAttemptHasARowAndThePriceIsTheirSum) {
  Load();
  const std::string billed =
      R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":0,"total_tokens":10}})";
  first_.Enqueue(Script::Json(billed));
  second_.Enqueue(Script::Json(ChatReply("ok")));
  const Client::Answer answer = Ask(ChatBody("small"));
  ASSERT_EQ(row().attempts.size(), 2U);
  EXPECT_EQ(row().attempts[0].outcome, "upstream_bad_answer");
  EXPECT_EQ(row().attempts[0].cost, NanoUsd{10'000}) << "a failure that was billed";
  EXPECT_EQ(row().attempts[1].cost, NanoUsd{20'000});
  EXPECT_EQ(row().cost, NanoUsd{30'000});
  EXPECT_EQ(row().tokens, (Tokens{10, 0, 5, 0, false})) << "of the attempt that answered";
  EXPECT_EQ(answer.Header("x-weir-cost-usd"), "0.00003");
  EXPECT_EQ(answer.Header("x-weir-attempts"), "2");
  EXPECT_EQ(row().model, "second/middle");
  EXPECT_EQ(row().fallback, "upstream_bad_answer");
  EXPECT_TRUE(row().priced);
}

TEST_F(RowTest, AFailedStreamThatSaidWhatItUsedIsBilled) {
  Load();
  first_.Enqueue(Script::Stream(RoleEvent() + UsageEvent() + std::string(kDoneEvent)));
  second_.Enqueue(Script::Stream(WholeStream("b")));
  Ask(ChatBody("small", R"(,"stream":true)"));
  ASSERT_EQ(row().attempts.size(), 2U);
  EXPECT_EQ(row().attempts[0].cost, NanoUsd{20'000});
  EXPECT_EQ(row().cost, NanoUsd{40'000}) << row().attempts.size() << row().fallback;
}

TEST_F(RowTest, AnErrorThatSaysWhatWasUsedIsBilled) {
  Load();
  const std::string error = R"(data: {"error":{"message":"too long"},"choices":[],)"
                            R"("usage":{"prompt_tokens":10,"completion_tokens":5}})"
                            "\n\n";
  first_.Enqueue(Script::Stream(RoleEvent() + error));
  second_.Enqueue(Script::Stream(ContentEvent("b") + error));
  Ask(ChatBody("small", R"(,"stream":true)"));
  ASSERT_EQ(row().attempts.size(), 2U);
  EXPECT_EQ(row().attempts[0].cost, NanoUsd{20'000}) << "before content";
  EXPECT_EQ(row().attempts[1].outcome, "stream_truncated");
  EXPECT_EQ(row().attempts[1].tokens, (Tokens{10, 0, 5, 0, false})) << "behind content";
}

TEST_F(RowTest, AnAnswerWithoutUsageIsEstimatedNotFree) {
  Load();
  first_.Enqueue(Script::Json(R"({"choices":[{"message":{"content":"12345678"}}]})"));
  Ask(ChatBody("small"));
  EXPECT_TRUE(row().tokens.estimated);
  EXPECT_GT(row().tokens.prompt, 0);
  EXPECT_EQ(row().tokens.completion, 2);
  EXPECT_GT(row().cost.nano, 0);
}

// HARDENING B14: what cannot be a count is no count; the row says that its own is a guess.
TEST_F(RowTest, B14JunkUsageIsEstimatedAndFlagged) {
  Load();
  for (const char* junk : {"-1", "1.5", R"("7")", "1000000000000000000", "null"}) {
    const std::string usage =
        fmt::format(R"("usage":{{"prompt_tokens":{0},"completion_tokens":{0}}})", junk);
    first_.Enqueue(
        Script::Json(R"({"choices":[{"message":{"content":"12345678"}}],)" + usage + "}"));
    Ask(ChatBody("small"));
    EXPECT_EQ(row().outcome, "ok") << junk;
    EXPECT_TRUE(row().tokens.estimated && row().attempts.back().tokens.estimated) << junk;
    EXPECT_GT(row().tokens.prompt, 0) << junk;
    EXPECT_EQ(row().tokens.completion, 2) << junk;
    EXPECT_GT(row().cost.nano, 0) << junk;
  }
}

TEST_F(RowTest, ARouteHasABaselineAndAPinHasNone) {
  Load();
  first_.Always(Script::Json(ChatReply("ok")));
  second_.Always(Script::Json(ChatReply("ok")));
  Ask(ChatBody("auto"));
  EXPECT_EQ(row().route, "auto");
  EXPECT_EQ(row().tier, "medium");
  EXPECT_EQ(row().requested, "auto");
  EXPECT_EQ(row().baseline, "third/large");
  EXPECT_EQ(row().baseline_cost, NanoUsd{20'000});
  Ask(ChatBody("small"));
  EXPECT_EQ(row().route, "");
  EXPECT_EQ(row().baseline_cost, std::nullopt);
}

TEST_F(RowTest, NobodyAnsweredMeansNoModelAndNoBaseline) {
  Load();
  for (ScriptedUpstream* each : {&first_, &second_, &third_}) each->Always(Script::Json("", 500));
  Ask(ChatBody("auto"));
  EXPECT_EQ(row().outcome, "upstream_status");
  EXPECT_EQ(row().status, 502);
  EXPECT_EQ(row().model, "");
  EXPECT_EQ(row().baseline_cost, std::nullopt);
  EXPECT_EQ(row().cost.nano, 0);
  EXPECT_EQ(row().first_token_us, -1);
}

constexpr std::string_view kBilledError =
    R"({"error":{"message":"x"},"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}})";

TEST_F(RowTest, WhatFailedForMoneyIsALossBesideTheBaseline) {
  Load();
  first_.Always(Script::Json("", 500));
  second_.Always(Script::Json(std::string(kBilledError)));
  third_.Always(Script::Json("", 500));
  Ask(ChatBody("auto"));
  EXPECT_NE(row().outcome, "ok");
  EXPECT_EQ(row().cost, NanoUsd{20'000});
  EXPECT_EQ(row().baseline_cost, NanoUsd{0});
  EXPECT_EQ(row().baseline_high, NanoUsd{0});
}

TEST_F(RowTest, WhatTheBaselineItselfFailedForIsNoLoss) {
  World world;
  world.auto_more = ", rules: [{name: all, match: \".\", tier: simple}]";
  Load(world);  // small, which falls back to middle and large
  first_.Always(Script::Json(std::string(kBilledError)));
  second_.Always(Script::Json("", 500));
  third_.Always(Script::Json(std::string(kBilledError)));
  Ask(ChatBody("auto"));
  EXPECT_EQ(row().attempts.size(), 3u);
  EXPECT_EQ(row().cost, NanoUsd{40'000});
  EXPECT_EQ(row().baseline_cost, NanoUsd{20'000});
}

TEST_F(RowTest, TheDecisionIsToldAsJson) {
  Load();
  second_.Enqueue(Script::Json(ChatReply("ok")));
  Ask(ChatBody("auto"));
  const ledger::Record record = row();
  const auto candidates = json::Elements(record.candidates);
  ASSERT_TRUE(candidates) << record.candidates;
  ASSERT_FALSE(candidates->empty());
  EXPECT_NE(candidates->front().find(R"("model":"second/middle")"), std::string::npos);
  ASSERT_TRUE(json::Elements(record.rejected)) << record.rejected;
  ASSERT_TRUE(json::Object::Parse(record.signals)) << record.signals;
}

TEST_F(RowTest, ARefusedRequestLeavesARowWithoutAttempts) {
  Load();
  EXPECT_EQ(Ask(ChatBody("nobody")).status, 404);
  EXPECT_EQ(row().outcome, "model_not_found");
  EXPECT_EQ(row().requested, "nobody");
  EXPECT_TRUE(row().attempts.empty());
  EXPECT_EQ(Ask("{").status, 400);
  EXPECT_EQ(row().status, 400);
  EXPECT_EQ(ledger_.rows.size(), 2U);
}

TEST_F(RowTest, ALongModelNameIsCutAtACharacter) {
  Load();
  std::string name(255, 'a');
  name += "\xc3\xa9";
  Ask(ChatBody("small"), "", "/v1/chat/completions?model=" + std::string(255, 'a') + "%C3%A9");
  EXPECT_EQ(row().requested, std::string(255, 'a'));
}

}  // namespace
}  // namespace weir::gateway
