// Traffic that was recorded from providers of OpenAI's dialect, replayed through the binary: the
// upstream sees the client's request and the client sees the upstream's answer, but for the model's
// name and the usage of streams.
#include "test/harness/recordings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/strings.h"
#include "json/object.h"
#include "test/harness/world.h"
#include "testing/testdata.h"

namespace weir::e2e {
namespace {

using Names = std::set<std::string_view>;

// Refused by Weir as they were by OpenAI, before anyone is asked.
const Names kRefusedNames = {"chat-bad-request", "chat-no-messages", "completion-bad-request"};

// 200, but no answer in it.
const Names kHollowNames = {"test_openai/test_invalid_response", "test_openai/test_text_response"};

// An error amid the events.
const Names kBrokenNames = {"test_openrouter/test_openrouter_stream_error"};

enum class Fate : uint8_t { kRefused, kRelayed, kBroken, kNextAnswers };

Fate FateOf(const Recording& recording) {
  if (kRefusedNames.contains(recording.name)) return Fate::kRefused;
  if (kBrokenNames.contains(recording.name)) return Fate::kBroken;
  if (kHollowNames.contains(recording.name)) return Fate::kNextAnswers;
  // What an upstream says of models (404) and load (429) is not the client's to hear.
  return recording.status == 200 || recording.status == 400 ? Fate::kRelayed : Fate::kNextAnswers;
}

std::string_view NameOf(Fate fate) {
  if (fate == Fate::kRefused) return "refused";
  if (fate == Fate::kBroken) return "broken";
  return fate == Fate::kRelayed ? "relayed" : "next answers";
}

bool AsksForUsage(std::string_view request) {
  const auto object = json::Object::Parse(request);
  if (!object || !object->Has("stream_options")) return false;
  const auto options = json::Object::Parse(object->Raw("stream_options"));
  return options && options->Bool("include_usage")->value_or(false);
}

// What each data line of a stream means.
std::vector<std::string> Events(std::string_view stream) {
  std::vector<std::string> events;
  for (std::string_view line : Split(stream, '\n')) {
    if (line.starts_with("data: ")) events.push_back(Meaning(Trim(line.substr(6))));
  }
  return events;
}

// As a client sees them that did not ask for usage: an event of nothing else is gone.
std::vector<std::string> WithoutUsage(const std::vector<std::string>& events) {
  std::vector<std::string> seen;
  for (const std::string& event : events) {
    const auto object = json::Object::Parse(event);
    const bool usage = object && object->KindOf("usage") == json::Kind::kObject;
    if (!usage || object->Raw("choices") != "[]") seen.push_back(Meaning(event, {"usage"}));
  }
  return seen;
}

class RecordingsTest : public GatewayTest {
 protected:
  HttpAnswer Play(const Recording& recording) {
    Script script = recording.stream() ? Script::Stream(recording.answer)
                                       : Script::Json(recording.answer, recording.status);
    first_.Always(script.WithType(recording.type));
    const char* model = recording.target == "/v1/embeddings" ? "embed" : "small";
    return Post(port(), recording.target + "?model=" + model, recording.request);
  }

  void ExpectRelayed(const Recording& recording, const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, recording.status);
    EXPECT_TRUE(answer.complete);
    if (!recording.stream()) {
      EXPECT_EQ(Trim(answer.body), Trim(recording.answer));
      return;
    }
    const auto recorded = Events(recording.answer);
    EXPECT_EQ(Events(answer.body),
              AsksForUsage(recording.request) ? recorded : WithoutUsage(recorded));
  }

  // Whole events, then the error under Weir's name, and no [DONE].
  void ExpectBroken(const Recording& recording, const HttpAnswer& answer) {
    const auto recorded = Events(recording.answer), seen = Events(answer.body);
    EXPECT_EQ(answer.status, 200);
    ASSERT_GE(seen.size(), 2U);
    ASSERT_EQ(seen.size(), recorded.size() - 1);
    EXPECT_TRUE(std::equal(seen.begin(), seen.end() - 1, recorded.begin()));
    EXPECT_EQ(Member(seen.back(), "code"), "stream_truncated");
    const std::string reason = Member(recorded[seen.size() - 1], "message");
    EXPECT_TRUE(!reason.empty() && Member(seen.back(), "message").ends_with(reason)) << seen.back();
  }

