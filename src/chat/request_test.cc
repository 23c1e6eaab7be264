#include "chat/request.h"

#include <gtest/gtest.h>

#include <string>

#include "base/strings.h"

namespace weir::chat {
namespace {

class RequestParse : public ::testing::Test {
 protected:
  Result<Request> Parse(std::string body, Endpoint endpoint = Endpoint::kChatCompletions,
                        ModelMember model = ModelMember::kRequired) {
    body_ = std::move(body);
    body_.reserve(body_.size() + json::kPadding);
    return parser_.Parse(endpoint, body_, model);
  }
  Request Parsed(std::string body, Endpoint endpoint = Endpoint::kChatCompletions) {
    auto request = Parse(std::move(body), endpoint);
    EXPECT_TRUE(request) << request.error().message;
    return request ? *request : Request();
  }

  RequestParser parser_;
  std::string body_;
};

std::string With(const std::string& members) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}])" +
         (members.empty() ? "" : "," + members) + "}";
}
std::string Messages(const std::string& messages) {
  return R"({"model":"m","messages":)" + messages + "}";
}

TEST_F(RequestParse, MembersAreInTheirPlaces) {
  const Request request = Parsed(
      "{ \"model\" : \"m\" ,\"messages\":[ {\"role\":\"user\",\"content\":\"hi\"} ],\"x\\u0041\": "
      "{\"y\":1},"
      "\"n\":2 }");
  std::string seen;
  for (const Member& member : request.members) {
    seen += fmt::format("{}={};", member.name.of(body_), member.value.of(body_));
  }
  EXPECT_EQ(
      seen,
      "model=\"m\";messages=[ {\"role\":\"user\",\"content\":\"hi\"} ];x\\u0041={\"y\":1};n=2;");
}

TEST_F(RequestParse, ReadsTheFacts) {
  Request request = Parsed(
      With(R"("stream":true,"stream_options":{"include_usage":true},"max_tokens":5,)"
           R"("max_completion_tokens":9,"n":2,"temperature":0.5,"tools":[{"type":"function"}],)"
           R"("response_format":{"type":"json_schema","json_schema":{}},"reasoning_effort":"high",)"
           R"("big":12345678901234567890123,"__proto__":{"x":1})"));
  EXPECT_EQ(request.model, "m");
  EXPECT_TRUE(request.stream);
  EXPECT_TRUE(request.include_usage);
  EXPECT_EQ(request.max_tokens, 9);
  EXPECT_EQ(request.n, 2);
  EXPECT_EQ(request.temperature, 0.5);
  EXPECT_TRUE(request.has_tools);
  EXPECT_TRUE(request.wants_json_schema);
  EXPECT_FALSE(request.wants_json_object);
  EXPECT_TRUE(request.wants_reasoning);
  EXPECT_EQ(request.messages, 1);
  EXPECT_EQ(request.last_user, "hi");
  EXPECT_EQ(request.model_value.of(body_), "\"m\"");
  EXPECT_EQ(request.stream_options.of(body_), R"({"include_usage":true})");
  EXPECT_EQ(request.include_usage_value.of(body_), "true");
  EXPECT_EQ(request.object_begin, 1u);
  EXPECT_EQ(request.other_bytes,
            std::string_view(R"([{"type":"function"}])").size() +
                std::string_view(R"({"type":"json_schema","json_schema":{}})").size())
      << "tools and response_format as written";
}

TEST_F(RequestParse, NullIsMissing) {
  Request request = Parsed(With(
      R"("stream":null,"stream_options":null,"max_tokens":null,"n":null,"temperature":null,)"
      R"("tools":null,"functions":null,"response_format":null,"reasoning_effort":null,"reasoning":null)"));
  EXPECT_FALSE(request.stream || request.has_tools || request.wants_reasoning);
  EXPECT_EQ(request.n, 1);
  EXPECT_EQ(request.temperature, std::nullopt);
  EXPECT_EQ(request.stream_options.of(body_), "null");
}

