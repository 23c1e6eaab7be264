#include "chat/reply.h"

#include <gtest/gtest.h>

#include "json/scan.h"

namespace weir::chat {
namespace {

class Reply : public ::testing::Test {
 protected:
  Result<PlainReply> Plain(const std::string& body) { return reader_.ReadPlain(Pad(body)); }
  Result<StreamEvent> Event(const std::string& data) { return reader_.ReadEvent(Pad(data)); }
  UpstreamError Failure(int status, const std::string& body) {
    return reader_.ReadError(status, Pad(body));
  }
  bool HasContent(const std::string& delta) {
    auto event = Event(R"({"choices":[{"index":0,"delta":)" + delta + "}]}");
    EXPECT_TRUE(event) << delta;
    return event && event->content;
  }

 private:
  std::string_view Pad(const std::string& text) {
    text_ = text;
    text_.reserve(text.size() + json::kPadding);
    return text_;
  }

  ReplyReader reader_;
  std::string text_;
};

TEST_F(Reply, PlainReplies) {
  auto reply = Plain(R"({"id":"x","choices":[{"message":{"role":"assistant","content":"h\u00e9",)"
                     R"("reasoning_content":"abc","reasoning":"abc"},"finish_reason":"stop"}]})");
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->has_content);
  EXPECT_FALSE(reply->has_error);
  EXPECT_EQ(reply->text_bytes, 3 + 3);
  EXPECT_EQ(reply->usage, std::nullopt);

  EXPECT_FALSE(Plain(R"({"choices":[]})")->has_content);
  EXPECT_FALSE(Plain("{}")->has_content);
  EXPECT_TRUE(Plain(R"({"object":"list","data":[{"embedding":[0.1]}]})")->has_content);
  EXPECT_FALSE(Plain(R"({"data":[]})")->has_content);
  EXPECT_EQ(Plain(R"({"choices":[{"text":"abc"},{"text":"de"}]})")->text_bytes, 5);
}

TEST_F(Reply, ErrorsInsideA200) {
  for (const char* body : {R"({"error":{"message":"boom"}})", R"({"error":"boom"})",
                           R"({"choices":[],"error":{"message":"boom"}})",
                           R"({"object":"error","message":"boom","code":400})",
                           R"({"error":true,"message":"boom"})"}) {
    auto reply = Plain(body);
    ASSERT_TRUE(reply) << body;
    EXPECT_TRUE(reply->has_error) << body;
    EXPECT_EQ(reply->error_message, "boom") << body;
    EXPECT_TRUE(Event(body)->has_error) << body;
  }
  for (const char* body : {R"({"error":null,"choices":[{}]})", R"({"error":{},"choices":[{}]})",
                           R"({"error":"","choices":[{}]})", R"({"error":0,"choices":[{}]})",
                           R"({"message":"hello","choices":[{}]})"}) {
    EXPECT_FALSE(Plain(body)->has_error) << body;
  }
  EXPECT_LE(Plain("{\"error\":\"" + std::string(5000, 'x') + "\"}")->error_message.size(), 1024u);
}

TEST_F(Reply, WhatIsNotAnObjectIsABadAnswer) {
  for (const char* body : {"", "<html></html>", "[]", "null", "{", "{\"choices\":[", "{\"a\":1,}",
                           "{} {}", "data: {}"}) {
    auto reply = Plain(body);
    ASSERT_FALSE(reply) << body;
    EXPECT_EQ(reply.error().reason, Reason::kUpstreamBadAnswer);
    EXPECT_FALSE(Event(body)) << body;
  }
  EXPECT_FALSE(Event(std::string(100'000, '[')));
  EXPECT_FALSE(
      Event("{\"choices\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"));
}

TEST_F(Reply, WhatCountsAsContent) {
  for (const char* delta :
       {R"({"content":"a"})", R"({"content":" "})", R"({"reasoning_content":"a"})",
        R"({"reasoning":"a"})", R"({"refusal":"no"})", R"({"tool_calls":[{"index":0}]})",
        R"({"function_call":{"name":"f"}})", R"({"audio":{"data":"x"}})",
        R"({"content":[{"type":"thinking"}]})", R"({"reasoning_details":[{}]})",
        R"({"role":"assistant","content":"\ud83d"})", "{\"content\":\"\xE4\xBD\"}"}) {
    EXPECT_TRUE(HasContent(delta)) << delta;
  }
  for (const char* delta :
       {"{}", "null", R"({"role":"assistant"})", R"({"role":"assistant","content":""})",
        R"({"content":null})", R"({"tool_calls":[]})", R"({"tool_calls":[ ]})",
        R"({"tool_calls":null})", R"({"function_call":null})", R"({"audio":{}})",
        R"({"content":5})", R"({"unknown":"x"})"}) {
    EXPECT_FALSE(HasContent(delta)) << delta;
  }
  EXPECT_TRUE(Event(R"({"choices":[{"text":"a"}]})")->content);
  EXPECT_FALSE(Event(R"({"choices":[{"text":""}]})")->content);
}

TEST_F(Reply, TextBytesCountToolArguments) {
  auto event = Event(R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_1","function":)"
                     R"({"name":"f","arguments":"{\"a\":1}"}}]}}]})");
  EXPECT_EQ(event->text_bytes, 1 + 7);
}

