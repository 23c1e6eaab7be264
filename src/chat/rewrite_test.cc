#include "chat/rewrite.h"

#include <gtest/gtest.h>

#include <random>
#include <span>

#include "chat/score_line.h"

namespace weir::chat {
namespace {

std::string Padded(std::string text) {
  text.reserve(text.size() + json::kPadding);
  return text;
}

std::string Rewritten(const std::string& text, const Rewrite& rewrite) {
  std::string body = Padded(text);
  RequestParser parser;
  auto request = parser.Parse(Endpoint::kChatCompletions, body, ModelMember::kOptional);
  EXPECT_TRUE(request) << text;
  if (!request) return {};
  return json::Apply(body, EditsFor(*request, body, rewrite));
}

constexpr std::string_view kTail = R"("messages":[{"role":"user","content":"x"}])";
std::string Body(const std::string& head) {
  return "{" + head + std::string(kTail) + "}";
}

TEST(Rewrite, ChangesTheModelOnly) {
  EXPECT_EQ(Rewritten(Body("\"model\" : \"a\\u0062\" , "), {"x\"y", false}),
            Body("\"model\" : \"x\\\"y\" , "));
  EXPECT_EQ(Rewritten(Body(""), {"m", false}), Body("\"model\":\"m\","));
}

TEST(Rewrite, AsksForUsageWithoutLosingOtherOptions) {
  const Rewrite ask{"m", true};
  const std::pair<const char*, const char*> kRows[] = {
      {"", R"("stream_options":{"include_usage":true},)"},
      {R"("stream_options":null,)", R"("stream_options":{"include_usage":true},)"},
      {R"("stream_options":{ },)", R"("stream_options":{"include_usage":true },)"},
      {R"("stream_options":{"x":1},)", R"("stream_options":{"include_usage":true,"x":1},)"},
      {R"("stream_options":{"x":1,"include_usage": false},)",
       R"("stream_options":{"x":1,"include_usage": true},)"},
      {R"("stream_options":{"include_usage":null},)",
       R"("stream_options":{"include_usage":true},)"},
      {R"("stream_options":{"include_usage":true},)",
       R"("stream_options":{"include_usage":true},)"},
  };
  for (auto [before, after] : kRows) {
    std::string model = "\"model\":\"m\",";
    bool inserted = *before == '\0';
    EXPECT_EQ(Rewritten(Body(model + before), ask), Body(inserted ? after + model : model + after));
    EXPECT_EQ(Rewritten(Body(before + model), ask), Body(after + model));
  }
  EXPECT_EQ(Rewritten(Body(""), ask),
            Body(R"("model":"m","stream_options":{"include_usage":true},)"));
}

TEST(Rewrite, TakesStreamOptionsOut) {
  const Rewrite drop{"m", true, true};
  const std::string options = R"("stream_options" : {"include_usage":true,"x":"}"})";
  const std::string tail(kTail);
  const std::pair<std::string, std::string> kRows[] = {
      {Body("\"model\":\"a\","), Body("\"model\":\"m\",")},
      {Body("\"model\":\"a\"," + options + " ,"), Body("\"model\":\"m\",")},
      {Body(options + ",\"model\":\"a\","), Body("\"model\":\"m\",")},
      {Body(options + ","), Body("\"model\":\"m\",")},
      {"{" + tail + " , " + options + " }", "{\"model\":\"m\"," + tail + "  }"},
      {"{" + tail + ",\"model\":\"a\"," + options + "}", "{" + tail + ",\"model\":\"m\"}"},
      {Body(R"("stream\u005foptions":null,)"), Body("\"model\":\"m\",")},
  };
  for (const auto& [before, after] : kRows) EXPECT_EQ(Rewritten(before, drop), after) << before;
}

// Bodies of random members in random order, spaced at random.
class RandomBody {
 public:
  explicit RandomBody(uint32_t seed) : random_(seed) {}

  std::string Make() {
    std::vector<std::string> members = {"\"messages\"" + Colon() +
                                        R"([{"role":"user","content":"say \"model\": \"m\""}])"};
    if (Coin()) members.push_back("\"model\"" + Colon() + "\"old \\u4f60 \\\" name\"");
    if (Coin()) members.push_back("\"stream\"" + Colon() + "true");
    if (Coin()) members.push_back("\"stream_options\"" + Colon() + Options());
    if (Coin()) members.push_back("\"model_\"" + Colon() + "{\"model\":\"inner\"}");
    if (Coin()) members.push_back("\"\\u0078\"" + Colon() + "[1e3,-0.5,null,\"\\n\"]");
    std::shuffle(members.begin(), members.end(), random_);
    std::string body = Blank() + "{" + Blank();
    for (size_t i = 0; i < members.size(); ++i)
      body += (i ? "," + Blank() : "") + members[i] + Blank();
    return body + "}" + Blank();
  }

 private:
  bool Coin() { return random_() % 2 == 0; }
  std::string Blank() { return std::string(random_() % 3, " \n\t"[random_() % 3]); }
  std::string Colon() { return Blank() + ":" + Blank(); }
  std::string Options() {
    const char* kOptions[] = {"null",
                              "{}",
                              "{ }",
                              "{\"include_usage\":false}",
                              "{\"a\":{\"include_usage\":false},\"include_usage\" :true }",
                              "{\"include_obfuscation\":false}"};
    return kOptions[random_() % std::size(kOptions)];
  }

  std::mt19937 random_;
};

