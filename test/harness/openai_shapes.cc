#include "test/harness/openai_shapes.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace weir::e2e {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(&out, text);
  return out;
}

std::string Chunk(std::string_view rest) {
  return fmt::format(
      "data: "
      "{{\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"up\",{}}}"
      "\n\n",
      rest);
}

std::string Joined(const std::vector<std::string>& contents, bool usage) {
  std::string stream = RoleEvent();
  for (const std::string& content : contents) stream += ContentEvent(content);
  stream += FinishEvent();
  if (usage) stream += UsageEvent();
  return stream.append(kDoneEvent);
}

}  // namespace

std::string ChatBody(std::string_view model, std::string_view text, std::string_view more) {
  return fmt::format(R"({{"model":{},"messages":[{{"role":"user","content":{}}}]{}}})",
                     Quoted(model), Quoted(text), more);
}

std::string ChatReply(std::string_view content) {
  return fmt::format(
      R"({{"id":"c-1","object":"chat.completion","created":1,"model":"up","choices":[{{"index":0,)"
      R"("message":{{"role":"assistant","content":{}}},"finish_reason":"stop"}}],)"
      R"("usage":{{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}}})",
      Quoted(content));
}

std::string ErrorReply(std::string_view message, std::string_view code) {
  return fmt::format(R"({{"error":{{"message":{},"type":"some_error","param":null,"code":{}}}}})",
                     Quoted(message), code.empty() ? "null" : Quoted(code));
}

std::string RoleEvent() {
  return Chunk(
      R"("choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}])");
}

std::string ContentEvent(std::string_view content) {
  return Chunk(
      fmt::format(R"("choices":[{{"index":0,"delta":{{"content":{}}},"finish_reason":null}}])",
                  Quoted(content)));
}

std::string FinishEvent() {
  return Chunk(R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}])");
}

std::string UsageEvent() {
  return Chunk(
      R"("choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15})");
}

std::string WholeStream(const std::vector<std::string>& contents) {
  return Joined(contents, true);
}

std::string StreamWithoutUsage(const std::vector<std::string>& contents) {
  return Joined(contents, false);
}

}  // namespace weir::e2e
