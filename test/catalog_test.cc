// What the catalog knows, through the real binary: engines without keys, a key in a header of its
// own, and a file of the user's over the built-in prices.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>

#include "test/harness/http_client.h"
#include "test/harness/openai_shapes.h"
#include "test/harness/weir_process.h"
#include "testing/scripted_upstream.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

std::string FormatDay(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::chrono::sys_days Today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

class CatalogTest : public testing::Test {
 protected:
  // Does not start it.
  void Make(const std::string& config, Environment environment = {}) {
    weir_ = std::make_unique<WeirProcess>(config, std::move(environment));
  }
  void WriteCatalog(std::string_view text) const {
    std::ofstream(weir_->folder() + "/prices.yaml") << text;
  }
  CommandResult Check() const { return RunWeir("check --config " + weir_->config_path()); }
  HttpAnswer Ask(std::string_view model, const std::string& more = "") const {
    return Post(weir_->data_port(), "/v1/chat/completions", ChatBody(model, "hi", more),
                {{"authorization", "Bearer the-clients-own"}, {"api-key", "the-clients-own"}});
  }

  ScriptedUpstream upstream_;
  std::unique_ptr<WeirProcess> weir_;
};

TEST_F(CatalogTest, ALocalEngineNeedsNoKeyAndCostsNothing) {
  Make(
      fmt::format("providers: {{ollama: {{base_url: \"{}\"}}}}\n"
                  "routes: {{auto: {{model: \"ollama/qwen3:8b\"}}}}\n",
                  upstream_.Url()));
  ASSERT_TRUE(weir_->Start()) << weir_->output();
  upstream_.Always(Script::Json(ChatReply("hello")));
  for (const char* model : {"ollama/llama3.2:3b", "auto"}) {
    const HttpAnswer answer = Ask(model);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.Header("x-weir-cost-usd"), "0.00") << model;
  }
  const std::vector<SeenRequest> seen = upstream_.requests();
  ASSERT_EQ(seen.size(), 2u);
  for (const SeenRequest& request : seen) {
    EXPECT_EQ(request.Header("authorization"), "");
    EXPECT_EQ(request.Header("api-key"), "");
    EXPECT_EQ(request.target, "/v1/chat/completions");
  }
  EXPECT_THAT(seen[0].body, HasSubstr(R"("model":"llama3.2:3b")"));
  EXPECT_THAT(seen[1].body, HasSubstr(R"("model":"qwen3:8b")"));
}

TEST_F(CatalogTest, AzureTakesItsKeyInAHeaderOfItsOwn) {
  const std::string config = fmt::format(
      "providers: {{azure: {{base_url: \"{}\"}}}}\nmodels: {{azure/my-deployment: {{}}}}\n",
      upstream_.Url("/openai/v1/"));
  Make(config, {{"AZURE_OPENAI_API_KEY", "az-key-123456"}});
  ASSERT_TRUE(weir_->Start()) << weir_->output();
  upstream_.Always(Script::Json(ChatReply("hello")));
  EXPECT_EQ(Ask("azure/my-deployment").status, 200);
  EXPECT_EQ(Ask("gpt-5.4-mini").status, 200);
  const std::vector<SeenRequest> seen = upstream_.requests();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].Header("api-key"), "az-key-123456");
  EXPECT_EQ(seen[0].Header("authorization"), "");
  EXPECT_EQ(seen[0].target, "/openai/v1/chat/completions");
  EXPECT_THAT(weir_->output(), Not(HasSubstr("az-key")));
}

