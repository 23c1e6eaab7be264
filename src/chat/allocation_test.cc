// A warm parser allocates nothing: counted at operator new of the whole test binary.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "chat/reply.h"
#include "chat/request.h"

// A sanitizer has its own allocator, which must see both ends of every allocation.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {
std::atomic<int64_t> allocations{0};
}

void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}

namespace weir::chat {
namespace {

TEST(Allocation, AWarmParserAllocatesNothing) {
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
  int64_t before = allocations;
  bool parsed = parser.Parse(Endpoint::kChatCompletions, body).has_value();
  EXPECT_EQ(allocations - before, 0);
  EXPECT_TRUE(parsed);
}

TEST(Allocation, AWarmReaderAllocatesNothing) {
  std::string data =
      R"({"id":"c","choices":[{"index":0,"delta":{"content":"word"}}],"usage":null})";
  data.reserve(data.size() + json::kPadding);
  ReplyReader reader;
  ASSERT_TRUE(reader.ReadEvent(data));
  int64_t before = allocations;
  bool read = reader.ReadEvent(data).has_value();
  EXPECT_EQ(allocations - before, 0);
  EXPECT_TRUE(read);
}

}  // namespace
}  // namespace weir::chat

#endif
