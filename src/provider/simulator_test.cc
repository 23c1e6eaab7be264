#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>
#include <set>

#include "http/body.h"
#include "http/head.h"
#include "http/sse.h"
#include "provider/dialect.h"

namespace weir::provider {
namespace {

using simdjson::dom::element;

struct Answer {
  int status = 0;
  std::string body;  // unframed
  std::string type;
  std::vector<std::chrono::microseconds> delays;
};

class SimulatorTest : public testing::Test {
 protected:
  SimulatorTest() {
    provider_.name = "sim";
    settings().failure_rate = 0;
  }
  config::SimulatorSettings& settings() { return provider_.simulator; }

  Answer Ask(std::string_view path, std::string_view body) {
    const WireRequest request{ShelvedString(path), {}, {body, {}}};
    const auto timed = kSimulator.answer(request, Target{&provider_, "m", nullptr});
    Answer answer;
    std::string bytes;
    for (const auto& part : timed) {
      answer.delays.push_back(part.delay);
      bytes += part.bytes;
    }
    http::ResponseHead head;
    const auto size = http::ParseResponseHead(bytes, {}, &head);
    EXPECT_TRUE(size && *size > 0);
    answer.status = head.status;
    answer.type = head.headers.Find("content-type").value_or("");
    Unframe(std::string_view(bytes).substr(*size), head.framing, &answer.body);
    return answer;
  }
  Answer Chat(std::string_view prompt, std::string_view more = "", std::string_view model = "m") {
    return Ask("/v1/chat/completions", ChatBody(prompt, more, model));
  }
  static std::string ChatBody(std::string_view prompt, std::string_view more,
                              std::string_view model = "m") {
    return fmt::format(R"({{"model":"{}","messages":[{{"role":"user","content":"{}"}}]{}}})", model,
                       prompt, more);
  }
  element Json(const Answer& answer) {
    element root;
    EXPECT_FALSE(parser_.parse(answer.body).get(root)) << answer.body;
    return root;
  }
  std::string Content(const Answer& answer) {
    return std::string(Json(answer).at_pointer("/choices/0/message/content").get_string().value());
  }
  static std::vector<std::string> Events(const Answer& answer) {
    http::SseSplitter splitter;
    EXPECT_TRUE(splitter.Feed(answer.body));
    std::vector<std::string> events;
    http::SseEvent event;
    while (splitter.Next(&event)) events.emplace_back(event.data);
    EXPECT_EQ(splitter.unfinished(), 0U);
    return events;
  }

 private:
  static void Unframe(std::string_view bytes, http::Framing framing, std::string* out) {
    http::BodyDecoder decoder(framing, Reason::kUpstreamProtocol);
    while (!decoder.ended()) {
      const auto piece = decoder.Next(bytes);
      ASSERT_TRUE(piece && (piece->consumed > 0 || piece->end));
      out->append(piece->data);
      bytes.remove_prefix(piece->consumed);
    }
    EXPECT_TRUE(bytes.empty()) << "bytes after the answer's end";
  }