TEST_F(Reply, Finish) {
  EXPECT_TRUE(Event(R"({"choices":[{"delta":{},"finish_reason":"stop"}]})")->finish);
  EXPECT_FALSE(Event(R"({"choices":[{"delta":{},"finish_reason":null}]})")->finish);
  EXPECT_FALSE(Event(R"({"choices":[{"delta":{},"finish_reason":""}]})")->finish);
  EXPECT_TRUE(Event(R"({"choices":[{"finish_reason":null},{"finish_reason":"length"}]})")->finish);
}

TEST_F(Reply, ErrorBodiesOfManyVendors) {
  struct Row {
    const char* body;
    const char* message;
    const char* type;
    const char* code;
  };
  const Row kRows[] = {
      {R"({"error":{"message":"m","type":"invalid_request_error","param":null,"code":"c"}})", "m",
       "invalid_request_error", "c"},
      {R"({"error":"plain"})", "plain", "", ""},
      {R"({"message":"m","type":"t","code":40}, )", "m", "t", "40"},
      {R"({"object":"error","message":"m","type":"BadRequestError","code":400})", "m",
       "BadRequestError", "400"},
      {R"({"detail":"d"})", "d", "", ""},
      {R"({"detail":[{"loc":["body"],"msg":"field required","type":"missing"}]})", "field required",
       "missing", ""},
      {R"({"timestamp":1,"status":404,"error":"Not Found","message":"no route"})", "no route", "",
       ""},
      {R"([{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}])", "m",
       "INVALID_ARGUMENT", "400"},
      {R"({"errors":[{"message":"first"},{"message":"second"}]})", "first", "", ""},
      {R"({"error_code":17,"error_msg":"quota"})", "quota", "", "17"},
      {R"({"code":"InvalidParameter","message":"bad","request_id":"r"})", "bad", "",
       "InvalidParameter"},
      {R"({"error":{"message":"cut of)", R"({"error":{"message":"cut of)", "", ""},
      {R"({"error":{"message":"whole","type":)", "whole", "", ""},
      {"<!DOCTYPE html><html><head><TITLE>502 Bad\nGateway</TITLE></head></html>",
       "502 Bad\nGateway", "", ""},
      {"<html></html>", "the upstream answered 503 without a message", "", ""},
      {"", "the upstream answered 503 without a message", "", ""},
      {"upstream connect error\n", "upstream connect error", "", ""},
  };
  for (const Row& row : kRows) {
    UpstreamError error = Failure(503, row.body);
    EXPECT_EQ(error.message, row.message) << row.body;
    EXPECT_EQ(error.type, row.type) << row.body;
    EXPECT_EQ(error.code, row.code) << row.body;
    EXPECT_FALSE(error.context_length) << row.body;
  }
  EXPECT_LE(Failure(500, std::string(1 << 21, 'x')).message.size(), 1024u);
  EXPECT_LE(Failure(500, "{\"code\":\"" + std::string(5000, 'c') + "\"}").code.size(), 128u);
  EXPECT_FALSE(Failure(500, std::string(1 << 20, '[')).message.empty());
}

TEST_F(Reply, ContextLengthInManyWords) {
  for (const char* message :
       {("This model's maximum context length is 8192 tokens. However, your messages resulted in "
         "9000"),
        ("Your input exceeds the context window of this model. Please adjust your input and try "
         "again."),
        "prompt is too long: 208310 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]",
        "Invalid request: Your request exceeded model token limit: 8192",
        "Prompt exceeds max length", "Input is too long for requested model.",
        "too many tokens: size limit exceeded by 500 tokens",
        "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
        "the request exceeds the available context size, try increasing it"}) {
    std::string body = "{\"error\":{\"message\":\"" + std::string(message) + "\"}}";
    EXPECT_TRUE(Failure(400, body).context_length) << message;
    EXPECT_FALSE(Failure(429, body).context_length) << message;
    EXPECT_FALSE(Failure(401, body).context_length) << message;
  }
  EXPECT_TRUE(
      Failure(400, R"({"error":{"message":"x","code":"context_length_exceeded"}})").context_length);
  EXPECT_TRUE(Failure(400, R"({"error":{"code":"1261","message":"x"}})").context_length);
  EXPECT_TRUE(Failure(400, R"({"error":{"message":"Provider returned error","code":400,"metadata":)"
                           R"({"raw":"{\"error\":\"Prompt is too long\"}"}}})")
                  .context_length);
  EXPECT_FALSE(Failure(400, R"({"error":{"message":"Unknown parameter: context","code":"x"}})")
                   .context_length);
}

}  // namespace
}  // namespace weir::chat
