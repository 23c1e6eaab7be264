// Time that is told, for demonstrations.
#include <gmock/gmock.h>

#include "ledger/report.h"
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::string_view kSimulated =
    "providers: {sim: {api: simulator}}\nmodels: {any: {provider: sim, price: {input: 1, output: "
    "1}}}\n";
const Headers kAdmin = {{"authorization", "Bearer admin-key-of-the-tests"},
                        {"content-type", "application/json"}};

std::vector<ledger::Record> RowsOf(const WeirProcess& weir) {
  auto reader = ledger::Reader::Open(weir.data_dir());
  EXPECT_TRUE(reader) << reader.error().message;
  return *(*reader)->List({});
}

std::string MoveTo(const WeirProcess& weir, std::string_view now, int status = 200) {
  const HttpAnswer answer =
      Post(weir.admin_port(), "/api/time", fmt::format(R"({{"now":"{}"}})", now), kAdmin);
  EXPECT_EQ(answer.status, status) << answer.body;
  return answer.body;
}

TEST(SimulatedTime, RowsHaveTheTimeThatWasTold) {
  WeirProcess weir{std::string(kSimulated)};
  weir.Arguments({"--simulated-time", "2026-09-01"});
  ASSERT_TRUE(weir.Start()) << weir.output();
  EXPECT_TRUE(weir.WaitForOutput("time is simulated", seconds(10)));
  const auto ask = [&weir] {
    return Post(weir.data_port(), "/v1/chat/completions", ChatBody("any", "hi")).status;
  };
  EXPECT_EQ(ask(), 200);
  EXPECT_THAT(MoveTo(weir, "2026-09-09T12:00:00Z"), HasSubstr(R"({"now":"2026-09-09T12:00:0)"));
  EXPECT_EQ(ask(), 200);
  EXPECT_THAT(MoveTo(weir, "2026-09-09T11:00:00Z", 400), HasSubstr("does not go back"));
  MoveTo(weir, "soon", 400);
  weir.Signal(SIGTERM);
  ASSERT_EQ(weir.WaitExit(seconds(20)), 0);
  const auto rows = RowsOf(weir);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(FormatWall(rows[0].time).substr(0, 15), "2026-09-09T12:0");
  EXPECT_EQ(FormatWall(rows[1].time).substr(0, 15), "2026-09-01T00:0");

  const std::string report = "report --config " + weir.config_path() + " --format json --since ";
  EXPECT_THAT(RunWeir(report + "2026-09-01 --until 2026-09-02").output,
              HasSubstr(R"("total":{"group":"total","requests":1,)"));
  EXPECT_THAT(RunWeir(report + "2026-09-01 --until 2026-10-01").output,
              HasSubstr(R"("total":{"group":"total","requests":2,)"));
  EXPECT_EQ(RunWeir(report + "2026-09-01 --until never").exit_code, 2);

  weir.Arguments({});
  EXPECT_FALSE(weir.Start()) << "real rows beside simulated ones";
  EXPECT_THAT(weir.output(), HasSubstr("holds rows of a simulated time"));
}

TEST(SimulatedTime, RealBillsHaveRealTime) {
  WeirProcess weir(
      "providers:\n  sim: {api: simulator}\n  vendor: {api: openai, base_url: "
      "\"http://127.0.0.1:9/v1\", keys: []}\n");
  weir.Arguments({"--simulated-time", "2026-09-01"});
  EXPECT_FALSE(weir.Start());
  EXPECT_THAT(weir.output(),
              HasSubstr("weir.yaml:5:3: --simulated-time is refused: `vendor` is no simulator"));
}

TEST(SimulatedTime, AReloadCannotBringARealProviderIn) {
  WeirProcess weir{std::string(kSimulated)};
  weir.Arguments({"--simulated-time", "2026-09-01"});
  ASSERT_TRUE(weir.Start()) << weir.output();
  weir.Rewrite(
      "providers:\n  sim: {api: simulator}\n  vendor: {api: openai, base_url: "
      "\"http://127.0.0.1:9/v1\", keys: []}\n");
  const HttpAnswer answer = Post(weir.admin_port(), "/api/reload", "{}", kAdmin);
  EXPECT_NE(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("is no simulator"));
}

TEST(SimulatedTime, ALedgerOfRealTimeStaysOne) {
  WeirProcess weir{std::string(kSimulated)};
  ASSERT_TRUE(weir.Start()) << weir.output();
  MoveTo(weir, "2036-09-09", 404);
  weir.Signal(SIGTERM);
  ASSERT_EQ(weir.WaitExit(seconds(20)), 0);
  weir.Arguments({"--simulated-time", "2026-09-01"});
  EXPECT_FALSE(weir.Start());
  EXPECT_THAT(weir.output(), HasSubstr("holds rows of real time"));
}

TEST(SimulatedTime, AMomentIsWanted) {
  WeirProcess weir{std::string(kSimulated)};
  weir.Arguments({"--simulated-time", "monday"});
  EXPECT_FALSE(weir.Start());
  EXPECT_THAT(weir.output(), HasSubstr("--simulated-time wants a UTC time"));
}

}  // namespace
}  // namespace weir::e2e