  catalog::Provider provider_;
  simdjson::dom::parser parser_;
};

TEST_F(SimulatorTest, ChatAnswerHasOpenAiShape) {
  const Answer answer = Chat("what is a weir?");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.type, "application/json");
  const element root = Json(answer);
  EXPECT_EQ(root["object"].get_string().value(), "chat.completion");
  EXPECT_EQ(root["model"].get_string().value(), "m");
  EXPECT_EQ(root["system_fingerprint"].get_string().value(), "fp_simulator");
  EXPECT_EQ(root.at_pointer("/choices/0/finish_reason").get_string().value(), "stop");
  const int64_t prompt = root.at_pointer("/usage/prompt_tokens").get_int64();
  const int64_t completion = root.at_pointer("/usage/completion_tokens").get_int64();
  EXPECT_GT(prompt, 0);
  EXPECT_GT(completion, 0);
  EXPECT_EQ(root.at_pointer("/usage/total_tokens").get_int64().value(), prompt + completion);
}

TEST_F(SimulatorTest, SameRequestSameAnswerOtherSeedOtherAnswer) {
  const std::string first = Chat("describe rivers").body;
  EXPECT_EQ(first, Chat("describe rivers").body);
  settings().seed = 2;
  EXPECT_NE(first, Chat("describe rivers").body);
}

TEST_F(SimulatorTest, StreamJoinsToThePlainAnswersShape) {
  const Answer answer = Chat("go", R"(,"stream":true,"stream_options":{"include_usage":true})");
  EXPECT_EQ(answer.type, "text/event-stream");
  const auto events = Events(answer);
  ASSERT_GT(events.size(), 4U);
  EXPECT_EQ(events.back(), "[DONE]");
  simdjson::dom::parser parser;
  std::string text;
  int64_t tokens = 0;
  for (size_t i = 0; i + 2 < events.size(); ++i) {
    const element event = parser.parse(events[i]);
    EXPECT_EQ(event["object"].get_string().value(), "chat.completion.chunk");
    EXPECT_TRUE(event["usage"].value().is_null());
    if (i == 0) {
      EXPECT_EQ(event.at_pointer("/choices/0/delta/role").get_string().value(), "assistant");
      continue;
    }
    std::string_view delta;
    if (event.at_pointer("/choices/0/delta/content").get(delta)) continue;
    text += delta;
    ++tokens;
  }
  EXPECT_TRUE(text.starts_with("The simulated answer is ")) << text;
  const element usage = parser.parse(events[events.size() - 2]);
  EXPECT_EQ(usage["choices"].get_array().value().size(), 0U);
  EXPECT_EQ(usage.at_pointer("/usage/completion_tokens").get_int64().value(), tokens);
}

TEST_F(SimulatorTest, StreamWithoutAskingHasNoUsage) {
  for (const std::string& event : Events(Chat("go", R"(,"stream":true)"))) {
    EXPECT_EQ(event.find("usage"), std::string::npos);
  }
}

TEST_F(SimulatorTest, ChoicesAreNumberedInBothForms) {
  EXPECT_EQ(Json(Chat("go", R"(,"n":3)"))["choices"].get_array().value().size(), 3U);
  std::set<int64_t> finished;
  simdjson::dom::parser parser;
  for (const std::string& event : Events(Chat("go", R"(,"n":3,"stream":true)"))) {
    if (event == "[DONE]") continue;
    const element choice = parser.parse(event).at_pointer("/choices/0");
    if (!choice["finish_reason"].value().is_null()) finished.insert(choice["index"].get_int64());
  }
  EXPECT_EQ(finished, (std::set<int64_t>{0, 1, 2}));
}

TEST_F(SimulatorTest, MaxTokensCutsWithLength) {
  for (const char* member : {"max_tokens", "max_completion_tokens"}) {
    const element root = Json(Chat("go", fmt::format(R"(,"{}":7)", member)));
    EXPECT_EQ(root.at_pointer("/choices/0/finish_reason").get_string().value(), "length");
    EXPECT_EQ(root.at_pointer("/usage/completion_tokens").get_int64().value(), 7);
  }
}

TEST_F(SimulatorTest, HardPromptsGetLongerAnswers) {
  settings().output_tokens = 100;
  const int64_t easy = Json(Chat("hi")).at_pointer("/usage/completion_tokens").get_int64();
  const int64_t hard = Json(Chat("prove it")).at_pointer("/usage/completion_tokens").get_int64();
  EXPECT_LT(easy, 60);
  EXPECT_GT(hard, 200);
}

TEST_F(SimulatorTest, SettingsTimeTheAnswer) {
  settings().latency = std::chrono::milliseconds(7);
  settings().token_interval = std::chrono::milliseconds(2);
  const Answer stream = Chat("go", R"(,"stream":true,"max_tokens":10)");
  EXPECT_EQ(stream.delays[0], std::chrono::milliseconds(7));
  // The first token comes with the head; 9 tokens, the finish and [DONE] follow.
  EXPECT_EQ(stream.delays.size(), 12U);
  EXPECT_EQ(stream.delays[1], std::chrono::milliseconds(2));
  const Answer plain = Chat("go", R"(,"max_tokens":10)");
  EXPECT_EQ(plain.delays[0], std::chrono::milliseconds(27));
  settings().token_interval = std::chrono::milliseconds(0);
  EXPECT_EQ(Chat("go", R"(,"stream":true)").delays.size(), 1U);
}

TEST_F(SimulatorTest, FailsTheConfiguredShare) {
  settings().failure_rate = 0.25;
  int failed = 0;
  for (int i = 0; i < 400; ++i) {
    const Answer answer = Chat(fmt::format("question {}", i));
    if (answer.status == 200) continue;
    EXPECT_EQ(answer.status, 503);
    EXPECT_FALSE(Json(answer).at_pointer("/error/message").get_string().value().empty());
    ++failed;
  }
  EXPECT_NEAR(failed, 100, 35);
}

TEST_F(SimulatorTest, QualityFallsWithDifficultyAndIsNested) {
  const auto right = [this](std::string_view prompt) {
    return Content(Chat(prompt)).find(" right:") != std::string::npos;
  };
  int easy = 0;
  int hard = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string hard_prompt = fmt::format("prove lemma {}", i);
    settings().quality = 0.8;
    easy += right(fmt::format("name {}", i));
    const bool weak = right(hard_prompt);
    hard += weak;
    settings().quality = 0.9;
    EXPECT_TRUE(!weak || right(hard_prompt)) << "the better model is wrong where the weaker is not";
  }
  EXPECT_NEAR(easy / 300.0, 1 - 0.2 / 3, 0.06);
  EXPECT_NEAR(hard / 300.0, 0.4, 0.1);
}

