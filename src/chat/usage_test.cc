#include "chat/usage.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "chat/reply.h"
#include "json/scan.h"

namespace weir::chat {
namespace {

class UsageTest : public ::testing::Test {
 protected:
  Result<StreamEvent> Event(const std::string& data) {
    text_ = data;
    text_.reserve(data.size() + json::kPadding);
    return reader_.ReadEvent(text_);
  }
  std::optional<UsageCounts> Usage(const std::string& usage) {
    auto reply = Event("{\"usage\":" + usage + ",\"choices\":[{}]}");
    EXPECT_TRUE(reply) << usage;
    return reply ? reply->usage : std::nullopt;
  }

 private:
  ReplyReader reader_;
  std::string text_;
};

struct UsageRow {
  const char* usage;
  std::optional<UsageCounts> counts;
};

TEST_F(UsageTest, UsageOfManyVendors) {
  const UsageRow kRows[] = {
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})", UsageCounts{10, 0, 5, 0}},
      {R"({"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":3,"x":1},)"
       R"("prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"prompt_tokens":10})",
       UsageCounts{10, 4, 5, 3}},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":8,)"
       R"("prompt_cache_miss_tokens":2})",
       UsageCounts{10, 8, 5, 0}},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cached_tokens":6})", UsageCounts{10, 6, 5, 0}},
      {R"({"prompt_cache_hit_tokens":8,"prompt_tokens":10,"completion_tokens":5,)"
       R"("prompt_tokens_details":{"cached_tokens":null},)"
       R"("completion_tokens_details":{"cached_tokens":0}})",
       UsageCounts{10, 8, 5, 0}},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":8},)"
       R"("cached_tokens":0})",
       UsageCounts{10, 8, 5, 0}},
      {R"({"prompt_tokens":10,"total_tokens":10})", UsageCounts{10, 0, 0, 0}},
      {R"({"prompt_tokens":10,"completion_tokens":null,"prompt_tokens_details":null})",
       UsageCounts{10, 0, 0, 0}},
      {R"({"prompt_tokens":10.0,"completion_tokens":1e1})", UsageCounts{10, 0, 10, 0}},
      {R"({"prompt_tokens":4294967296,"completion_tokens":1})",
       UsageCounts{int64_t{1} << 32, 0, 1, 0}},
      {R"({"prompt_tokens":4294967297,"completion_tokens":1})", std::nullopt},  // no model's
      {"null", std::nullopt},
      {"{}", std::nullopt},
      {"[]", std::nullopt},
      {"\"junk\"", std::nullopt},
      {R"({"total_tokens":7})", std::nullopt},
  };
  for (const UsageRow& row : kRows) EXPECT_EQ(Usage(row.usage), row.counts) << row.usage;
}

TEST_F(UsageTest, KindsOfTokensAreParts) {
  const UsageRow kRows[] = {
      // OpenAI's audio models
      {R"({"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,)"
       R"("prompt_tokens_details":{"cached_tokens":10,"audio_tokens":60},)"
       R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":40}})",
       UsageCounts{100, 10, 50, 0, 0, 60, 0, 40}},
      // xAI
      {R"({"prompt_tokens":300,"completion_tokens":9,"total_tokens":309,"prompt_tokens_details":)"
       R"({"text_tokens":20,"audio_tokens":0,"image_tokens":280,"cached_tokens":4}})",
       UsageCounts{300, 4, 9, 0, 0, 0, 280, 0}},
      // Model Studio with a prefix that the client has marked
      {R"({"prompt_tokens":2000,"completion_tokens":5,"total_tokens":2005,"prompt_tokens_details":)"
       R"({"cached_tokens":0,"cache_creation_input_tokens":1900,"cache_type":"ephemeral"}})",
       UsageCounts{2000, 0, 5, 0, 1900, 0, 0, 0}},
      // Images of an answer are no images of the prompt.
      {R"({"prompt_tokens":10,"completion_tokens":5,)"
       R"("completion_tokens_details":{"image_tokens":5}})",
       UsageCounts{10, 0, 5, 0, 0, 0, 0, 0}},
      // Parts that are larger than their whole
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"audio_tokens":11,)"
       R"("image_tokens":3},"completion_tokens_details":{"audio_tokens":6}})",
       UsageCounts{10, 0, 5, 0, 0, 10, 0, 5}},
      {R"({"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"audio_tokens":8,)"
       R"("image_tokens":3}})",
       UsageCounts{10, 0, 5, 0, 0, 8, 2, 0}},
      // Read and written together are more than there is: neither is to be believed.
      {R"({"prompt_tokens":10,"completion_tokens":5,)"
       R"("prompt_tokens_details":{"cached_tokens":6,"cache_write_tokens":5}})",
       std::nullopt},
  };
  for (const UsageRow& row : kRows) EXPECT_EQ(Usage(row.usage), row.counts) << row.usage;
}

