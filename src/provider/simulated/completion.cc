#include "provider/simulated/completion.h"

#include "base/strings.h"
#include "http/sse.h"

namespace weir::provider::simulated {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(&out, text);
  return out;
}

std::string Joined(const std::vector<std::string>& tokens) {
  return fmt::format("{}", fmt::join(tokens, ""));
}

std::string CallId(const Ask& ask, size_t choice) {
  return fmt::format("call_{:016x}{}", ask.draw, choice);
}

// `{"id":…,"system_fingerprint":…` without the closing brace.
std::string Opening(const Ask& ask, std::string_view object) {
  const std::string_view prefix = ask.kind == Kind::kChat ? "chatcmpl" : "cmpl";
  return fmt::format(R"({{"id":"{}-sim{:016x}","object":"{}","created":{},"model":{},)"
                     R"("system_fingerprint":"fp_simulator")",
                     prefix, ask.draw, object, kCreated, Quoted(ask.model));
}

std::string UsageJson(const Ask& ask, const std::vector<Speech>& speeches) {
  size_t completion = 0;
  for (const Speech& speech : speeches) completion += speech.tokens.size();
  return fmt::format(R"({{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{},)"
                     R"("prompt_tokens_details":{{"cached_tokens":0}},)"
                     R"("completion_tokens_details":{{"reasoning_tokens":0}}}})",
                     ask.prompt_tokens, completion,
                     ask.prompt_tokens + static_cast<int64_t>(completion));
}

std::string ToolCallsJson(const Ask& ask, size_t choice, std::string_view arguments, bool indexed) {
  return fmt::format(
      R"([{{{}"id":"{}","type":"function","function":{{"name":{},"arguments":{}}}}}])",
      indexed ? R"("index":0,)" : "", CallId(ask, choice), Quoted(ask.tool), Quoted(arguments));
}

std::string MessageJson(const Ask& ask, size_t choice, const Speech& speech) {
  const std::string text = Joined(speech.tokens);
  if (ask.form != Form::kToolCall) {
    return fmt::format(R"({{"role":"assistant","content":{},"refusal":null}})", Quoted(text));
  }
  return fmt::format(R"({{"role":"assistant","content":null,"refusal":null,"tool_calls":{}}})",
                     ToolCallsJson(ask, choice, text, false));
}

// One event of one choice; `inner` is `"delta":{…}` or `"text":"…"`.
std::string Chunk(const Ask& ask, size_t choice, std::string_view inner, std::string_view finish) {
  const std::string_view object =
      ask.kind == Kind::kChat ? "chat.completion.chunk" : "text_completion";
  const std::string reason = finish.empty() ? "null" : Quoted(finish);
  std::string out;
  http::AppendSseData(
      &out,
      fmt::format(R"({},"choices":[{{"index":{},{},"logprobs":null,"finish_reason":{}}}]{}}})",
                  Opening(ask, object), choice, inner, reason,
                  ask.include_usage ? R"(,"usage":null)" : ""));
  return out;
}

std::string First(const Ask& ask, size_t choice) {
  if (ask.form != Form::kToolCall)
    return R"("delta":{"role":"assistant","content":"","refusal":null})";
  return fmt::format(R"("delta":{{"role":"assistant","content":null,"tool_calls":{}}})",
                     ToolCallsJson(ask, choice, "", true));
}

std::string Delta(const Ask& ask, std::string_view token) {
  const std::string text = Quoted(token);
  if (ask.kind == Kind::kCompletion) return fmt::format(R"("text":{})", text);
  if (ask.form != Form::kToolCall) return fmt::format(R"("delta":{{"content":{}}})", text);
  return fmt::format(R"("delta":{{"tool_calls":[{{"index":0,"function":{{"arguments":{}}}}}]}})",
                     text);
}

std::string UsageEvent(const Ask& ask, const std::vector<Speech>& speeches) {
  const std::string_view object =
      ask.kind == Kind::kChat ? "chat.completion.chunk" : "text_completion";
  std::string out;
  http::AppendSseData(&out, fmt::format(R"({},"choices":[],"usage":{}}})", Opening(ask, object),
                                        UsageJson(ask, speeches)));
  return out;
}

}  // namespace

std::string CompletionJson(const Ask& ask, const std::vector<Speech>& speeches) {
  std::string out = Opening(ask, ask.kind == Kind::kChat ? "chat.completion" : "text_completion") +
                    R"(,"choices":[)";
  for (size_t i = 0; i < speeches.size(); ++i) {
    const Speech& speech = speeches[i];
    const std::string content = ask.kind == Kind::kChat
                                    ? R"("message":)" + MessageJson(ask, i, speech)
                                    : R"("text":)" + Quoted(Joined(speech.tokens));
    fmt::format_to(std::back_inserter(out),
                   R"({}{{"index":{},{},"logprobs":null,"finish_reason":"{}"}})", i ? "," : "", i,
                   content, speech.finish_reason);
  }
  return out + R"(],"usage":)" + UsageJson(ask, speeches) + "}";
}

std::vector<std::string> CompletionEvents(const Ask& ask, const std::vector<Speech>& speeches) {
  std::vector<std::string> events;
  size_t longest = 0;
  for (size_t i = 0; i < speeches.size(); ++i) {
    longest = std::max(longest, speeches[i].tokens.size());
    if (ask.kind == Kind::kChat) events.push_back(Chunk(ask, i, First(ask, i), ""));
  }
  for (size_t t = 0; t < longest; ++t) {
    for (size_t i = 0; i < speeches.size(); ++i) {
      const auto& tokens = speeches[i].tokens;
      if (t < tokens.size()) events.push_back(Chunk(ask, i, Delta(ask, tokens[t]), ""));
    }
  }
  const std::string_view last = ask.kind == Kind::kChat ? R"("delta":{})" : R"("text":"")";
  for (size_t i = 0; i < speeches.size(); ++i) {
    events.push_back(Chunk(ask, i, last, speeches[i].finish_reason));
  }
  if (ask.include_usage) events.push_back(UsageEvent(ask, speeches));
  events.emplace_back("data: [DONE]\n\n");
  return events;
}

}  // namespace weir::provider::simulated
