#include "provider/simulated/ask.h"

#include <simdjson.h>

#include "base/hash.h"
#include "base/strings.h"
#include "provider/simulated/sample.h"

namespace weir::provider::simulated {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

int64_t TokensOf(size_t bytes) {
  return static_cast<int64_t>((bytes + 3) / 4);
}

std::string_view StringAt(element object, const char* key) {
  std::string_view text;
  return object[key].get(text) ? std::string_view() : text;
}

template <class T>
void ReadOptional(simdjson::simdjson_result<element> member, T* into) {
  T value;
  if (!member.get(value)) *into = value;
}

// A string, or the text parts of a list joined by newlines.
std::string TextOf(element content) {
  std::string_view text;
  if (!content.get(text)) return std::string(text);
  std::string joined;
  array parts;
  if (content.get(parts)) return joined;
  for (element part : parts) {
    if (part["text"].get(text) && part.get(text)) continue;
    if (!joined.empty()) joined += '\n';
    joined += text;
  }
  return joined;
}

Result<Kind> KindOf(std::string_view path) {
  path = path.substr(0, path.find('?'));
  if (path.ends_with("/chat/completions")) return Kind::kChat;
  if (path.ends_with("/completions")) return Kind::kCompletion;
  if (path.ends_with("/embeddings")) return Kind::kEmbedding;
  return MakeError(Reason::kUnsupportedEndpoint, "the simulator does not serve this path");
}

// True when the last message is the user's.
bool ReadMessages(element root, Ask* ask) {
  array messages;
  if (root["messages"].get(messages)) return false;
  bool user_last = false;
  for (element message : messages) {
    element content;
    std::string text;
    if (!message["content"].get(content)) text = TextOf(content);
    ask->prompt_tokens += 3 + TokensOf(text.size());
    user_last = StringAt(message, "role") == "user";
    if (user_last) ask->last_user = std::move(text);
  }
  return user_last;
}

// The offered function of that name, or the first one.
bool FindTool(element root, std::string_view wanted, element* function) {
  array tools;
  if (root["tools"].get(tools)) return false;
  for (element tool : tools) {
    if (tool["function"].get(*function)) continue;
    if (wanted.empty() || StringAt(*function, "name") == wanted) return true;
  }
  return false;
}

void ReadToolCall(element root, bool user_last, Ask* ask) {
  std::string_view choice;
  const bool spoken = !root["tool_choice"].get(choice);
  std::string_view wanted;
  const bool named = !root["tool_choice"]["function"]["name"].get(wanted);
  const bool invited =
      user_last && AsciiLower(ask->last_user).find("call the tool") != std::string::npos;
  if (!named && !(spoken && choice == "required") && (!invited || (spoken && choice == "none"))) {
    return;
  }
  element function;
  if (!FindTool(root, wanted, &function)) return;
  ask->form = Form::kToolCall;
  ask->tool = StringAt(function, "name");
  element parameters;
  ask->sample = function["parameters"].get(parameters) ? "{}" : SampleOf(parameters, parameters);
}

void ReadForm(element root, bool user_last, Ask* ask) {
  ReadToolCall(root, user_last, ask);
  std::string_view type;
  if (ask->form == Form::kToolCall || root["response_format"]["type"].get(type)) return;
  if (type != "json_object" && type != "json_schema") return;
  ask->form = Form::kJson;
  element schema;
  if (!root["response_format"]["json_schema"]["schema"].get(schema)) {
    ask->sample = SampleOf(schema, schema);
  }
}

std::vector<std::string> InputsOf(element input) {
  std::string_view text;
  if (!input.get(text)) return {std::string(text)};
  std::vector<std::string> inputs;
  array list;
  if (input.get(list)) return inputs;
  int64_t token = 0;
  if (!list.at(0).get(token)) return {std::string(simdjson::minify(input))};
  for (element item : list) {
    if (item.get(text)) {
      inputs.push_back(simdjson::minify(item));
    } else {
      inputs.emplace_back(text);
    }
  }
  return inputs;
}

Result<void> ReadEmbedding(element root, Ask* ask) {
  element input;
  if (root["input"].get(input)) return MakeError(Reason::kBadRequest, "input is missing", "input");
  ask->inputs = InputsOf(input);
  if (ask->inputs.empty()) return MakeError(Reason::kBadRequest, "input is empty", "input");
  for (const std::string& text : ask->inputs) ask->prompt_tokens += TokensOf(text.size());
  ReadOptional(root["dimensions"], &ask->dimensions);
  ask->base64 = StringAt(root, "encoding_format") == "base64";
  const auto count = static_cast<int64_t>(ask->inputs.size());
  if (ask->dimensions < 1 || ask->dimensions > kMaxFloats / count) {
    return MakeError(Reason::kBadRequest, "dimensions is out of range", "dimensions");
  }
  return {};
}

Result<void> ReadCompletion(element root, Ask* ask) {
  ReadOptional(root["stream"], &ask->stream);
  ReadOptional(root["stream_options"]["include_usage"], &ask->include_usage);
  ReadOptional(root["n"], &ask->n);
  if (ask->n < 1 || ask->n > kMaxChoices) {
    return MakeError(Reason::kBadRequest, "n is out of range", "n");
  }
  if (root["max_completion_tokens"].get(ask->max_tokens)) {
    ReadOptional(root["max_tokens"], &ask->max_tokens);
  }
  ask->max_tokens = std::max<int64_t>(ask->max_tokens, 0);
  if (ask->kind == Kind::kChat) {
    const bool user_last = ReadMessages(root, ask);
    ReadForm(root, user_last, ask);
    return {};
  }
  element prompt;
  if (!root["prompt"].get(prompt)) ask->last_user = TextOf(prompt);
  ask->prompt_tokens = TokensOf(ask->last_user.size());
  return {};
}

}  // namespace

Result<Ask> ReadAsk(std::string_view path, std::string_view body, uint64_t seed) {
  Ask ask;
  WEIR_TRY(ask.kind, KindOf(path));
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(body.data(), body.size(), true).get(root) || !root.is_object()) {
    return MakeError(Reason::kInvalidJson, "the body is not a JSON object");
  }
  ask.model = StringAt(root, "model");
  ask.draw = Hash64(fmt::format("{}:{}", seed, body));
  if (ask.kind == Kind::kEmbedding) {
    WEIR_CHECK_OK(ReadEmbedding(root, &ask));
  } else {
    WEIR_CHECK_OK(ReadCompletion(root, &ask));
  }
  return ask;
}

}  // namespace weir::provider::simulated