TEST_F(UsageTest, B14JunkNumbersMakeUsageAbsent) {
  for (const char* junk : {"-1", "1.5", "\"5\"", "9007199254740993", "1e300", "true", "[]", "{}",
                           "1000000000000000000", "99999999999999999999999999"}) {
    std::string number = junk;
    for (const char* part : {"audio_tokens", "image_tokens", "cache_write_tokens"}) {
      EXPECT_EQ(Usage(fmt::format(R"({{"prompt_tokens":1,"prompt_tokens_details":{{"{}":{}}}}})",
                                  part, number)),
                std::nullopt);
    }
    EXPECT_EQ(Usage("{\"prompt_tokens\":1,\"cache_creation_input_tokens\":" + number + "}"),
              std::nullopt);
    EXPECT_EQ(Usage("{\"completion_tokens\":1,\"completion_tokens_details\":{\"audio_tokens\":" +
                    number + "}}"),
              std::nullopt);
    EXPECT_EQ(Usage("{\"prompt_tokens\":" + number + ",\"completion_tokens\":1}"), std::nullopt);
    EXPECT_EQ(Usage("{\"prompt_tokens\":1,\"completion_tokens\":" + number + "}"), std::nullopt);
    EXPECT_EQ(Usage("{\"prompt_tokens\":1,\"total_tokens\":" + number + "}"), std::nullopt);
    EXPECT_EQ(
        Usage("{\"prompt_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":" + number + "}}"),
        std::nullopt);
    EXPECT_EQ(Usage("{\"prompt_tokens\":1,\"completion_tokens_details\":{\"reasoning_tokens\":" +
                    number + "}}"),
              std::nullopt);
  }
}

TEST_F(UsageTest, CountsThatLeaveAPartOutAreMadeWhole) {
  const UsageRow kRows[] = {
      // reasoning beside completion
      {R"({"prompt_tokens":10,"completion_tokens":9,"total_tokens":319,)"
       R"("completion_tokens_details":{"reasoning_tokens":300}})",
       UsageCounts{10, 0, 309, 300}},
      // cached beside prompt
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":1015,"cached_tokens":1000})",
       UsageCounts{1010, 1000, 5, 0}},
      // thoughts that only the total knows
      {R"({"prompt_tokens":7,"completion_tokens":12,"total_tokens":402})",
       UsageCounts{7, 0, 395, 383}},
      {R"({"prompt_tokens":7,"completion_tokens":0,"total_tokens":8})", UsageCounts{7, 0, 1, 1}},
      // thoughts, with a part of the prompt from the cache
      {R"({"prompt_tokens":700,"completion_tokens":12,"total_tokens":1000,)"
       R"("prompt_tokens_details":{"cached_tokens":500}})",
       UsageCounts{700, 500, 300, 288}},
      // reasoning beside a completion of nothing
      {R"({"prompt_tokens":21,"completion_tokens":0,"total_tokens":81,)"
       R"("completion_tokens_details":{"reasoning_tokens":60}})",
       UsageCounts{21, 0, 60, 60}},
      // read from and written to the vendor's cache, beside the prompt and not generated
      {R"({"prompt_tokens":368,"completion_tokens":19,"total_tokens":10923,)"
       R"("cache_read_input_tokens":10536,"cache_creation_input_tokens":0})",
       UsageCounts{10904, 10536, 19, 0}},
      {R"({"prompt_tokens":16,"completion_tokens":9,"total_tokens":2412,)"
       R"("prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":2387}})",
       UsageCounts{2403, 0, 9, 0, 2387}},
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":65,)"
       R"("cache_read_input_tokens":30,"cache_creation_input_tokens":20})",
       UsageCounts{60, 30, 5, 0, 20}},
      // written to the cache within the prompt, as OpenAI counts it
      {R"({"prompt_tokens":1000,"completion_tokens":10,"total_tokens":1010,)"
       R"("prompt_tokens_details":{"cached_tokens":300,"cache_write_tokens":200}})",
       UsageCounts{1000, 300, 10, 0, 200}},
      // one of the two is not given
      {R"({"prompt_tokens":10,"total_tokens":25})", UsageCounts{10, 0, 15, 0}},
      {R"({"completion_tokens":5,"total_tokens":15})", UsageCounts{10, 0, 5, 0}},
      // a total that explains nothing is ignored
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":3})", UsageCounts{10, 0, 5, 0}},
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":99,)"
       R"("completion_tokens_details":{"reasoning_tokens":2}})",
       UsageCounts{10, 0, 5, 2}},
      // contradictions
      {R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"cached_tokens":11})",
       std::nullopt},
      {R"({"prompt_tokens":10,"completion_tokens":5,"cached_tokens":11})", std::nullopt},
      {R"({"prompt_tokens":43,"completion_tokens":10,"total_tokens":53,)"
       R"("completion_tokens_details":{"reasoning_tokens":11}})",
       UsageCounts{43, 0, 10, 10}},
  };
  for (const UsageRow& row : kRows) EXPECT_EQ(Usage(row.usage), row.counts) << row.usage;
}

