#include "chat/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "chat/walk.h"

namespace weir::chat {
namespace {

constexpr size_t kKeptMembers = 1'024;
constexpr int64_t kHighestLimit = 2147483647;

enum class Field : uint8_t {
  kModel,
  kMessages,
  kPrompt,
  kInput,
  kStream,
  kStreamOptions,
  kMaxTokens,
  kMaxCompletionTokens,
  kN,
  kTemperature,
  kTools,
  kFunctions,
  kResponseFormat,
  kReasoningEffort,
  kReasoning,
  kThinking,
  kEnableThinking,
  kPromptCacheKey,
  kUser,
  kBestOf,
};
constexpr std::array<std::string_view, 20> kFieldNames = {"model",
                                                          "messages",
                                                          "prompt",
                                                          "input",
                                                          "stream",
                                                          "stream_options",
                                                          "max_tokens",
                                                          "max_completion_tokens",
                                                          "n",
                                                          "temperature",
                                                          "tools",
                                                          "functions",
                                                          "response_format",
                                                          "reasoning_effort",
                                                          "reasoning",
                                                          "thinking",
                                                          "enable_thinking",
                                                          "prompt_cache_key",
                                                          "user",
                                                          "best_of"};

std::optional<Field> FieldByName(std::string_view name) {
  for (size_t i = 0; i < kFieldNames.size(); ++i) {
    if (kFieldNames[i] == name) return static_cast<Field>(i);
  }
  return std::nullopt;
}

class TopLevel {
 public:
  TopLevel(Walk* walk, std::string* model, std::vector<Member>* members)
      : walk_(*walk), model_(*model), members_(*members) {}

  bool Read() {
    json::Cursor& cursor = walk_.cursor;
    if (cursor.kind() != json::Kind::kObject) return RefuseRoot();
    cursor.EnterObject();
    walk_.request->object_begin = cursor.consumed_end();
    walk_.request->object_empty = true;
    json::StringToken key;
    while (cursor.NextMember(&key)) {
      walk_.request->object_empty = false;
      std::optional<Field> field = FieldByName(walk_.Name(key));
      const auto name = static_cast<size_t>(key.raw.data() - cursor.text().data());
      const size_t value = cursor.offset();
      if (!field) {
        cursor.Skip();
      } else if (!ReadOnce(*field)) {
        return false;
      }
      members_.push_back({{name, name + key.raw.size()}, {value, cursor.consumed_end()}});
    }
    return true;
  }

  bool saw(Field field) const { return (seen_ & Bit(field)) != 0; }

 private:
  static uint32_t Bit(Field field) { return uint32_t{1} << static_cast<int>(field); }

  bool RefuseRoot() {
    walk_.refusal =
        MakeError(Reason::kInvalidJson, fmt::format("the body must be a JSON object, it is {}",
                                                    json::KindName(walk_.cursor.kind())));
    return false;
  }

  bool ReadOnce(Field field) {
    if (saw(field)) return walk_.RefuseDuplicate(kFieldNames[static_cast<size_t>(field)]);
    seen_ |= Bit(field);
    return ReadField(field);
  }

  bool ReadField(Field field) {
    Request& request = *walk_.request;
    std::string_view name = kFieldNames[static_cast<size_t>(field)];
    switch (field) {
      case Field::kModel:
        return ReadModel();
      case Field::kMessages:
        return request.endpoint == Endpoint::kChatCompletions ? ReadMessages(&walk_) : Ignore();
      case Field::kPrompt:
        return request.endpoint == Endpoint::kCompletions ? ReadInputs(&walk_, name, false)
                                                          : Ignore();
      case Field::kInput:
        return request.endpoint == Endpoint::kEmbeddings ? ReadInputs(&walk_, name, true)
                                                         : Ignore();
      case Field::kStream:
        return ReadStream(name);
      case Field::kStreamOptions:
        return ReadStreamOptions(&walk_);
      case Field::kMaxTokens:
      case Field::kMaxCompletionTokens:
        return ReadLimit(name);
      case Field::kN:
        return walk_.ReadInteger(name, 1, kMaxChoices, &request.n);
      case Field::kBestOf:
        if (request.endpoint != Endpoint::kCompletions) return Ignore();
        return walk_.ReadInteger(name, 1, kMaxChoices, &request.best_of);
      case Field::kTemperature:
        return ReadTemperature();
      case Field::kTools:
      case Field::kFunctions:
        return ReadTools(&walk_, name);
      case Field::kResponseFormat:
        return ReadResponseFormat(&walk_);
      case Field::kReasoningEffort:
        return ReadReasoningEffort(&walk_);
      case Field::kReasoning:
      case Field::kThinking:
      case Field::kEnableThinking:
        return ReadReasoningSwitch(&walk_);
      case Field::kPromptCacheKey:
        return ReadName(&request.prompt_cache_key);
      case Field::kUser:
        return ReadName(&request.user);
    }
    return Ignore();
  }

  bool Ignore() {
    walk_.cursor.Skip();
    return true;
  }

  bool ReadModel() {
    constexpr std::string_view kExpected = "the name of a model, 1 to 256 bytes without controls";
    if (walk_.cursor.kind() != json::Kind::kString) return walk_.Refuse("model", kExpected);
    size_t begin = walk_.cursor.offset();
    json::StringToken token = walk_.cursor.String();
    if (!walk_.cursor.ok()) return true;
    walk_.request->model_value = {begin, walk_.cursor.consumed_end()};
    bool sound = token.bytes > 0 && token.bytes <= kMaxModelBytes;
    if (sound) {
      json::AppendUnescaped(token, &model_);
      sound = std::none_of(model_.begin(), model_.end(),
                           [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; });
    }
    if (sound) return true;
    walk_.refusal =
        MakeError(Reason::kBadRequest, fmt::format("model: expected {}", kExpected), "model");
    return false;
  }

