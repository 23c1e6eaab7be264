// HARDENING's rows J01–J38, and what else a body may get wrong.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chat/request.h"

namespace weir::chat {
namespace {

constexpr Reason kJson = Reason::kInvalidJson;
constexpr Reason kBad = Reason::kBadRequest;

std::string With(const std::string& members) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}])" +
         (members.empty() ? "" : "," + members) + "}";
}
std::string Messages(const std::string& messages) {
  return R"({"model":"m","messages":)" + messages + "}";
}

struct Refusal {
  const char* row;
  std::string body;
  Reason reason;
  const char* param;
};

std::vector<Refusal> NotJson() {
  return {
      {"J01", "", kJson, ""},
      {"J02", "hello", kJson, ""},
      {"J03", R"({"model":"m","messages":[{"role":"user")", kJson, ""},
      {"J04", "[]", kJson, ""},
      {"J05", "\"text\"", kJson, ""},
      {"J06", std::string(100'000, '['), kJson, ""},
      {"J07", With("\"x\":" + std::string(1'000'000, '[')), kJson, ""},
      {"J08", With("\"x\":" + std::string(300, '[') + std::string(300, ']')), kJson, ""},
      {"J09", With("\"model\":\"n\""), kJson, "model"},
      {"J09", With("\"mod\\u0065l\":\"n\""), kJson, "model"},
      {"J09", With("\"messages\":[]"), kJson, "messages"},
      {"J09", With("\"stream\":true,\"stream\":false"), kJson, "stream"},
      {"J09", With("\"stream_options\":{},\"stream_options\":{}"), kJson, "stream_options"},
      {"J09", With("\"max_tokens\":1,\"max_tokens\":2"), kJson, "max_tokens"},
      {"J09", With("\"prompt\":\"\",\"prompt\":\"\""), kJson, "prompt"},
      {"J09", With("\"input\":\"\",\"input\":\"\""), kJson, "input"},
      {"J10", With("\"x\":\"\xFF\""), kJson, ""},
      {"J11", With("\"x\":\"\xC0\xAF\""), kJson, ""},
      {"J12", With("\"x\":\"\\ud800\""), kJson, ""},
      {"J13", With("\"x\":\"a\nb\""), kJson, ""},
      {"J15", "\xEF\xBB\xBF" + With(""), kJson, ""},
      {"J17", With("\"x\":NaN"), kJson, ""},
      {"J18", With("\"x\":1e400"), kJson, ""},
  };
}

std::vector<Refusal> WrongMembers() {
  return {
      {"J19", With("\"max_tokens\":9223372036854775808"), kBad, "max_tokens"},
      {"J20", With("\"max_tokens\":-1"), kBad, "max_tokens"},
      {"J21", With("\"max_tokens\":\"10\""), kBad, "max_tokens"},
      {"J22", With("\"max_tokens\":1.5"), kBad, "max_tokens"},
      {"J22", With("\"max_completion_tokens\":{}"), kBad, "max_completion_tokens"},
      {"J23", With("\"stream\":\"true\""), kBad, "stream"},
      {"J24", R"({"model":"m"})", kBad, "messages"},
      {"J25", Messages("[]"), kBad, "messages"},
      {"J26", Messages("\"hi\""), kBad, "messages"},
      {"J26", Messages("null"), kBad, "messages"},
      {"J27", Messages("[1]"), kBad, "messages[0]"},
      {"J28", R"({"model":{},"messages":[{"role":"user","content":"x"}]})", kBad, "model"},
      {"J29", R"({"model":"","messages":[{"role":"user","content":"x"}]})", kBad, "model"},
      {"J29", R"({"messages":[{"role":"user","content":"x"}]})", kBad, "model"},
      {"J30", With("\"n\":1000000"), kBad, "n"},
      {"J30", With("\"n\":0"), kBad, "n"},
      {"J30", With("\"n\":129"), kBad, "n"},
      {"J31", R"({"model":"a\r\nX: y","messages":[{"role":"user","content":"x"}]})", kBad, "model"},
      {"J32", "{\"model\":\"" + std::string(1 << 20, 'm') + "\"}", kBad, "model"},
      {"J35", With("") + With(""), kJson, ""},
      {"J36", "{/* c */\"model\":\"m\"}", kJson, ""},
      {"J37", With("\"x\":" + std::string(1'000'000, '9')), kJson, ""},
      {"J37", With("\"max_tokens\":" + std::string(1'000'000, '9')), kJson, ""},
  };
}

std::vector<Refusal> WrongMessages() {
  return {
      {"type", With("\"temperature\":\"hot\""), kBad, "temperature"},
      {"type", With("\"tools\":{}"), kBad, "tools"},
      {"type", With("\"response_format\":\"json\""), kBad, "response_format"},
      {"type", With("\"stream_options\":true"), kBad, "stream_options"},
      {"type", With("\"stream_options\":{\"include_usage\":1}"), kBad,
       "stream_options.include_usage"},
      {"type", With("\"stream_options\":{\"include_usage\":true,\"include_usage\":false}"), kJson,
       "stream_options.include_usage"},
      {"type", With("\"reasoning_effort\":1"), kBad, "reasoning_effort"},
      {"role", Messages(R"([{"content":"x"}])"), kBad, "messages[0].role"},
      {"role", Messages(R"([{"role":7,"content":"x"}])"), kBad, "messages[0].role"},
      {"role", Messages(R"([{"role":"user","role":"tool","content":"x"}])"), kJson,
       "messages[0].role"},
      {"content", Messages(R"([{"role":"user"}])"), kBad, "messages[0].content"},
      {"content", Messages(R"([{"role":"system","content":null}])"), kBad, "messages[0].content"},
      {"content", Messages(R"([{"role":"user","content":"a"},{"role":"user","content":5}])"), kBad,
       "messages[1].content"},
      {"content", Messages(R"([{"role":"user","content":"a","content":"b"}])"), kJson,
       "messages[0].content"},
      {"part", Messages(R"([{"role":"user","content":["a"]}])"), kBad, "messages[0].content[0]"},
      {"part", Messages(R"([{"role":"user","content":[{"type":"text","text":5}]}])"), kBad,
       "messages[0].content[0].text"},
  };
}

class RequestRefusal : public ::testing::Test {
 protected:
  Result<Request> Parse(std::string body) {
    body.reserve(body.size() + json::kPadding);
    return parser_.Parse(Endpoint::kChatCompletions, body);
  }
  void ExpectRefused(const std::vector<Refusal>& rows) {
    for (const Refusal& row : rows) {
      auto request = Parse(row.body);
      ASSERT_FALSE(request) << row.row << " " << row.body.substr(0, 100);
      EXPECT_EQ(request.error().reason, row.reason) << row.row << " " << request.error().message;
      EXPECT_EQ(request.error().param, row.param) << row.row << " " << request.error().message;
      EXPECT_EQ(request.error().status(), 400);
      EXPECT_LT(request.error().message.size(), 300u);
    }
  }

  RequestParser parser_;
};

TEST_F(RequestRefusal, WhatIsNotJson) {
  ExpectRefused(NotJson());
}
TEST_F(RequestRefusal, MembersOfTheWrongType) {
  ExpectRefused(WrongMembers());
}
TEST_F(RequestRefusal, MessagesOfTheWrongShape) {
  ExpectRefused(WrongMessages());
}

TEST_F(RequestRefusal, SaysWhatWasExpected) {
  EXPECT_EQ(Parse(Messages(R"([{"role":"user","content":5}])")).error().message,
            "messages[0].content: expected a string or an array of parts, found a number");
  EXPECT_EQ(Parse(With("\"max_tokens\":-1")).error().message,
            "max_tokens: expected a whole number from 0 to 2147483647");
  EXPECT_EQ(Parse(With("\"stream\":\"true\"")).error().message,
            "stream: expected true or false, found a string");
}

TEST_F(RequestRefusal, AJsonErrorOutranksTheTypeErrorItCauses) {
  auto request =
      Parse(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text" 5}]}]})");
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().reason, Reason::kInvalidJson);
}

}  // namespace
}  // namespace weir::chat
