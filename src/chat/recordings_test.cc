// Real requests and answers, read where they lie.
#include <gtest/gtest.h>

#include <filesystem>
#include <list>

#include "base/strings.h"
#include "chat/reply.h"
#include "chat/rewrite.h"
#include "json/object.h"
#include "testing/testdata.h"

namespace weir::chat {
namespace {

std::vector<std::string> FilesBelow(const std::string& folder, std::string_view extension) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == extension) {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Padded(std::string_view text) {
  std::string padded;
  padded.reserve(text.size() + json::kPadding);
  padded = text;
  return padded;
}

std::optional<Endpoint> EndpointOf(std::string_view request_line) {
  if (request_line.ends_with("/chat/completions")) return Endpoint::kChatCompletions;
  if (request_line.ends_with("/embeddings")) return Endpoint::kEmbeddings;
  if (request_line.ends_with("/completions")) return Endpoint::kCompletions;
  return std::nullopt;
}

// The facts agree with a second reader, and a patch changes nothing else.
void ExpectSound(Endpoint endpoint, std::string_view raw, const std::string& where) {
  SCOPED_TRACE(where);
  std::string body = Padded(raw);
  auto object = json::Object::Parse(body);
  ASSERT_TRUE(object);
  RequestParser parser, second;
  auto request = parser.Parse(endpoint, body);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->model, *object->RequiredString("model"));
  EXPECT_EQ(request->stream, object->Bool("stream")->value_or(false));
  EXPECT_EQ(request->has_tools, object->Has("tools") && object->Raw("tools") != "[]");
  if (endpoint == Endpoint::kChatCompletions) {
    EXPECT_EQ(static_cast<size_t>(request->messages),
              json::Elements(object->Raw("messages"))->size());
  }
  EXPECT_LE(request->all_text.size(), kAllTextBytes);
  EXPECT_GE(request->text_bytes, static_cast<int64_t>(request->last_user.size()) / 2);
  EXPECT_GT(request->EstimatedPromptTokens(), 0);

  std::string patched = json::Apply(body, EditsFor(*request, body, {"vendor/m", request->stream}));
  patched.reserve(patched.size() + json::kPadding);
  auto again = second.Parse(endpoint, patched);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->model, "vendor/m");
  EXPECT_EQ(again->include_usage, request->stream || request->include_usage);
  EXPECT_EQ(again->last_user, request->last_user);
  EXPECT_EQ(again->text_bytes, request->text_bytes);
}

TEST(Recordings, ClientRequests) {
  WEIR_REQUIRE_TESTDATA(root);
  int chats = 0, embeddings = 0;
  auto visit = [&](std::string_view raw, const std::string& file) {
    auto recorded = json::Object::Parse(raw);
    ASSERT_TRUE(recorded) << file;
    auto endpoint = EndpointOf(*recorded->RequiredString("request"));
    if (!endpoint || !recorded->Has("body")) return;
    ++(*endpoint == Endpoint::kEmbeddings ? embeddings : chats);
    ExpectSound(*endpoint, recorded->Raw("body"), file);
  };
  for (const std::string& file : FilesBelow(root + "/client_requests", ".json")) {
    std::string text = *ReadWholeFile(file);
    if (Trim(text).starts_with('[')) {
      auto elements = json::Elements(text);
      ASSERT_TRUE(elements);
      for (std::string_view element : *elements) visit(element, file);
    } else {
      visit(text, file);
    }
  }
  EXPECT_GE(chats, 20);
  EXPECT_GE(embeddings, 1);
}