  // What it may be is the upstream's to say.
  bool ReadName(std::string_view* name) {
    if (walk_.cursor.kind() != json::Kind::kString) return Ignore();
    *name = walk_.cursor.String().raw;
    return true;
  }

  // Embeddings have no stream, whatever their body says.
  bool ReadStream(std::string_view name) {
    bool stream = false;
    if (!walk_.ReadBool(name, &stream)) return false;
    walk_.request->stream = stream && walk_.request->endpoint != Endpoint::kEmbeddings;
    return true;
  }

  bool ReadLimit(std::string_view name) {
    int64_t limit = 0;
    if (!walk_.ReadInteger(name, 0, kHighestLimit, &limit)) return false;
    walk_.request->max_tokens = std::max(walk_.request->max_tokens, limit);
    return true;
  }

  bool ReadTemperature() {
    if (walk_.cursor.kind() == json::Kind::kNull) return Ignore();
    if (walk_.cursor.kind() != json::Kind::kNumber) return walk_.Refuse("temperature", "a number");
    walk_.request->temperature = json::DoubleOf(walk_.cursor.Number());
    return true;
  }

  Walk& walk_;
  std::string& model_;
  std::vector<Member>& members_;
  uint32_t seen_ = 0;
};

Error Missing(std::string_view param) {
  return MakeError(Reason::kBadRequest, fmt::format("{}: missing", param), std::string(param));
}

Field ContentField(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kChatCompletions:
      return Field::kMessages;
    case Endpoint::kCompletions:
      return Field::kPrompt;
    case Endpoint::kEmbeddings:
      return Field::kInput;
  }
  return Field::kMessages;
}

}  // namespace

std::string_view EndpointPath(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kChatCompletions:
      return "/chat/completions";
    case Endpoint::kCompletions:
      return "/completions";
    case Endpoint::kEmbeddings:
      return "/embeddings";
  }
  return {};
}

std::string_view EndpointName(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kChatCompletions:
      return "chat";
    case Endpoint::kCompletions:
      return "completions";
    case Endpoint::kEmbeddings:
      return "embeddings";
  }
  return {};
}

int64_t Request::EstimatedPromptTokens() const {
  constexpr int64_t kPerMessage = 4, kPerImage = 1100, kReplyPrimer = 3;
  int64_t ascii = text_bytes - wide_bytes;
  return (ascii + other_bytes + 2) / 3 + (wide_bytes + 1) / 2 + token_ids + attached_bytes / 512 +
         kPerMessage * messages + kPerImage * images + kReplyPrimer;
}

// Around each message a template adds some of its own; providers put instructions of their own
// before tools (Anthropic's tool use guide: 346 tokens). The dearest image known is one of
// gpt-4o-mini in high detail (OpenAI's vision guide: 2,833 and 5,667 a tile, of which there are 8).
std::optional<int64_t> Request::MostPromptTokens(size_t body_bytes) const {
  constexpr int64_t kPerMessage = 16, kPerImage = 48'169, kPrimer = 64, kOfTools = 1'024;
  if (attached_bytes > 0) return std::nullopt;
  return static_cast<int64_t>(body_bytes) - image_bytes + kPerMessage * messages +
         kPerImage * images + (has_tools ? kOfTools : 0) + kPrimer;
}

struct RequestParser::Buffers {
  json::Index index;
  TextStore texts;
  std::string model;
  std::string scratch;
  std::vector<Member> members;
};

RequestParser::RequestParser() : buffers_(std::make_unique<Buffers>()) {}
RequestParser::~RequestParser() = default;

Result<Request> RequestParser::Parse(Endpoint endpoint, std::string_view body, ModelMember model) {
  buffers_->texts.Reset();
  buffers_->model.clear();
  buffers_->members.clear();
  if (buffers_->members.capacity() > kKeptMembers) buffers_->members.shrink_to_fit();
  buffers_->index.Trim();
  WEIR_TRY(json::Cursor cursor, buffers_->index.Begin(body, json::Check::kWhole));

  Request request;
  request.endpoint = endpoint;
  Turns turns;
  Walk walk{cursor, &request, &buffers_->texts, &turns, &buffers_->scratch};
  TopLevel top(&walk, &buffers_->model, &buffers_->members);
  if (!top.Read() && walk.refusal) return *std::move(walk.refusal);
  WEIR_CHECK_OK(walk.cursor.Finish());
  if (model == ModelMember::kRequired && !top.saw(Field::kModel)) return Missing("model");
  Field content = ContentField(endpoint);
  if (!top.saw(content)) return Missing(kFieldNames[static_cast<size_t>(content)]);

  buffers_->texts.Finish();
  request.members = buffers_->members;
  request.model = buffers_->model;
  request.last_user = buffers_->texts.last_user();
  request.all_text = buffers_->texts.all_text();
  request.text_bytes = buffers_->texts.text_bytes();
  request.wide_bytes = buffers_->texts.wide_bytes();
  turns.Finish(&request);
  request.instruction_bytes = std::min(request.instruction_bytes, buffers_->texts.head_bytes());
  return request;
}

}  // namespace weir::chat
