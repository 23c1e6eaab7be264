// A warm parser allocates nothing: counted at operator new of the whole test binary.
#include <gtest/gtest.h>

#include "chat/reply.h"
#include "chat/request.h"
#include "testing/allocations.h"

namespace weir::chat {
namespace {

TEST(Allocation, AWarmParserAllocatesNothing) {
  if (!kCountsAllocations) GTEST_SKIP() << "a sanitizer has its own allocator";
  std::string body = R"({"model":"auto","stream":true,"max_tokens":5,"messages":[)";
  for (int i = 0; i < 200; ++i) {
    body += R"({"role":"user","content":[{"type":"text","text":"one \"line\"\nand another"}]},)";
  }
  body +=
      R"({"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]},)";
  body += R"({"role":"tool","content":"y"},{"role":"system","content":"x"}],)"
          R"("prompt_cache_key":"k","tools":[{"a":1}],"stream_options":{"x":1}})";
  body.reserve(body.size() + json::kPadding);
  RequestParser parser;
  ASSERT_TRUE(parser.Parse(Endpoint::kChatCompletions, body));
  int64_t before = Allocations();
  bool parsed = parser.Parse(Endpoint::kChatCompletions, body).has_value();
  EXPECT_EQ(Allocations() - before, 0);
  EXPECT_TRUE(parsed);
}

TEST(Allocation, AWarmReaderAllocatesNothing) {
  if (!kCountsAllocations) GTEST_SKIP() << "a sanitizer has its own allocator";
  std::string data =
      R"({"id":"c","choices":[{"index":0,"delta":{"content":"word"}}],"usage":null})";
  data.reserve(data.size() + json::kPadding);
  ReplyReader reader;
  ASSERT_TRUE(reader.ReadEvent(data));
  int64_t before = Allocations();
  bool read = reader.ReadEvent(data).has_value();
  EXPECT_EQ(Allocations() - before, 0);
  EXPECT_TRUE(read);
}

}  // namespace
}  // namespace weir::chat
