#include "gateway/transcript.h"

#include <algorithm>

#include "base/strings.h"
#include "json/object.h"

namespace weir::gateway {
namespace {

std::string TextOf(const json::Object& object, std::string_view name) {
  const auto text = object.String(name);
  if (text) return text->value_or("");
  return std::string(object.Raw(name));  // parts
}

}  // namespace

bool MayKeepWords(const limits::Key* key, const chat::Request& request, std::string_view body) {
  if (key != nullptr && !key->may_keep_bodies()) return false;
  return std::ranges::none_of(request.members, [&](const chat::Member& member) {
    return member.name.of(body) == "store" && member.value.of(body) == "false";
  });
}

void Transcript::Say(std::string_view words, size_t choice) {
  said_ += words.size();
  if (choice >= kMostChoices) return;
  if (choice >= choices_.size()) choices_.resize(choice + 1);
  // Beyond the bound only the count goes on.
  const size_t room = ledger::kMaxAnswerBytes - std::min(kept_, ledger::kMaxAnswerBytes);
  const std::string_view kept = Utf8Prefix(words, room);
  kept_ += kept.size() < words.size() ? room : kept.size();
  choices_[choice] += kept;
}

void Transcript::TakeCalls(std::string_view json, size_t choice) {
  const auto calls = json::Elements(json);
  if (!calls) return;
  for (const std::string_view item : *calls) {
    const auto call = json::Object::Parse(item);
    if (!call) continue;
    const auto function = json::Object::Parse(call->Raw("function"));
    if (!function) continue;
    const std::string name = TextOf(*function, "name");
    const bool first = choice >= choices_.size() || choices_[choice].empty();
    if (!name.empty()) Say(fmt::format("{}[tool call] {} ", first ? "" : "\n", name), choice);
    Say(TextOf(*function, "arguments"), choice);
  }
}

void Transcript::TakeMessage(std::string_view json, size_t choice) {
  const auto message = json::Object::Parse(json);
  if (!message) return;
  for (const std::string_view name : {"content", "refusal"}) {
    if (message->KindOf(name) == json::Kind::kNull || !message->Has(name)) continue;
    Say(TextOf(*message, name), choice);
  }
  if (message->Has("tool_calls")) TakeCalls(message->Raw("tool_calls"), choice);
}

void Transcript::TakeChoice(std::string_view json, std::string_view part, size_t index) {
  const auto choice = json::Object::Parse(json);
  if (!choice) return;
  const auto said = choice->Int("index");
  if (said && said->value_or(-1) >= 0) index = static_cast<size_t>(**said);
  if (choice->Has(part)) {
    TakeMessage(choice->Raw(part), index);
  } else if (choice->KindOf("text") == json::Kind::kString) {
    Say(TextOf(*choice, "text"), index);
  }
}

void Transcript::TakeChoices(std::string_view json, std::string_view part) {
  const auto body = json::Object::Parse(json);
  if (!body || !body->Has("choices")) return;
  const auto choices = json::Elements(body->Raw("choices"));
  if (!choices) return;
  for (size_t i = 0; i < choices->size(); ++i) TakeChoice((*choices)[i], part, i);
}

void Transcript::TakeBody(std::string_view json) {
  TakeChoices(json, "message");
}

void Transcript::TakeLine(std::string_view line) {
  constexpr std::string_view kData = "data:";
  if (line.starts_with(kData)) TakeChoices(Trim(line.substr(kData.size())), "delta");
}

void Transcript::TakeEvents(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() <= kLongestLine) line_ += piece;
    if (end == std::string_view::npos) return;
    TakeLine(line_);
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
}

ledger::Bodies Transcript::Bodies() const {
  std::string answer;
  for (size_t i = 0; i < choices_.size(); ++i) {
    if (i > 0) answer += fmt::format("\n\n[choice {}]\n", i + 1);
    answer += choices_[i];
  }
  const size_t total = said_ > kept_ ? said_ : 0;
  return {request_, ledger::CutText(answer, ledger::kMaxAnswerBytes, total), {}};
}

}  // namespace weir::gateway
