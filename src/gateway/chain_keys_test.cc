// Several keys of one provider: which is used, and for how long one is out.
#include "gateway/world_for_test.h"

namespace weir::gateway {
namespace {

class ChainKeysTest : public ChainTest {
 protected:
  ChainKeysTest() { Load({.first_keys = "[key-a, key-b]"}); }
  // The keys that the first upstream has seen, in order: "ab".
  std::string Seen() const {
    std::string seen;
    for (const SeenRequest& request : first_.requests()) {
      seen += request.Header("authorization").back();
    }
    return seen;
  }
  void Refuse(char bad, Script script) {
    first_.Handle([bad, script](const SeenRequest& seen) {
      const bool refused = bad == '*' || seen.Header("authorization").back() == bad;
      return refused ? script : Script::Json(ChatReply("ok"));
    });
    second_.Always(Script::Json(ChatReply("second")));
  }
};

TEST_F(ChainKeysTest, KeysAreUsedInTurn) {
  first_.Always(Script::Json(ChatReply("ok")));
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Run()->answer());
  EXPECT_EQ(Seen(), "abab");
}

TEST_F(ChainKeysTest, ARefusedKeyIsOutForAMinuteAndTheNextOneAnswers) {
  Refuse('a', Script::Json(ErrorReply("bad key"), 401));
  auto run = Run();
  ASSERT_TRUE(run->answer());
  EXPECT_EQ(run->Story(), "small:upstream_auth small:ok");
  EXPECT_EQ(Seen(), "ab");
  clock_.Advance(seconds(59));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Run()->answer());
  EXPECT_EQ(Seen(), "abbbb");
  clock_.Advance(seconds(1));
  ASSERT_TRUE(Run()->answer());
  ASSERT_TRUE(Run()->answer());
  EXPECT_NE(Seen().substr(5).find('a'), std::string::npos) << "it is tried again after a minute";
}

TEST_F(ChainKeysTest, EveryKeyOnceThenTheNextCandidate) {
  Refuse('*', Script::Json(ErrorReply("bad key"), 403));
  auto run = Run();
  ASSERT_TRUE(run->answer());
  EXPECT_EQ(run->Story(), "small:upstream_auth small:upstream_auth middle:ok");
  EXPECT_EQ(run->chain().fallback(), "upstream_auth");
}

TEST_F(ChainKeysTest, NoUsableKeyAnywhereIs502) {
  for (ScriptedUpstream* each : {&first_, &second_, &third_}) each->Always(Script::Json("{}", 401));
  auto run = Run();
  ASSERT_FALSE(run->answer());
  EXPECT_EQ(run->answer().error().reason, Reason::kUpstreamAuth);
  EXPECT_EQ(run->answer().error().status(), 502);
}

TEST_F(ChainKeysTest, ARateLimitedKeyRestsAsLongAsItsProviderSaid) {
  Refuse('a', Script::Json("{}", 429).WithHeader("retry-after", "7"));
  ASSERT_TRUE(Run()->answer());
  EXPECT_EQ(Seen(), "ab");
  clock_.Advance(milliseconds(6'900));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Run()->answer());
  EXPECT_EQ(Seen(), "abbb");
  clock_.Advance(milliseconds(100));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Run()->answer());
  EXPECT_NE(Seen().substr(4).find('a'), std::string::npos);
}

TEST_F(ChainKeysTest, TheTargetRestsOnlyWhenAllItsKeysAreLimited) {
  Refuse('a', Script::Json("{}", 429).WithHeader("retry-after", "7"));
  ASSERT_TRUE(Run()->answer());
  EXPECT_FALSE(BreakerOf("small").open(clock_.Steady()));
  Refuse('*', Script::Json("{}", 429).WithHeader("retry-after", "7"));
  auto run = Run();
  ASSERT_TRUE(run->answer());
  EXPECT_EQ(run->answer()->target->name, "second/middle");
  EXPECT_TRUE(BreakerOf("small").open(clock_.Steady()));
  EXPECT_EQ(BreakerOf("small").consecutive_failures(), 0) << "a limit is no fault of the target";
  clock_.Advance(seconds(7));
  EXPECT_FALSE(BreakerOf("small").open(clock_.Steady()));
}

TEST_F(ChainKeysTest, AllLimitedSaysHowLongToWait) {
  for (ScriptedUpstream* each : {&first_, &second_, &third_}) {
    each->Always(Script::Json("{}", 429).WithHeader("retry-after", "7"));
  }
  auto run = Run();
  ASSERT_FALSE(run->answer());
  EXPECT_EQ(run->answer().error().status(), 429);
  EXPECT_EQ(run->answer().error().retry_after, seconds(7));
}

TEST_F(ChainKeysTest, KeysThatAreAllOutAreStillTheLastDoor) {
  Refuse('*', Script::Json(ErrorReply("bad key"), 401));
  second_.Always(Script::Json("", 500));
  third_.Always(Script::Json("", 500));
  ASSERT_FALSE(Run()->answer());
  first_.Always(Script::Json(ChatReply("mended")));
  auto run = Run();
  ASSERT_TRUE(run->answer()) << "keys that are out are asked when nothing better is left";
  EXPECT_EQ(run->answer()->target->name, "first/small");
}

}  // namespace
}  // namespace weir::gateway
