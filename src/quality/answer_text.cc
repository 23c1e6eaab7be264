#include "quality/answer_text.h"

#include "base/strings.h"
#include "json/object.h"

namespace weir::quality {
namespace {

// `part` is "message" or "delta".
std::string ContentOf(std::string_view json, std::string_view part) {
  const auto body = json::Object::Parse(json);
  if (!body) return {};
  const auto choices = json::Elements(body->Raw("choices"));
  if (!choices || choices->empty()) return {};
  const auto choice = json::Object::Parse(choices->front());
  if (!choice) return {};
  const auto said = json::Object::Parse(choice->Raw(part));
  if (!said) return {};
  const auto content = said->String("content");
  return content ? content->value_or("") : std::string();
}

}  // namespace

std::string PlainAnswerText(std::string_view body) {
  std::string text = ContentOf(body, "message");
  text.resize(Utf8Prefix(text, kMaxAnswerText).size());
  return text;
}

std::string StreamAnswerText(std::string_view events) {
  constexpr std::string_view kData = "data:";
  std::string text;
  for (const std::string_view line : Split(events, '\n')) {
    if (!line.starts_with(kData)) continue;
    text += ContentOf(Trim(line.substr(kData.size())), "delta");
    if (text.size() > kMaxAnswerText) break;
  }
  text.resize(Utf8Prefix(text, kMaxAnswerText).size());
  return text;
}

}  // namespace weir::quality