TEST(Recordings, FactsOfKnownClients) {
  WEIR_REQUIRE_TESTDATA(root);
  RequestParser parser;
  std::list<std::string> bodies;  // what the requests' views look at
  auto parse = [&](const std::string& name) {
    std::string text = *ReadWholeFile(root + "/client_requests/" + name);
    auto recorded = json::Object::Parse(text);
    const std::string& body = bodies.emplace_back(Padded(recorded->Raw("body")));
    auto request = parser.Parse(Endpoint::kChatCompletions, body);
    EXPECT_TRUE(request) << name;
    return request ? *request : Request();
  };
  Request all = parse("openai-node_chat_all_params.json");
  EXPECT_EQ(all.last_user, "hi");
  EXPECT_EQ(all.max_tokens, 64);
  EXPECT_EQ(all.temperature, 0.0);
  EXPECT_TRUE(all.wants_reasoning);
  EXPECT_EQ(parse("openai-node_chat_vision.json").images, 1);
  EXPECT_TRUE(parse("openai-node_chat_tools.json").has_tools);
  EXPECT_TRUE(parse("openai-node_chat_structured.json").wants_json_schema);
  EXPECT_TRUE(parse("openai-node_chat_stream.json").stream);
}

// The bodies of a cassette: request, response, request, … as block scalars or quoted ones, whose
// escapes are JSON's.
class Cassette {
 public:
  explicit Cassette(std::string_view yaml) {
    for (std::string_view line : Split(yaml, '\n')) Read(line);
  }
  const std::vector<std::string>& bodies() const { return bodies_; }

 private:
  void Read(std::string_view line) {
    constexpr std::string_view kKey = "body: ";
    size_t blanks = std::min(line.find_first_not_of(' '), line.size());
    if (inside_ && (blanks == line.size() || blanks >= indent_)) {
      bodies_.back() += std::string(line.substr(std::min(indent_, line.size()))) + "\n";
      return;
    }
    std::string_view text = line.substr(blanks);
    inside_ = text.starts_with("body: |");
    indent_ = blanks + 4;
    if (inside_) bodies_.emplace_back();
    if (text.starts_with("body: \"")) {
      auto quoted = json::Object::Parse("{\"b\":" + std::string(text.substr(kKey.size())) + "}");
      ASSERT_TRUE(quoted) << text.substr(0, 100);
      bodies_.push_back(*quoted->RequiredString("b"));
    }
  }

  std::vector<std::string> bodies_;
  bool inside_ = false;
  size_t indent_ = 0;
};

struct Seen {
  int requests = 0, plain = 0, events = 0, content = 0, usages = 0, errors = 0;
};

void ReadStream(ReplyReader* reader, std::string_view body, Seen* seen) {
  for (std::string_view line : Split(body, '\n')) {
    if (!line.starts_with("data: ") || line == "data: [DONE]") continue;
    std::string data = Padded(line.substr(6));
    auto event = reader->ReadEvent(data);
    ASSERT_TRUE(event) << data << event.error().message;
    ++seen->events;
    seen->content += event->content;
    seen->usages += event->usage.has_value();
    std::string stripped = StripUsage(data, *event);
    auto again = reader->ReadEvent(Padded(stripped));
    ASSERT_TRUE(again) << stripped;
    EXPECT_FALSE(again->mentions_usage()) << stripped;
    EXPECT_EQ(again->text_bytes, event->text_bytes);
  }
}

void ReadAnswer(ReplyReader* reader, std::string_view body, Seen* seen) {
  auto reply = reader->ReadPlain(Padded(body));
  ASSERT_TRUE(reply) << body;
  if (reply->has_error) {
    ++seen->errors;
    UpstreamError error = reader->ReadError(400, Padded(body));
    EXPECT_EQ(error.message, reply->error_message);
    EXPECT_FALSE(error.type.empty());
    return;
  }
  EXPECT_TRUE(reply->has_content) << body.substr(0, 300);
  EXPECT_TRUE(reply->usage) << body.substr(0, 300);
  ++seen->plain;
}

std::optional<Endpoint> EndpointOfCassette(std::string_view name) {
  if (name.starts_with("chat-")) return Endpoint::kChatCompletions;
  if (name.starts_with("completion-")) return Endpoint::kCompletions;
  if (name.starts_with("embeddings-")) return Endpoint::kEmbeddings;
  return std::nullopt;
}

