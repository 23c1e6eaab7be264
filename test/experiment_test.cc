// A route's conversations are split, and the report says what came of it.
#include <gmock/gmock.h>

#include <map>

#include "test/harness/keyed.h"
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using testing::HasSubstr;

class ExperimentTest : public KeyedTest {
 protected:
  static constexpr std::string_view kSplit = R"(
routes:
  auto:
    model: large
    experiments: {cheaper: {arms: {control: {share: 50%}, small: {route: plain}}}}
  plain: {model: small}
)";
  HttpAnswer AskAs(std::string_view session) const {
    Headers headers = Bearer();
    headers.emplace_back("session-id", session);
    return Post(port(), "/v1/chat/completions", ChatBody("auto", "hi"), headers);
  }
  std::string Report(std::string_view more) const {
    return RunWeir(fmt::format("report --experiment cheaper {} --config {}", more,
                               weir().config_path()))
        .output;
  }
};

TEST_F(ExperimentTest, ASessionStaysWithItsArmAndHalfOfThemGoEachWay) {
  Start(fmt::format("\n  - {{name: a, key: {}, routes: [auto]}}\n", kKey), kSplit);
  std::map<std::string, std::string> arms;
  int small = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string session = fmt::format("session-{}", i);
    const HttpAnswer answer = AskAs(session);
    ASSERT_EQ(answer.status, 200) << answer.body;
    arms[session] = answer.Header("x-weir-model");
    small += arms[session] == "up/small" ? 1 : 0;
  }
  EXPECT_GT(small, 60);
  EXPECT_LT(small, 140);
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(std::chrono::seconds(60)), 0);
  ASSERT_TRUE(weir().Start()) << weir().output();
  for (const auto& [session, model] : arms) {
    EXPECT_EQ(AskAs(session).Header("x-weir-model"), model) << session;
  }
  const CommandResult table =
      RunWeir("report --experiment cheaper --config " + weir().config_path());
  EXPECT_EQ(table.exit_code, 0) << table.output;
  const std::string json =
      RunWeir("report --experiment cheaper --format json --config " + weir().config_path()).output;
  EXPECT_NE(json.find(R"("arm":"control")"), json.npos) << json;
  EXPECT_NE(json.find(R"("arm":"small")"), json.npos) << json;
  EXPECT_NE(json.find(R"("cheaper":1)"), json.npos) << "a tenth of the price is told apart";
  EXPECT_THAT(json, HasSubstr(fmt::format(R"("arm":"small","control":false,"units":{})", small)))
      << "each session twice, before and after the restart";
  EXPECT_THAT(table.output, HasSubstr("surely cheaper, by 90 % an answer"));
  EXPECT_THAT(table.output, HasSubstr("not measured in small and control"));
  EXPECT_THAT(table.output, HasSubstr("looking early and stopping then changes nothing"));
  EXPECT_THAT(Report("--since 1h"), HasSubstr("The beginning was chosen with --since"));
}

TEST_F(ExperimentTest, OneUserForAllRequestsIsToldOf) {
  Start(fmt::format("\n  - {{name: a, key: {}, routes: [auto]}}\n", kKey), R"(
routes:
  auto:
    model: large
    experiments: {cheaper: {by: user, arms: {control: {}, small: {route: plain}}}}
  plain: {model: small}
)");
  for (int i = 0; i < 30; ++i) ASSERT_EQ(AskAs(fmt::format("session-{}", i)).status, 200);
  StopAndRead();
  EXPECT_THAT(Report(""), HasSubstr("All requests came from one user"));
}

TEST_F(ExperimentTest, FeedbackIsCountedForItsArm) {
  Start(fmt::format("\n  - {{name: a, key: {}, routes: [auto]}}\n", kKey), kSplit);
  const HttpAnswer answer = AskAs("one");
  EXPECT_EQ(Post(port(), "/v1/feedback",
                 fmt::format(R"({{"id":"{}","score":1}})", answer.Header("x-weir-id")), Bearer())
                .status,
            200);
  StopAndRead();
  const std::string json =
      RunWeir("report --experiment cheaper --format json --config " + weir().config_path()).output;
  EXPECT_NE(json.find(R"("ratings":1)"), json.npos) << json;
  EXPECT_THAT(json, HasSubstr(R"("rating":1,"rating_low":)")) << "one rating says little";
}

}  // namespace
}  // namespace weir::e2e