TEST_F(RequestParse, WantsReasoning) {
  const std::pair<const char*, bool> kRows[] = {{R"("reasoning_effort":"low")", true},
                                                {R"("reasoning_effort":"none")", false},
                                                {R"("reasoning_effort":"minimal")", false},
                                                {R"("reasoning":{"effort":"high"})", true},
                                                {R"("reasoning":{"enabled":false})", false},
                                                {R"("reasoning":{"max_tokens":9})", true},
                                                {R"("thinking":{"type":"enabled"})", true},
                                                {R"("thinking":{"type":"disabled"})", false},
                                                {R"("enable_thinking":true)", true},
                                                {R"("enable_thinking":false)", false},
                                                {R"("reasoning":"odd")", false},
                                                {R"("tools":[])", false}};
  for (auto [members, wanted] : kRows) {
    EXPECT_EQ(Parsed(With(members)).wants_reasoning, wanted) << members;
  }
  EXPECT_FALSE(Parsed(With(R"("tools":[])")).has_tools);
}

TEST_F(RequestParse, TheLastUserMessageIsFoundWhateverTheOrderOfItsMembers) {
  Request request = Parsed(Messages(
      R"([{"role":"system","content":"s"},{"content":"old","role":"user"},)"
      R"({"content":[{"type":"text","text":"a\n"},{"text":"b","type":"text"},)"
      R"({"type":"image_url","image_url":{"url":"data:x"}},{"type":"input_audio","input_audio":{}}],)"
      R"("role":"\u0075ser"},{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},)"
      R"({"role":"tool","content":"result","tool_call_id":"1"},{"role":"assistant"}])"));
  EXPECT_EQ(request.last_user, "a\n\nb");
  EXPECT_EQ(request.all_text, "s\nold\na\n\nb\nresult");
  EXPECT_EQ(request.text_bytes, 1 + 3 + 2 + 1 + 6);
  EXPECT_EQ(request.messages, 6);
  EXPECT_EQ(request.images, 1);
  EXPECT_GT(request.attached_bytes, 0);
  EXPECT_EQ(request.other_bytes, 12);
}

TEST_F(RequestParse, AnUnknownPartAndRoleAreKept) {
  Request request =
      Parsed(Messages(R"([{"role":"critic","content":[{"type":"hologram","x":1}]},)"
                      R"({"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}])"));
  EXPECT_EQ(request.last_user, "");
  EXPECT_EQ(request.all_text, "no");
}

