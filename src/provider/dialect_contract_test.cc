// What every dialect row promises, whatever its wire looks like. A new row is added to kRows.
#include <gtest/gtest.h>
#include <simdjson.h>

#include "chat/reply.h"
#include "chat/request.h"
#include "provider/dialect.h"

namespace weir::provider {
namespace {

constexpr const Dialect* kRows[] = {&kOpenAi, &kSimulator};

std::string Padded(std::string_view text) {
  std::string copy(text);
  copy.reserve(copy.size() + json::kPadding);
  return copy;
}

class DialectContract : public testing::TestWithParam<const Dialect*> {
 protected:
  DialectContract() {
    provider_.name = "vendor";
    provider_.base_url = {true, "api.example", 443, "/v1"};
    provider_.headers = {{"x-team", "core"}};
  }
  const Dialect& row() const { return *GetParam(); }

  chat::Request Parse(std::string_view body,
                      chat::Endpoint endpoint = chat::Endpoint::kChatCompletions) {
    body_ = Padded(body);
    auto request = parser_.Parse(endpoint, body_);
    EXPECT_TRUE(request) << request.error().message;
    return request ? *request : chat::Request{};
  }
  WireRequest Encode(std::string_view body, const Secret* key = nullptr,
                     chat::Endpoint endpoint = chat::Endpoint::kChatCompletions) {
    const chat::Request request = Parse(body, endpoint);
    auto wire = row().encode(request, body_, Target{&provider_, "upstream-name", key});
    EXPECT_TRUE(wire);
    return wire ? *wire : WireRequest{};
  }
  EventOut Decode(StreamState& state, std::string_view data) {
    const std::string text = Padded(data);
    http::SseEvent event;
    event.data = text;
    event.has_data = true;
    auto out = row().decode_event(reader_, state, event);
    EXPECT_TRUE(out) << data;
    return out ? *out : EventOut{};
  }
  static std::string Header(const WireRequest& wire, std::string_view name) {
    std::string found;
    for (const auto& [key, value] : wire.headers) {
      if (key == name) found += found.empty() ? value : ", " + value;
    }
    return found;
  }

  catalog::Provider provider_;
  chat::RequestParser parser_;
  chat::ReplyReader reader_;
  std::string body_;
};

TEST_P(DialectContract, RowIsComplete) {
  EXPECT_FALSE(row().name.empty());
  EXPECT_FALSE(row().doc.empty());
  EXPECT_EQ(row().doc.find('\n'), std::string_view::npos);
  EXPECT_NE(row().encode, nullptr);
  EXPECT_NE(row().decode_reply, nullptr);
  EXPECT_NE(row().new_stream, nullptr);
  EXPECT_NE(row().decode_event, nullptr);
  EXPECT_NE(row().decode_error, nullptr);
}

TEST_P(DialectContract, ARequestGoesUnderTheBaseUrlWithItsCredential) {
  const Secret key(std::string("key-of-the-provider"));
  const WireRequest wire =
      Encode(R"({"model":"a","messages":[{"role":"user","content":"x"}]})", &key);
  EXPECT_TRUE(wire.path.starts_with("/v1/")) << wire.path;
  EXPECT_EQ(wire.path.find('?'), std::string::npos);
  EXPECT_EQ(Header(wire, "content-type"), "application/json");
  EXPECT_EQ(Header(wire, "x-team"), "core");
  int carriers = 0;
  for (const auto& header : wire.headers)
    carriers += header.second.find(key.Reveal()) != header.second.npos;
  EXPECT_EQ(carriers, 1);
  EXPECT_EQ(wire.body.Whole().find(key.Reveal()), std::string::npos);
}

TEST_P(DialectContract, WithoutAKeyNoCredentialIsSent) {
  const WireRequest wire = Encode(R"({"model":"a","messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(Header(wire, "authorization"), "");
  const Secret empty;
  EXPECT_EQ(Header(Encode(body_, &empty), "authorization"), "");
}

TEST_P(DialectContract, TheUpstreamReadsItsOwnModelNameAndValidJson) {
  for (const char* body :
       {R"({"model":"auto","messages":[{"role":"user","content":"x"}]})",
        R"( { "messages":[{"role":"user","content":"x"}] , "model" : "au\u0074o" } )"}) {
    const WireRequest wire = Encode(body);
    simdjson::dom::parser parser;
    EXPECT_EQ(parser.parse(wire.body.Whole())["model"].get_string().value(), "upstream-name");
    EXPECT_EQ(wire.body.Whole().find("auto"), std::string::npos);
  }
}

TEST_P(DialectContract, UsageIsAlwaysAskedOfAStream) {
  const char* bodies[] = {
      R"({"model":"a","stream":true,"messages":[{"role":"user","content":"x"}]})",
      R"({"model":"a","stream":true,"stream_options":{},"messages":[{"role":"user","content":"x"}]})",
      R"({"model":"a","stream":true,"stream_options":null,"messages":[{"role":"user","content":"x"}]})",
      (R"({"stream_options":{"include_usage":false,"x":1},"model":"a","stream":true,)"
       R"("messages":[{"role":"user","content":"x"}]})")};
  for (const char* body : bodies) {
    const WireRequest wire = Encode(body);
    simdjson::dom::parser parser;
    EXPECT_TRUE(
        parser.parse(wire.body.Whole())["stream_options"]["include_usage"].get_bool().value())
        << wire.body.Whole();
  }
}

TEST_P(DialectContract, UsageOfAStreamIsCounted) {
  const auto state = row().new_stream(
      Parse(R"({"model":"a","stream":true,"messages":[{"role":"user","content":"x"}]})"));
  const EventOut out = Decode(
      *state, R"({"id":"1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}})");
  EXPECT_EQ(out.facts.usage, (chat::UsageCounts{7, 0, 3, 0}));
  EXPECT_TRUE(out.facts.usage_only);
}

TEST_P(DialectContract, ContentIsToldFromRolesAndTheEnd) {
  const auto state = row().new_stream(
      Parse(R"({"model":"a","stream":true,"messages":[{"role":"user","content":"x"}]})"));
  const EventOut role =
      Decode(*state, R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})");
  EXPECT_FALSE(role.facts.content);
  EXPECT_TRUE(role.pass_raw);
  EXPECT_TRUE(
      Decode(*state, R"({"choices":[{"index":0,"delta":{"content":"hi"}}]})").facts.content);
  EXPECT_TRUE(Decode(*state, R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})")
                  .facts.finish);
  EXPECT_FALSE(Decode(*state, R"({"choices":[]})").done);
  EXPECT_TRUE(Decode(*state, "[DONE]").done);
  EXPECT_TRUE(Decode(*state, R"({"error":{"message":"no"}})").facts.has_error);
}

