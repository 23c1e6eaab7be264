#include <gtest/gtest.h>

#include "chat/request.h"
#include "provider/dialect.h"

namespace weir::provider {
namespace {

class OpenAiTest : public testing::Test {
 protected:
  WireRequest Encode(std::string body, std::string_view model, const Secret* key = nullptr) {
    body_ = std::move(body);
    body_.reserve(body_.size() + json::kPadding);
    auto request = parser_.Parse(chat::Endpoint::kChatCompletions, body_);
    EXPECT_TRUE(request);
    return *kOpenAi.encode(*request, body_, Target{&provider_, model, key});
  }
  catalog::Provider provider_;
  chat::RequestParser parser_;
  std::string body_;
};

TEST_F(OpenAiTest, OnlyTheModelsBytesChange) {
  const std::string before = "{ \"zzz\" : 1.50e+2 ,\n\t\"model\": ";
  const std::string after =
      R"(, "messages":[{"role":"user","content":"\u00e9\/ é","cache_control":{"x":[1,{}]}}],"t":0.10})";
  const WireRequest wire = Encode(before + "\"auto\"" + after, "glm-4-flash");
  EXPECT_EQ(wire.body.Whole(), before + "\"glm-4-flash\"" + after);
}

TEST_F(OpenAiTest, AModelNameIsEscaped) {
  const WireRequest wire =
      Encode(R"({"model":"a","messages":[{"role":"user","content":"x"}]})", "a\"b\\c");
  EXPECT_EQ(wire.body.Whole(), R"({"model":"a\"b\\c","messages":[{"role":"user","content":"x"}]})");
}

TEST_F(OpenAiTest, TheKeyIsABearerToken) {
  const Secret key(std::string("k-123456"));
  const WireRequest wire =
      Encode(R"({"model":"a","messages":[{"role":"user","content":"x"}]})", "m", &key);
  EXPECT_EQ(wire.headers[1],
            (std::pair<std::string_view, ShelvedString>{"authorization", "Bearer k-123456"}));
  EXPECT_EQ(wire.path, "/chat/completions");
}

TEST_F(OpenAiTest, AKeyHeaderOfItsOwnCarriesTheBareKey) {
  provider_.key_header = "api-key";
  const Secret key(std::string("k-123456"));
  const std::string body = R"({"model":"a","messages":[{"role":"user","content":"x"}]})";
  const WireRequest wire = Encode(body, "m", &key);
  ASSERT_EQ(wire.headers.size(), 2U);
  EXPECT_EQ(wire.headers[1], (std::pair<std::string_view, ShelvedString>{"api-key", "k-123456"}));
  EXPECT_EQ(Encode(body, "m").headers.size(), 1U);
  provider_.headers = {{"Api-Key", "other"}};
  const WireRequest own = Encode(body, "m", &key);
  ASSERT_EQ(own.headers.size(), 2U);
  EXPECT_EQ(own.headers[1].second, "other");
}

TEST_F(OpenAiTest, StreamOptionsAreNotSentWhereTheyAreRefused) {
  const std::string messages = R"("messages":[{"role":"user","content":"x"}],"stream":true})";
  const std::string asked = R"({"model":"a","stream_options":{"include_usage":true},)" + messages;
  EXPECT_EQ(Encode(asked, "a").body.Whole(), asked);
  EXPECT_NE(Encode(R"({"model":"a",)" + messages, "a").body.Whole().find("include_usage"),
            std::string::npos);
  provider_.stream_options = false;
  EXPECT_EQ(Encode(asked, "a").body.Whole(), R"({"model":"a",)" + messages);
  EXPECT_EQ(Encode(R"({"model":"a",)" + messages, "a").body.Whole(), R"({"model":"a",)" + messages);
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