// What lies between the edits of the new text must be what lay between the spans of the old one.
void ExpectOnlyEditsChanged(std::string_view before, std::string_view after,
                            std::span<const json::Edit> edits) {
  size_t old_at = 0, new_at = 0;
  for (const json::Edit& edit : edits) {
    size_t kept = edit.span.begin - old_at;
    ASSERT_EQ(after.substr(new_at, kept), before.substr(old_at, kept));
    ASSERT_EQ(after.substr(new_at + kept, edit.bytes.size()), edit.bytes);
    new_at += kept + edit.bytes.size();
    old_at = edit.span.end;
  }
  ASSERT_EQ(after.substr(new_at), before.substr(old_at));
}

TEST(Rewrite, PropertyParsePatchParse) {
  RequestParser parser, second;
  std::string out;
  for (uint32_t seed = 0; seed < 3000; ++seed) {
    std::string body = Padded(RandomBody(seed).Make());
    auto before = parser.Parse(Endpoint::kChatCompletions, body, ModelMember::kOptional);
    ASSERT_TRUE(before) << body << before.error().message;
    bool ask = seed % 2 == 0;
    auto edits = EditsFor(*before, body, {"vendor/new \"model\"", ask});
    out = json::Apply(body, edits);
    ExpectOnlyEditsChanged(body, out, edits);
    auto after = second.Parse(Endpoint::kChatCompletions, out);
    ASSERT_TRUE(after) << out << after.error().message;
    EXPECT_EQ(after->model, "vendor/new \"model\"");
    EXPECT_EQ(after->include_usage, ask || before->include_usage) << out;
    EXPECT_EQ(after->stream, before->stream);
    EXPECT_EQ(after->last_user, before->last_user);
    EXPECT_EQ(after->all_text, before->all_text);
    EXPECT_EQ(after->messages, before->messages);
  }
}

TEST(Rewrite, PropertyDroppedOptionsLeaveTheRest) {
  RequestParser parser, second;
  std::string out;
  for (uint32_t seed = 0; seed < 3000; ++seed) {
    const std::string body = Padded(RandomBody(seed).Make());
    const auto before = parser.Parse(Endpoint::kChatCompletions, body, ModelMember::kOptional);
    ASSERT_TRUE(before) << body;
    const auto edits = EditsFor(*before, body, {"n", true, true});
    out = json::Apply(body, edits);
    ExpectOnlyEditsChanged(body, out, edits);
    const auto after = second.Parse(Endpoint::kChatCompletions, out);
    ASSERT_TRUE(after) << body << out << after.error().message;
    EXPECT_EQ(out.find("stream_options"), std::string::npos) << out;
    EXPECT_EQ(after->model, "n");
    EXPECT_EQ(after->stream, before->stream);
    EXPECT_EQ(after->all_text, before->all_text);
  }
}

TEST(ScoreLine, StandsForAChatRequest) {
  RequestParser parser;
  auto prompt = ReadScoreLine(R"({"id":7,"prompt":"a \"b\"\n","label":1})");
  ASSERT_TRUE(prompt);
  EXPECT_EQ(prompt->id, "7");
  auto request = parser.Parse(Endpoint::kChatCompletions, prompt->body, ModelMember::kOptional);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->last_user, "a \"b\"\n");

  auto messages = ReadScoreLine(R"({"messages":[{"role":"user","content":"q"}]})");
  ASSERT_TRUE(messages);
  EXPECT_EQ(messages->id, "null");
  request = parser.Parse(Endpoint::kChatCompletions, messages->body, ModelMember::kOptional);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->last_user, "q");
}

TEST(ScoreLine, RefusesOthers) {
  for (const char* line : {"", "x", "[]", "{}", R"({"id":1})", R"({"prompt":5})",
                           R"({"prompt":null})", R"({"prompt":"a","messages":[]})"}) {
    EXPECT_FALSE(ReadScoreLine(line)) << line;
  }
}

}  // namespace
}  // namespace weir::chat
