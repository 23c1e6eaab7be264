// `weir report` of the real binary, over a ledger that stands still.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "ledger/sink.h"
#include "ledger/traffic_for_test.h"
#include "test/harness/weir_process.h"

namespace weir::e2e {
namespace {

using testing::HasSubstr;

class ReportTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(weir_.data_dir());
    const WallMicros start = SystemClock().Wall() - 3'600'000'000;
    ledger::Traffic traffic(1);
    std::vector<ledger::Record> rows;
    for (int n = 0; n < 100; ++n) {
      rows.push_back(traffic.Request(start + n * 1'000'000));
      if (n % 10 == 0) rows.push_back(traffic.Sample(rows.back()));
    }
    auto sink = ledger::kSqliteSink.open(weir_.data_dir());
    ASSERT_TRUE(sink) << sink.error().message;
    ASSERT_TRUE((*sink)->Store(rows, {1, 1}));
  }
  CommandResult Report(const std::string& options) {
    return RunWeir("report --config " + weir_.config_path() + " " + options);
  }

  WeirProcess weir_{"providers: {sim: {api: simulator}}\n"};
};

TEST_F(ReportTest, InEveryFormat) {
  for (const auto& [format, begin] :
       std::map<std::string, std::string>{{"table", "weir report: "},
                                          {"json", "{\"since\":"},
                                          {"csv", "key,requests,"},
                                          {"html", "<!doctype html>"}}) {
    const CommandResult result = Report("--by key --format " + format);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_TRUE(result.output.starts_with(begin)) << result.output.substr(0, 200);
    EXPECT_TRUE(result.output.ends_with('\n'));
    EXPECT_THAT(result.output, HasSubstr("mobile"));
  }
}

TEST_F(ReportTest, WhatItDoesNotKnowIsNamed) {
  const CommandResult by = Report("--by colour");
  EXPECT_EQ(by.exit_code, 2);
  EXPECT_THAT(by.output, HasSubstr("colour is none of model, tier, route, key, team, task, "
                                   "language or day"));
  const CommandResult format = Report("--format xml");
  EXPECT_EQ(format.exit_code, 2);
  EXPECT_THAT(format.output, HasSubstr("html"));
  EXPECT_EQ(Report("--since soon").exit_code, 2);
}

}  // namespace
}  // namespace weir::e2e
