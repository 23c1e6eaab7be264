// A gateway that is its own upstream (HARDENING U21).
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;

std::string LeadingTo(uint16_t port) {
  return fmt::format(R"(
workers: 1
providers:
  next: {{api: openai, base_url: "http://127.0.0.1:{}/v1", keys: [key-of-next]}}
models:
  echo: {{provider: next, upstream: echo, price: {{input: 1, output: 2}}}}
)",
                     port);
}

void LeadTo(WeirProcess& weir, uint16_t port) {
  weir.Rewrite(LeadingTo(port));
  weir.Signal(SIGHUP);
  ASSERT_TRUE(weir.WaitForOutput("reloaded", seconds(10)));
}

// A worker takes its new config between two requests: asked until it has.
HttpAnswer AskInALoop(const WeirProcess& weir, std::string_view more) {
  const auto until = std::chrono::steady_clock::now() + seconds(10);
  for (;;) {
    HttpAnswer answer =
        Post(weir.data_port(), "/v1/chat/completions", ChatBody("echo", "hi", more));
    const bool old = Member(answer.body, "code") == "upstream_connect";
    if (!old || std::chrono::steady_clock::now() > until) return answer;
  }
}

// How many requests were found to come from itself; stops it, so that every line is written.
size_t Found(WeirProcess& weir) {
  weir.Signal(SIGTERM);
  EXPECT_EQ(weir.WaitExit(seconds(10)), 0);
  const std::string output = weir.output();
  const std::string_view outcome = R"("outcome":"loop_detected")";
  size_t found = 0;
  for (size_t at = 0; (at = output.find(outcome, at)) != output.npos; at += outcome.size()) ++found;
  return found;
}

TEST(LoopTest, U21ItIsFoundAtTheSecondHop) {
  WeirProcess weir(LeadingTo(1));
  ASSERT_TRUE(weir.Start()) << weir.output();
  LeadTo(weir, weir.data_port());
  const HttpAnswer answer = AskInALoop(weir, "");
  EXPECT_TRUE(IsError(answer, 502, "upstream_error"));
  EXPECT_EQ(answer.Header("x-weir-attempts"), "1") << "it is not asked again";
  EXPECT_EQ(Found(weir), 1U) << weir.output();
}

TEST(LoopTest, U21ALoopOverAnotherGatewayIsFoundToo) {
  WeirProcess here(LeadingTo(1));
  WeirProcess there(LeadingTo(1));
  ASSERT_TRUE(here.Start()) << here.output();
  ASSERT_TRUE(there.Start()) << there.output();
  LeadTo(there, here.data_port());
  AskInALoop(there, "");  // it does now, and this one still leads nowhere
  LeadTo(here, there.data_port());
  for (const char* more : {"", R"(,"stream":true)"}) {
    EXPECT_TRUE(IsError(AskInALoop(here, more), 502, "upstream_error"));
  }
  EXPECT_GE(Found(here), 2U) << here.output();
}

}  // namespace
}  // namespace weir::e2e