TEST_F(SimulatorTest, TheStrongerOfTwoModelsIsRightWhereverTheWeakerIs) {
  settings().quality = 0;  // of any other model
  settings().models["weak"].quality = 0.7;
  settings().models["strong"].quality = 0.95;
  const auto right = [this](std::string_view prompt, std::string_view model) {
    return Content(Chat(prompt, "", model)).starts_with("The simulated answer is right");
  };
  int weak = 0;
  int strong = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string prompt = fmt::format("prove lemma {}", i);
    const bool weak_is_right = right(prompt, "weak");
    const bool strong_is_right = right(prompt, "strong");
    EXPECT_TRUE(!weak_is_right || strong_is_right) << prompt;
    EXPECT_FALSE(right(prompt, "m")) << prompt;
    weak += weak_is_right;
    strong += strong_is_right;
  }
  EXPECT_NEAR(weak / 300.0, 0.1, 0.06);
  EXPECT_NEAR(strong / 300.0, 0.85, 0.07);
}

TEST_F(SimulatorTest, AModelDiffersOnlyInWhatItSays) {
  settings().latency = std::chrono::milliseconds(7);
  settings().output_tokens = 300;
  config::SimulatedModelSettings& slow = settings().models["slow"];
  slow.latency = std::chrono::milliseconds(70);
  slow.token_interval = std::chrono::milliseconds(1);
  slow.failure_rate = 0;
  settings().models["short"].output_tokens = 3;
  settings().models["broken"].failure_rate = 1;
  EXPECT_EQ(Chat("go").delays[0], std::chrono::milliseconds(7));
  EXPECT_EQ(Chat("go", R"(,"max_tokens":10)", "slow").delays[0], std::chrono::milliseconds(80));
  const Answer brief = Chat("go", "", "short");
  EXPECT_EQ(brief.delays[0], std::chrono::milliseconds(7));
  EXPECT_LT(Json(brief).at_pointer("/usage/completion_tokens").get_int64().value(), 10);
  EXPECT_GT(Json(Chat("go")).at_pointer("/usage/completion_tokens").get_int64().value(), 50);
  EXPECT_EQ(Chat("go", "", "broken").status, 503);
  settings().failure_rate = 1;
  EXPECT_EQ(Chat("go").status, 503);
  EXPECT_EQ(Chat("go", "", "slow").status, 200);
}