TEST_F(UsageTest, UsageMayStandInAChoice) {
  auto event = Event(R"({"choices":[{"delta":{},"finish_reason":"stop",)"
                     R"("usage":{"prompt_tokens":3,"completion_tokens":4}}]})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->usage, (UsageCounts{3, 0, 4, 0}));
  EXPECT_TRUE(event->mentions_usage());
  EXPECT_TRUE(event->finish);
  EXPECT_FALSE(event->usage_only);
}

TEST_F(UsageTest, UsageOnlyEvents) {
  EXPECT_TRUE(
      Event(R"({"usage":{"prompt_tokens":1,"completion_tokens":2},"choices":[]})")->usage_only);
  EXPECT_TRUE(Event(R"({"choices":[],"usage":{"prompt_tokens":1}})")->usage_only);
  EXPECT_FALSE(Event(R"({"choices":[],"usage":null})")->usage_only);
  EXPECT_FALSE(Event(R"({"choices":[],"prompt_filter_results":[]})")->usage_only);
  EXPECT_FALSE(Event(R"({"choices":[{"delta":{}}],"usage":{"prompt_tokens":1}})")->usage_only);
}

TEST_F(UsageTest, StripUsageCutsTheMemberAndOneComma) {
  const std::pair<const char*, const char*> kRows[] = {
      {R"({"a":1,"usage":null,"b":2})", R"({"a":1,"b":2})"},
      {R"({"usage":null,"b":2})", R"({"b":2})"},
      {R"({ "usage" : {"x":[1,2]} , "b":2})", R"({  "b":2})"},
      {R"({"a":1 , "usage":null })", R"({"a":1  })"},
      {R"({"usage":null})", R"({})"},
      {R"({"a":{"usage":null}})", R"({"a":{"usage":null}})"},
      {R"({"choices":[{"index":0,"finish_reason":"stop","usage":{"prompt_tokens":3}}],"b":2})",
       R"({"choices":[{"index":0,"finish_reason":"stop"}],"b":2})"},
      {R"({"choices":[{"usage":{"prompt_tokens":3}},{"usage":null,"index":1}],"usage":null})",
       R"({"choices":[{},{"index":1}]})"},
      {R"({"usage":null,"choices":[{"a":1,"usage":{}, "b":2}]})",
       R"({"choices":[{"a":1, "b":2}]})"},
      {R"({"choices":[{"delta":{"usage":1}}]})", R"({"choices":[{"delta":{"usage":1}}]})"},
      {R"({"a":"\",\"usage\":null"})", R"({"a":"\",\"usage\":null"})"},
  };
  for (auto [before, after] : kRows) {
    auto event = Event(before);
    ASSERT_TRUE(event) << before;
    EXPECT_EQ(StripUsage(before, *event), after);
    EXPECT_TRUE(Event(after)) << after;
    EXPECT_FALSE(Event(after)->mentions_usage());
  }
}

}  // namespace
}  // namespace weir::chat
