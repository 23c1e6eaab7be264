#include "test/harness/recordings.h"

#include <simdjson.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "base/strings.h"
#include "test/harness/openai_shapes.h"
#include "testing/testdata.h"

namespace weir::e2e {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view kOpenAi = "api.openai.com";
constexpr std::string_view kChat = "/v1/chat/completions";
constexpr std::string_view kStreamType = "text/event-stream";

std::vector<Path> FilesBelow(const std::string& folder, std::string_view extension) {
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Contents(const Path& path) {
  auto text = ReadWholeFile(path);
  if (!text) throw std::runtime_error("cannot read " + path.string());
  return *text;
}

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(&out, text);
  return out;
}

// A plain scalar that JSON reads as a number, a truth or null is one; any other is text.
std::string ScalarAsJson(const YAML::Node& node) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  const std::string& text = node.Scalar();
  const bool plain = node.Tag() == "?";
  if (plain && !parser.parse(text).get(value) && !value.is_string()) return text;
  return Quoted(text);
}

std::string AsJson(const YAML::Node& node) {
  std::string text;
  if (node.IsNull()) return "null";
  if (node.IsScalar()) return ScalarAsJson(node);
  for (const auto& item : node) {
    if (!text.empty()) text += ",";
    text += node.IsMap() ? Quoted(item.first.Scalar()) + ":" + AsJson(item.second) : AsJson(item);
  }
  return node.IsMap() ? "{" + text + "}" : "[" + text + "]";
}

void AddEnvoy(const Path& path, std::vector<Recording>* all) {
  const YAML::Node root = YAML::LoadFile(path);
  for (const YAML::Node& entry : root["interactions"]) {
    const auto url = entry["request"]["url"].as<std::string>();
    const size_t host = url.find(kOpenAi);
    if (host == std::string::npos) continue;
    const Recording recording{path.stem(),
                              url.substr(host + kOpenAi.size()),
                              entry["request"]["body"].as<std::string>(""),
                              entry["response"]["code"].as<int>(0),
                              entry["response"]["headers"]["Content-Type"][0].as<std::string>(""),
                              entry["response"]["body"].as<std::string>("")};
    for (std::string_view served :
         {kChat, std::string_view("/v1/completions"), std::string_view("/v1/embeddings")}) {
      if (recording.target == served) all->push_back(recording);
    }
  }
}

// Bodies are kept parsed where they were JSON; what comes back is JSON of the same meaning.
void AddPydantic(const Path& path, std::vector<Recording>* all) {
  const std::string text = Contents(path);
  if (text.find("/chat/completions") == std::string::npos) return;
  const YAML::Node root = YAML::Load(text);
  for (const YAML::Node& entry : root["interactions"]) {
    const YAML::Node request = entry["request"], response = entry["response"];
    if (!request) continue;
    const auto uri = request["uri"].as<std::string>();
    const std::string_view address = std::string_view(uri).substr(0, uri.find('#'));
    if (!address.ends_with("/chat/completions")) continue;
    const YAML::Node parsed = response["parsed_body"];
    all->push_back({path.parent_path().filename().string() + "/" + path.stem().string(),
                    std::string(kChat), AsJson(request["parsed_body"]),
                    response["status"]["code"].as<int>(),
                    response["headers"]["content-type"][0].as<std::string>(""),
                    parsed ? AsJson(parsed) : response["body"]["string"].as<std::string>()});
  }
}

Recording AnswerAlone(const Path& path, std::string answer) {
  const bool stream = answer.starts_with("data: ");
  return {path.stem(),
          std::string(kChat),
          ChatBody("any", "tell me",
                   stream ? R"(,"stream":true,"stream_options":{"include_usage":true})" : ""),
          200,
          stream ? std::string(kStreamType) : "application/json",
          std::move(answer)};
}

}  // namespace

std::vector<Recording> EnvoyRecordings(const std::string& root) {
  std::vector<Recording> all;
  for (const Path& path : FilesBelow(
           root + "/fixtures/envoy-ai-gateway/tests/internal/testopenai/cassettes", ".yaml")) {
    AddEnvoy(path, &all);
  }
  return all;
}

std::vector<Recording> PydanticRecordings(const std::string& root) {
  std::vector<Recording> all;
  for (const Path& path : FilesBelow(root + "/fixtures/pydantic-ai", ".yaml")) {
    AddPydantic(path, &all);
  }
  return all;
}

std::vector<Recording> AgentGatewayRecordings(const std::string& root) {
  std::vector<Recording> all;
  for (const Path& path : FilesBelow(
           root + "/fixtures/agentgateway/crates/llm/src/tests/response/completions", ".json")) {
    all.push_back(AnswerAlone(path, Contents(path)));
  }
  return all;
}

std::vector<Recording> TensorZeroRecordings(const std::string& root) {
  std::vector<Recording> all;
  for (const Path& path :
       FilesBelow(root + "/fixtures/tensorzero/crates/tensorzero-core/tests", ".jsonl")) {
    std::string stream;
    const std::string text = Contents(path);
    for (std::string_view line : Split(text, '\n')) {
      if (!Trim(line).empty()) stream += "data: " + std::string(line) + "\n\n";
    }
    all.push_back(AnswerAlone(path, stream + std::string(kDoneEvent)));
  }
  return all;
}

}  // namespace weir::e2e
