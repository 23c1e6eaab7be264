// Traffic that was recorded from OpenAI, replayed through the binary: the upstream sees the
// client's request and the client sees the upstream's answer, but for the model's name.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>

#include "base/strings.h"
#include "test/harness/world.h"
#include "testing/testdata.h"

namespace weir::e2e {
namespace {

constexpr std::string_view kHost = "api.openai.com";

struct Recording {
  std::string name;
  std::string target;  // "/v1/chat/completions"
  std::string request;
  int status = 0;
  std::string type;
  std::string answer;
  bool stream() const { return type.starts_with("text/event-stream"); }
};

std::vector<Recording> ReadCassette(const std::filesystem::path& path) {
  std::vector<Recording> found;
  const YAML::Node root = YAML::LoadFile(path);
  for (const YAML::Node& entry : root["interactions"]) {
    const auto url = entry["request"]["url"].as<std::string>();
    const size_t host = url.find(kHost);
    if (host == std::string::npos) continue;
    Recording recording{path.stem(),
                        url.substr(host + kHost.size()),
                        entry["request"]["body"].as<std::string>(""),
                        entry["response"]["code"].as<int>(0),
                        entry["response"]["headers"]["Content-Type"][0].as<std::string>(""),
                        entry["response"]["body"].as<std::string>("")};
    for (std::string_view served : {"/v1/chat/completions", "/v1/completions", "/v1/embeddings"}) {
      if (recording.target == served) found.push_back(recording);
    }
  }
  return found;
}

std::vector<Recording> ReadAll(const std::string& root) {
  std::vector<std::filesystem::path> paths;
  const std::string folder =
      root + "/fixtures/envoy-ai-gateway/tests/internal/testopenai/cassettes";
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Recording> all;
  for (const auto& path : paths) {
    for (Recording& recording : ReadCassette(path)) all.push_back(std::move(recording));
  }
  return all;
}

// The values of the data lines, in order.
std::vector<std::string> DataLines(std::string_view stream) {
  std::vector<std::string> lines;
  for (std::string_view line : Split(stream, '\n')) {
    if (line.starts_with("data: ")) lines.emplace_back(Trim(line.substr(6)));
  }
  return lines;
}

// `body` with the value of its first `"model"` member replaced by X.
std::string WithoutModel(std::string body) {
  const size_t name = body.find("\"model\"");
  if (name == std::string::npos) return body;
  const size_t begin = body.find('"', body.find(':', name));
  const size_t end = body.find('"', begin + 1);
  return body.replace(begin, end + 1 - begin, "X");
}

class RecordingsTest : public GatewayTest {
 protected:
  static Script Answer(const Recording& recording) {
    Script script = recording.stream() ? Script::Stream(recording.answer)
                                       : Script::Json(recording.answer, recording.status);
    return script.WithType(recording.type);
  }

  void Replay(const Recording& recording) {
    SCOPED_TRACE(recording.name);
    first_.Always(Answer(recording));
    const size_t before = first_.requests().size();
    const char* model = recording.target == "/v1/embeddings" ? "embed" : "small";
    const HttpAnswer answer = Post(port(), recording.target + "?model=" + model, recording.request,
                                   {{"content-type", "application/json"}});
    EXPECT_EQ(answer.status, recording.status) << answer.body;
    const auto requests = first_.requests();
    // Some of what OpenAI refuses, Weir refuses itself, before anyone is asked.
    if (recording.status == 400 && requests.size() == before) return;
    ASSERT_EQ(requests.size(), before + 1);
    if (recording.stream()) {
      EXPECT_EQ(DataLines(answer.body), DataLines(recording.answer));
    } else {
      EXPECT_EQ(Trim(answer.body), Trim(recording.answer));
    }
    // A stream is asked for its usage; everything else arrives as it was sent.
    if (!recording.stream()) {
      EXPECT_EQ(WithoutModel(requests.back().body), WithoutModel(recording.request));
    }
  }
};

TEST_F(RecordingsTest, EveryOpenAiRecordingPassesUnchanged) {
  WEIR_REQUIRE_TESTDATA(root);
  World world;
  Start(world);
  int replayed = 0;
  for (const Recording& recording : ReadAll(root)) {
    // What an upstream says of models and overload is Weir's to answer; see fallback_test.cc.
    if (recording.status != 200 && recording.status != 400) continue;
    Replay(recording);
    ++replayed;
  }
  EXPECT_GE(replayed, 25);
}

}  // namespace
}  // namespace weir::e2e