TEST(Recordings, EnvoyCassettes) {
  WEIR_REQUIRE_TESTDATA(root);
  ReplyReader reader;
  Seen seen;
  for (const std::string& file : FilesBelow(
           root + "/fixtures/envoy-ai-gateway/tests/internal/testopenai/cassettes", ".yaml")) {
    std::string name = std::filesystem::path(file).filename();
    SCOPED_TRACE(name);
    std::optional<Endpoint> endpoint = EndpointOfCassette(name);
    if (!endpoint) continue;
    Cassette cassette(*ReadWholeFile(file));
    ASSERT_EQ(cassette.bodies().size(), 2u);
    // Refused by Weir as they were by OpenAI.
    bool refused = name == "chat-no-messages.yaml" || name == "chat-bad-request.yaml" ||
                   name == "completion-bad-request.yaml";
    if (!refused) ExpectSound(*endpoint, cassette.bodies()[0], name);
    ++seen.requests;
    const std::string& answer = cassette.bodies()[1];
    if (answer.starts_with("data: ")) {
      ReadStream(&reader, answer, &seen);
    } else {
      ReadAnswer(&reader, answer, &seen);
    }
  }
  EXPECT_EQ(seen.requests, 39);
  EXPECT_EQ(seen.plain, 27);
  EXPECT_EQ(seen.errors, 7);
  EXPECT_GE(seen.events, 120);
  EXPECT_GE(seen.content, 90);
  EXPECT_GE(seen.usages, 2);
}

TEST(Recordings, AgentGatewayAnswers) {
  WEIR_REQUIRE_TESTDATA(root);
  const std::string folder = root + "/fixtures/agentgateway/crates/llm/src/tests/response/";
  ReplyReader reader;
  Seen seen;
  for (const std::string& file : FilesBelow(folder + "completions", ".json")) {
    SCOPED_TRACE(file);
    std::string text = *ReadWholeFile(file);
    if (text.starts_with("data: ")) {
      ReadStream(&reader, text, &seen);
    } else {
      ReadAnswer(&reader, text, &seen);
    }
  }
  EXPECT_GE(seen.plain, 5);
  EXPECT_GE(seen.events, 5);

  auto gemini = reader.ReadPlain(
      Padded(*ReadWholeFile(folder + "completions/gemini_with_completion_tokens.json")));
  ASSERT_TRUE(gemini);
  EXPECT_EQ(gemini->usage, (UsageCounts{7, 0, 395, 383}));
}

TEST(Recordings, AgentGatewayRequests) {
  WEIR_REQUIRE_TESTDATA(root);
  const std::string folder = root + "/fixtures/agentgateway/crates/llm/src/tests/requests/";
  for (const std::string& file : FilesBelow(folder + "completions", ".json")) {
    ExpectSound(Endpoint::kChatCompletions, *ReadWholeFile(file), file);
  }
  for (const std::string& file : FilesBelow(folder + "embeddings", ".json")) {
    ExpectSound(Endpoint::kEmbeddings, *ReadWholeFile(file), file);
  }
}

TEST(Recordings, TensorZeroStreams) {
  WEIR_REQUIRE_TESTDATA(root);
  ReplyReader reader;
  Seen seen;
  int finished = 0;
  for (const std::string& file :
       FilesBelow(root + "/fixtures/tensorzero/crates/tensorzero-core/tests", ".jsonl")) {
    std::string text = *ReadWholeFile(file);
    for (std::string_view line : Split(text, '\n')) {
      if (Trim(line).empty()) continue;
      auto event = reader.ReadEvent(Padded(line));
      ASSERT_TRUE(event) << line;
      seen.content += event->content;
      finished += event->finish;
    }
  }
  EXPECT_GE(seen.content, 20);
  EXPECT_GE(finished, 3);
}

}  // namespace
}  // namespace weir::chat