TEST_F(SimulatorTest, ProseIsASentenceAtEveryLength) {
  settings().quality = 1;
  std::set<size_t> lengths;
  for (int tokens = 1; tokens < 60; ++tokens) {
    settings().output_tokens = tokens;
    const std::string text = Content(Chat("go"));
    if (text != "The simulated answer is right.") {
      EXPECT_TRUE(text.starts_with("The simulated answer is right: ")) << text;
      EXPECT_TRUE(text.ends_with(".") && text.find(":.") == std::string::npos) << text;
    }
    lengths.insert(text.size());
  }
  EXPECT_TRUE(lengths.contains(std::string_view("The simulated answer is right.").size()));
  EXPECT_GT(lengths.size(), 5U);
}

constexpr std::string_view kTools =
    R"(,"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object",)"
    R"("properties":{"city":{"type":"string"},"days":{"type":"integer"},)"
    R"("unit":{"enum":["c","f"]}}}}}])";

TEST_F(SimulatorTest, CallsAnOfferedToolWhenInvited) {
  const element choice =
      Json(Chat("Please CALL the tool now", kTools)).at_pointer("/choices/0").value();
  EXPECT_EQ(choice["finish_reason"].get_string().value(), "tool_calls");
  EXPECT_TRUE(choice.at_pointer("/message/content").value().is_null());
  const element call = choice.at_pointer("/message/tool_calls/0").value();
  EXPECT_EQ(call.at_pointer("/function/name").get_string().value(), "weather");
  EXPECT_EQ(call.at_pointer("/function/arguments").get_string().value(),
            R"({"city":"simulated","days":1,"unit":"c"})");
  EXPECT_EQ(Content(Chat("just talk", kTools)).find("The simulated"), 0U);
  EXPECT_EQ(Content(Chat("call the tool")).find("The simulated"), 0U) << "none is offered";
}

TEST_F(SimulatorTest, ToolChoiceDecides) {
  const auto calls = [this](std::string_view prompt, std::string_view choice) {
    const auto more = fmt::format(R"({},"tool_choice":{})", kTools, choice);
    return Json(Chat(prompt, more)).at_pointer("/choices/0/message/tool_calls/0").error() ==
           simdjson::SUCCESS;
  };
  EXPECT_TRUE(calls("hi", R"("required")"));
  EXPECT_TRUE(calls("hi", R"({"type":"function","function":{"name":"weather"}})"));
  EXPECT_FALSE(calls("hi", R"({"type":"function","function":{"name":"other"}})"));
  EXPECT_FALSE(calls("call the tool", R"("none")"));
}

TEST_F(SimulatorTest, StreamedToolArgumentsJoin) {
  simdjson::dom::parser parser;
  std::string arguments;
  for (const std::string& event :
       Events(Chat("call the tool", std::string(kTools) + R"(,"stream":true)"))) {
    std::string_view piece;
    if (event == "[DONE]") continue;
    const auto path = "/choices/0/delta/tool_calls/0/function/arguments";
    if (!parser.parse(event).at_pointer(path).get(piece)) arguments += piece;
  }
  EXPECT_EQ(arguments, R"({"city":"simulated","days":1,"unit":"c"})");
}

TEST_F(SimulatorTest, AnswersAfterAToolResultInWords) {
  const std::string body =
      fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"call the tool"}},)"
                  R"({{"role":"tool","tool_call_id":"x","content":"12 C"}}]{}}})",
                  kTools);
  EXPECT_EQ(Content(Ask("/chat/completions", body)).find("The simulated"), 0U);
}

TEST_F(SimulatorTest, JsonModesGiveJson) {
  simdjson::dom::parser parser;
  const std::string object = Content(Chat("go", R"(,"response_format":{"type":"json_object"})"));
  EXPECT_TRUE(parser.parse(object)["right"].is_bool()) << object;
  const std::string typed = Content(Chat(
      "go",
      R"(,"response_format":{"type":"json_schema","json_schema":{"schema":{"$ref":"#/$defs/a",)"
      R"("$defs":{"a":{"type":"object","properties":{"list":{"type":"array",)"
      R"("items":{"anyOf":[{"type":"number"}]}},"ok":{"type":"boolean"}}}}}}})"));
  EXPECT_EQ(typed, R"({"list":[1],"ok":true})");
}