TEST_F(RequestParse, AllTextKeepsHeadAndLastUser) {
  std::string system(20'000, 's');
  Request request = Parsed(Messages("[{\"role\":\"system\",\"content\":\"" + system +
                                    "\"},{\"role\":\"user\",\"content\":\"the\\nquestion\"}]"));
  EXPECT_LE(request.all_text.size(), kAllTextBytes);
  EXPECT_TRUE(request.all_text.starts_with("sss"));
  EXPECT_TRUE(request.all_text.ends_with("s\nthe\nquestion"));
  EXPECT_EQ(request.all_text.size(), kAllTextBytes);

  std::string wide;
  for (int i = 0; i < 10'000; ++i) wide += "\\u4f60";
  request = Parsed(Messages("[{\"role\":\"system\",\"content\":\"x" + wide +
                            "\"},{\"role\":\"user\",\"content\":\"" + wide + "\"}]"));
  EXPECT_LE(request.all_text.size(), kAllTextBytes);
  EXPECT_GT(request.all_text.size(), kAllTextBytes - 8);
  EXPECT_EQ(Utf8Prefix(request.all_text, request.all_text.size()), request.all_text);
  EXPECT_TRUE(request.all_text.ends_with("\u4f60"));
  EXPECT_EQ(request.last_user.size(), 30'000u);
  EXPECT_EQ(request.wide_bytes, 60'000);

  request =
      Parsed(Messages("[{\"role\":\"user\",\"content\":\"" + std::string(40'000, 'u') + "\"}]"));
  EXPECT_EQ(request.all_text.size(), kAllTextBytes);
  EXPECT_EQ(request.last_user.size(), 40'000u);
}

TEST_F(RequestParse, ExactlyTheBoundIsKeptWhole) {
  std::string text(kAllTextBytes, 'u');
  Request request = Parsed(Messages("[{\"role\":\"user\",\"content\":\"" + text + "\"}]"));
  EXPECT_EQ(request.all_text, text);
  request = Parsed(Messages("[{\"role\":\"system\",\"content\":\"" + text +
                            "\"},{\"role\":\"user\",\"content\":\"\"}]"));
  EXPECT_EQ(request.all_text, text);
}

TEST_F(RequestParse, CompletionsTakeEveryFormOfPrompt) {
  auto parse = [&](const std::string& prompt) {
    return Parsed("{\"model\":\"m\",\"prompt\":" + prompt + "}", Endpoint::kCompletions);
  };
  EXPECT_EQ(parse("\"a\\tb\"").last_user, "a\tb");
  EXPECT_EQ(parse("[\"a\",\"b\"]").last_user, "a\nb");
  EXPECT_EQ(parse("[1,2,3]").token_ids, 3);
  EXPECT_EQ(parse("[1,2,3]").messages, 1);
  EXPECT_EQ(parse("[[1,2],[3]]").token_ids, 3);
  EXPECT_EQ(parse("[[1,2],[3]]").messages, 2);
  for (const char* prompt :
       {"[]", "null", "{}", "5", "[1.5]", "[-1]", "[[\"a\"]]", "[{}]", "[true]"}) {
    auto request =
        Parse("{\"model\":\"m\",\"prompt\":" + std::string(prompt) + "}", Endpoint::kCompletions);
    ASSERT_FALSE(request) << prompt;
    EXPECT_TRUE(request.error().param.starts_with("prompt")) << prompt;
  }
  EXPECT_EQ(Parse(R"({"model":"m"})", Endpoint::kCompletions).error().param, "prompt");
}

TEST_F(RequestParse, EmbeddingsTakeEveryFormOfInput) {
  auto parse = [&](const std::string& input) {
    return Parse("{\"model\":\"m\",\"input\":" + input + "}", Endpoint::kEmbeddings);
  };
  EXPECT_EQ(parse("[\"a\",\"b\"]")->all_text, "a\nb");
  EXPECT_EQ(parse("[\"a\",\"b\"]")->messages, 2);
  EXPECT_GT(parse("[{\"image\":\"data:\"}]")->other_bytes, 0);
  EXPECT_FALSE(parse("[]"));
  EXPECT_EQ(Parse(R"({"model":"m","messages":7})", Endpoint::kEmbeddings).error().param, "input");
}

TEST_F(RequestParse, TheModelMayBeNamedElsewhere) {
  std::string body = R"({"messages":[{"role":"user","content":"x"}]})";
  auto request = Parse(body, Endpoint::kChatCompletions, ModelMember::kOptional);
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->model_value.empty());
  EXPECT_FALSE(
      Parse(R"({"model":null,"messages":[]})", Endpoint::kChatCompletions, ModelMember::kOptional));
}

TEST_F(RequestParse, AHundredThousandMessages) {
  std::string messages = "[";
  for (int i = 0; i < 100'000; ++i) {
    messages += i ? "," : "";
    messages += R"({"role":"user","content":"hello"})";
  }
  Request request = Parsed(Messages(messages + "]"));
  EXPECT_EQ(request.messages, 100'000);
  EXPECT_EQ(request.text_bytes, 500'000);
}

TEST_F(RequestParse, TheEstimateIsUpperIsh) {
  auto estimate = [&](const std::string& text) {
    return Parsed(Messages("[{\"role\":\"user\",\"content\":\"" + text + "\"}]"))
        .EstimatedPromptTokens();
  };
  std::string prose, chinese;
  for (int i = 0; i < 900; ++i) prose += "words ";     // 900 tokens in every BPE
  for (int i = 0; i < 1000; ++i) chinese += "\u4f60";  // at most ~1,000 in cl100k
  EXPECT_GE(estimate(prose), 900);
  EXPECT_LE(estimate(prose), 2 * 900 + 20);
  EXPECT_GE(estimate(chinese), 1000);
  EXPECT_LE(estimate(chinese), 2000);
  EXPECT_GE(Parsed(Messages(R"([{"role":"user","content":[{"type":"image_url"}]}])"))
                .EstimatedPromptTokens(),
            1100);
}

TEST_F(RequestParse, FactsOfOneRequestDoNotLeakIntoTheNext) {
  Parsed(With(R"("tools":[1],"max_tokens":5)"));
  Request request = Parsed(Messages(R"([{"role":"assistant","content":""}])"));
  EXPECT_EQ(request.last_user, "");
  EXPECT_EQ(request.all_text, "");
  EXPECT_EQ(request.max_tokens, 0);
  EXPECT_EQ(request.text_bytes, 0);
}

}  // namespace
}  // namespace weir::chat
