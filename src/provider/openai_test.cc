#include <gtest/gtest.h>

#include "chat/request.h"
#include "provider/dialect.h"

namespace weir::provider {
namespace {

class OpenAiTest : public testing::Test {
 protected:
  WireRequest Encode(std::string body, std::string_view model, const Secret* key = nullptr) {
    body.reserve(body.size() + json::kPadding);
    auto request = parser_.Parse(chat::Endpoint::kChatCompletions, body);
    EXPECT_TRUE(request);
    return *kOpenAi.encode(*request, body, Target{&provider_, model, key});
  }
  catalog::Provider provider_;
  chat::RequestParser parser_;
};

TEST_F(OpenAiTest, OnlyTheModelsBytesChange) {
  const std::string before = "{ \"zzz\" : 1.50e+2 ,\n\t\"model\": ";
  const std::string after =
      R"(, "messages":[{"role":"user","content":"\u00e9\/ é","cache_control":{"x":[1,{}]}}],"t":0.10})";
  const WireRequest wire = Encode(before + "\"auto\"" + after, "glm-4-flash");
  EXPECT_EQ(wire.body, before + "\"glm-4-flash\"" + after);
}

TEST_F(OpenAiTest, AModelNameIsEscaped) {
  const WireRequest wire =
      Encode(R"({"model":"a","messages":[{"role":"user","content":"x"}]})", "a\"b\\c");
  EXPECT_EQ(wire.body, R"({"model":"a\"b\\c","messages":[{"role":"user","content":"x"}]})");
}

TEST_F(OpenAiTest, TheKeyIsABearerToken) {
  const Secret key(std::string("k-123456"));
  const WireRequest wire =
      Encode(R"({"model":"a","messages":[{"role":"user","content":"x"}]})", "m", &key);
  EXPECT_EQ(wire.headers[1],
            (std::pair<std::string, std::string>{"authorization", "Bearer k-123456"}));
  EXPECT_EQ(wire.path, "/chat/completions");
}

TEST_F(OpenAiTest, AConfiguredAuthorizationWins) {
  provider_.headers = {{"Authorization", "Basic abc"}};
  const Secret key(std::string("k-123456"));
  const WireRequest wire =
      Encode(R"({"model":"a","messages":[{"role":"user","content":"x"}]})", "m", &key);
  ASSERT_EQ(wire.headers.size(), 2U);
  EXPECT_EQ(wire.headers[1].second, "Basic abc");
}

}  // namespace
}  // namespace weir::provider