TEST_F(SimulatorTest, ARecursiveSchemaEnds) {
  const std::string typed = Content(
      Chat("go", R"(,"response_format":{"type":"json_schema","json_schema":{"schema":)"
                 R"({"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}}}}})"));
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(typed).error(), simdjson::SUCCESS);
  EXPECT_LT(typed.size(), 80U << 10);
}

TEST_F(SimulatorTest, LegacyCompletionsHaveText) {
  const element root = Json(Ask("/v1/completions", R"({"model":"m","prompt":"Say a word"})"));
  EXPECT_EQ(root["object"].get_string().value(), "text_completion");
  EXPECT_EQ(root.at_pointer("/choices/0/text").get_string().value().find("The simulated"), 0U);
  const auto events =
      Events(Ask("/completions?x=1", R"({"model":"m","prompt":["a","b"],"stream":true})"));
  EXPECT_NE(events[0].find(R"("text":"The")"), std::string::npos);
}

TEST_F(SimulatorTest, EmbeddingsAreUnitVectorsAndRepeat) {
  const Answer answer =
      Ask("/v1/embeddings", R"({"model":"m","input":["a","b","a"],"dimensions":32})");
  const element root = Json(answer);
  std::vector<std::string> texts;
  for (const element item : root["data"].get_array()) {
    double squares = 0;
    size_t count = 0;
    for (const double x : item["embedding"].get_array()) squares += x * x, ++count;
    EXPECT_EQ(count, 32U);
    EXPECT_NEAR(squares, 1, 1e-5);
    texts.push_back(simdjson::minify(item["embedding"]));
  }
  ASSERT_EQ(texts.size(), 3U);
  EXPECT_EQ(texts[0], texts[2]);
  EXPECT_NE(texts[0], texts[1]);
}

TEST_F(SimulatorTest, EmbeddingsInBase64AreFloats) {
  const element root = Json(Ask(
      "/v1/embeddings", R"({"model":"m","input":"a","dimensions":5,"encoding_format":"base64"})"));
  const std::string_view text = root.at_pointer("/data/0/embedding").get_string();
  EXPECT_EQ(text.size(), 28U);  // 20 bytes
  EXPECT_EQ(text.find('='), 27U);
}

TEST_F(SimulatorTest, TokenIdsAreAnInput) {
  EXPECT_EQ(Json(Ask("/v1/embeddings", R"({"model":"m","input":[1,2,3]})"))["data"]
                .get_array()
                .value()
                .size(),
            1U);
  EXPECT_EQ(Json(Ask("/v1/embeddings", R"({"model":"m","input":[[1,2],[3]]})"))["data"]
                .get_array()
                .value()
                .size(),
            2U);
}

TEST_F(SimulatorTest, NonsenseIsRefusedInOpenAiShape) {
  const std::pair<const char*, const char*> cases[] = {
      {"/v1/chat/completions", "{"},
      {"/v1/chat/completions", "[]"},
      {"/v1/chat/completions", R"({"messages":[],"n":0})"},
      {"/v1/chat/completions", R"({"messages":[],"n":129})"},
      {"/v1/embeddings", "{}"},
      {"/v1/embeddings", R"({"input":[]})"},
      {"/v1/embeddings", R"({"input":"a","dimensions":0})"},
      {"/v1/embeddings", R"({"input":["a","b"],"dimensions":1048576})"},
      {"/v1/images", "{}"},
  };
  for (const auto& [path, body] : cases) {
    const Answer answer = Ask(path, body);
    EXPECT_GE(answer.status, 400) << body;
    EXPECT_LT(answer.status, 500) << body;
    EXPECT_EQ(Json(answer).at_pointer("/error/type").get_string().value(), "invalid_request_error");
  }
}

}  // namespace
}  // namespace weir::provider