TEST_P(DialectContract, ACommentPassesAndAMalformedEventIsAnErrorThatDoesNotStick) {
  const auto state = row().new_stream(
      Parse(R"({"model":"a","stream":true,"messages":[{"role":"user","content":"x"}]})"));
  http::SseEvent comment;
  comment.raw = ": keep-alive\n\n";
  comment.comment_only = true;
  const auto passed = row().decode_event(reader_, *state, comment);
  ASSERT_TRUE(passed);
  EXPECT_TRUE(passed->pass_raw);
  EXPECT_FALSE(passed->facts.content);

  const std::string junk = Padded(R"({"choices":[{"delta")");
  http::SseEvent event;
  event.data = junk;
  event.has_data = true;
  const auto failed = row().decode_event(reader_, *state, event);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, Reason::kUpstreamBadAnswer);
  EXPECT_TRUE(
      Decode(*state, R"({"choices":[{"index":0,"delta":{"content":"hi"}}]})").facts.content);
}

TEST_P(DialectContract, APlainAnswerIsReadAndLeftAlone) {
  const std::string_view text =
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"x":1}],)"
      R"("usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3}}})";
  std::string body = Padded(text);
  const auto reply = row().decode_reply(reader_, &body);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->facts.has_content);
  EXPECT_EQ(reply->facts.usage, (chat::UsageCounts{5, 3, 2, 0}));
  EXPECT_EQ(body, text);
}

TEST_P(DialectContract, NonsenseIsAnErrorOrHasNoContent) {
  for (const char* text : {"", "null", "[]", "{", "<html></html>", "{}", R"({"choices":null})",
                           R"({"choices":[]})", R"({"error":{"message":"no"}})", "\xff\xfe"}) {
    std::string body = Padded(text);
    const auto reply = row().decode_reply(reader_, &body);
    EXPECT_TRUE(!reply || !reply->facts.has_content) << text;
  }
}

TEST_P(DialectContract, AnErrorBodyIsReadInAnyState) {
  const std::string json =
      Padded(R"({"error":{"message":"too long","type":"t","code":"context_length_exceeded"}})");
  const chat::UpstreamError error = row().decode_error(reader_, 400, json);
  EXPECT_EQ(error.message, "too long");
  EXPECT_TRUE(error.context_length);
  for (const char* text : {"", "<html>", "{", "{}", R"({"error":"plain"})", R"({"error":[1]})"}) {
    EXPECT_FALSE(row().decode_error(reader_, 500, Padded(text)).context_length);
  }
}

TEST_P(DialectContract, EveryEndpointHasAPathOfItsOwn) {
  const ShelvedString chat =
      Encode(R"({"model":"a","messages":[{"role":"user","content":"x"}]})").path;
  const ShelvedString completion =
      Encode(R"({"model":"a","prompt":"x"})", nullptr, chat::Endpoint::kCompletions).path;
  const WireRequest embedding =
      Encode(R"({"model":"a","input":"x","stream":true})", nullptr, chat::Endpoint::kEmbeddings);
  EXPECT_NE(chat, completion);
  EXPECT_NE(chat, embedding.path);
  EXPECT_EQ(embedding.body.Whole(), R"({"model":"upstream-name","input":"x","stream":true})");
}

INSTANTIATE_TEST_SUITE_P(Rows, DialectContract, testing::ValuesIn(kRows),
                         [](const auto& each) { return std::string(each.param->name); });

}  // namespace
}  // namespace weir::provider