  // The upstream was asked once, for what the client asked for.
  void ExpectForwarded(const Recording& recording, size_t before) {
    const auto requests = first_.requests();
    ASSERT_EQ(requests.size(), before + 1);
    const std::string& sent = requests.back().body;
    Names without = {"model"};
    if (recording.stream()) {
      EXPECT_TRUE(AsksForUsage(sent)) << sent;
      without.insert("stream_options");
    }
    EXPECT_EQ(Meaning(sent, without), Meaning(recording.request, without));
    EXPECT_EQ(Member(sent, "model"),
              recording.target == "/v1/embeddings" ? "embed-v1" : "small-v1");
  }

  // How many of each fate and recorded status, "relayed 200".
  using Counts = std::map<std::string, int>;

  Counts Replay(const std::vector<Recording>& recordings) {
    Counts counts;
    for (const Recording& recording : recordings) {
      SCOPED_TRACE(recording.name);
      const Fate fate = FateOf(recording);
      ++counts[fmt::format("{} {}", NameOf(fate), recording.status)];
      const size_t before = first_.requests().size();
      const HttpAnswer answer = Play(recording);
      if (fate == Fate::kRefused) {
        EXPECT_TRUE(IsError(answer, 400, "invalid_request_error"));
        EXPECT_EQ(first_.requests().size(), before);
        continue;
      }
      ExpectForwarded(recording, before);
      if (fate == Fate::kRelayed) ExpectRelayed(recording, answer);
      if (fate == Fate::kBroken) ExpectBroken(recording, answer);
      if (fate != Fate::kNextAnswers) continue;
      ExpectNextAnswered(recording, answer);
      Start();  // what failed is passed over for a while, and the next recording needs it
    }
    return counts;
  }

  void ExpectNextAnswered(const Recording& recording, const HttpAnswer& answer) {
    if (recording.target == "/v1/embeddings") {
      EXPECT_TRUE(IsError(answer, 502, "upstream_error"));
      return;
    }
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, ChatReply("from the second"));
    EXPECT_EQ(answer.Header("x-weir-model"), "second/middle");
    EXPECT_FALSE(answer.Header("x-weir-fallback").empty());
  }

  void SetUp() override {
    second_.Always(Script::Json(ChatReply("from the second")));
    Start();
  }
};

TEST_F(RecordingsTest, Envoy) {
  WEIR_REQUIRE_TESTDATA(root);
  const Counts expected = {
      {"refused 400", 3}, {"relayed 200", 32}, {"relayed 400", 1}, {"next answers 404", 3}};
  EXPECT_EQ(Replay(EnvoyRecordings(root)), expected);
}

TEST_F(RecordingsTest, Pydantic) {
  WEIR_REQUIRE_TESTDATA(root);
  const Counts expected = {{"broken 200", 1},       {"relayed 200", 127},
                           {"relayed 400", 5},      {"next answers 200", 2},
                           {"next answers 404", 1}, {"next answers 429", 3}};
  EXPECT_EQ(Replay(PydanticRecordings(root)), expected);
}

TEST_F(RecordingsTest, AgentGateway) {
  WEIR_REQUIRE_TESTDATA(root);
  const Counts expected = {{"relayed 200", 10}};
  EXPECT_EQ(Replay(AgentGatewayRecordings(root)), expected);
}

TEST_F(RecordingsTest, TensorZero) {
  WEIR_REQUIRE_TESTDATA(root);
  const Counts expected = {{"relayed 200", 3}};
  EXPECT_EQ(Replay(TensorZeroRecordings(root)), expected);
}

}  // namespace
}  // namespace weir::e2e
