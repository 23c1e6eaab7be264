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

// The lines of requests that it has answered.
size_t Answered(const WeirProcess& weir) {
  const std::string output = weir.output();
  const std::string_view line = R"("event":"request")";
  size_t lines = 0;
  for (size_t at = 0; (at = output.find(line, at)) != output.npos; at += line.size()) ++lines;
  return lines;
}

TEST(LoopTest, U21ItIsFoundAtTheSecondHop) {
  WeirProcess weir(LeadingTo(1));
  ASSERT_TRUE(weir.Start()) << weir.output();
  LeadTo(weir, weir.data_port());
  const HttpAnswer answer = Post(weir.data_port(), "/v1/chat/completions", ChatBody("echo", "hi"));
  EXPECT_TRUE(IsError(answer, 502, "upstream_error"));
  EXPECT_EQ(answer.Header("x-weir-attempts"), "1") << "it is not asked again";
  EXPECT_EQ(Answered(weir), 2U) << weir.output();
}

TEST(LoopTest, U21ALoopOverAnotherGatewayIsFoundToo) {
  WeirProcess here(LeadingTo(1));
  WeirProcess there(LeadingTo(1));
  ASSERT_TRUE(here.Start()) << here.output();
  ASSERT_TRUE(there.Start()) << there.output();
  LeadTo(here, there.data_port());
  LeadTo(there, here.data_port());
  for (const char* more : {"", R"(,"stream":true)"}) {
    const HttpAnswer answer =
        Post(here.data_port(), "/v1/chat/completions", ChatBody("echo", "hi", more));
    EXPECT_TRUE(IsError(answer, 502, "upstream_error"));
  }
}

}  // namespace
}  // namespace weir::e2e