TEST_F(CatalogTest, MistralIsNotSentStreamOptions) {
  Make(fmt::format("providers: {{mistral: {{base_url: \"{}\"}}}}\n", upstream_.Url()),
       {{"MISTRAL_API_KEY", "m-123456"}});
  ASSERT_TRUE(weir_->Start()) << weir_->output();
  upstream_.Always(Script::Stream(WholeStream({"hello"})));
  constexpr std::string_view kStream = R"(,"stream":true)";
  EXPECT_EQ(Ask("mistral-small-2603", std::string(kStream)).status, 200);
  EXPECT_EQ(Ask("mistral-small-2603",
                std::string(kStream) + R"(,"stream_options":{"include_usage":true})")
                .status,
            200);
  for (const SeenRequest& request : upstream_.requests()) {
    EXPECT_THAT(request.body, Not(HasSubstr("stream_options")));
    EXPECT_EQ(request.Header("authorization"), "Bearer m-123456");
  }
  EXPECT_EQ(upstream_.requests().size(), 2u);
}

constexpr std::string_view kOwn =
    "catalog: prices.yaml\nproviders: {{openai: {{base_url: \"{}\", keys: [sk-123456]}}}}\n"
    "routes: {{auto: {{model: gpt-5.4}}}}\n";
constexpr std::string_view kPrice =
    "models: {{openai/gpt-5.4: {{price: {{input: {}, output: 2}}, date: {}, source: ours}}}}\n";

TEST_F(CatalogTest, CheckShowsTheUsersPricesAndRefusesSlips) {
  Make(fmt::format(kOwn, upstream_.Url()));
  EXPECT_EQ(Check().exit_code, 2);
  EXPECT_THAT(Check().output, HasSubstr("weir.yaml:3:10: catalog: "));
  WriteCatalog(fmt::format(kPrice, 3, FormatDay(Today())));
  const CommandResult good = Check();
  EXPECT_EQ(good.exit_code, 0) << good.output;
  EXPECT_THAT(good.output, testing::ContainsRegex("openai/gpt-5.4 .* 3 +3 +2 .*ours"));
  EXPECT_THAT(good.output, Not(HasSubstr("older than")));
  WriteCatalog("models: {opnai/gpt-5.4: {}}\n");
  const CommandResult slip = Check();
  EXPECT_EQ(slip.exit_code, 2);
  EXPECT_THAT(slip.output, HasSubstr("prices.yaml:1:10: models.opnai/gpt-5.4: no vendor is named "
                                     "`opnai`; did you mean `openai`?"));
}

TEST_F(CatalogTest, CheckWarnsOfPricesOlderThanNinetyDays) {
  Make(fmt::format(kOwn, upstream_.Url()));
  WriteCatalog(fmt::format(kPrice, 1, FormatDay(Today() - std::chrono::days(89))));
  EXPECT_THAT(Check().output, Not(HasSubstr("older than")));
  WriteCatalog(fmt::format(kPrice, 1, "2020-02-29"));
  const CommandResult old = Check();
  EXPECT_EQ(old.exit_code, 0);
  EXPECT_THAT(old.output, HasSubstr("prices of openai are older than 90 days: openai/gpt-5.4 "
                                    "(2020-02-29, "));
}

TEST_F(CatalogTest, AReloadReadsTheFileAgain) {
  const std::string config = fmt::format(kOwn, upstream_.Url());
  Make(config);
  WriteCatalog(fmt::format(kPrice, 1, "2026-01-01"));
  ASSERT_TRUE(weir_->Start()) << weir_->output();
  upstream_.Always(Script::Json(ChatReply("hello")));  // 10 and 5 tokens
  EXPECT_EQ(Ask("auto").Header("x-weir-cost-usd"), "0.00002");
  WriteCatalog(fmt::format(kPrice, 4, "2026-01-01"));
  weir_->Signal(SIGHUP);
  ASSERT_TRUE(weir_->WaitForOutput("reloaded", seconds(5)));
  EXPECT_EQ(Ask("auto").Header("x-weir-cost-usd"), "0.00005");
  WriteCatalog("modles: {}\n");
  weir_->Signal(SIGHUP);
  ASSERT_TRUE(weir_->WaitForOutput("did you mean `models`?", seconds(5)));
  EXPECT_EQ(Ask("auto").Header("x-weir-cost-usd"), "0.00005") << "the old one runs on";
}

}  // namespace
}  // namespace weir::e2e
