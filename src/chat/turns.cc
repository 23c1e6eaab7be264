#include "chat/turns.h"

#include <algorithm>

#include "base/hash.h"

namespace weir::chat {
namespace {

bool Instructs(std::string_view role) {
  return role == "system" || role == "developer";
}

// What an agent adds in its user's name.
bool IsReminder(std::string_view raw) {
  constexpr std::string_view kOpen = "<system-reminder>", kClose = "</system-reminder>";
  constexpr size_t kRest = 8;  // escaped blanks
  if (!raw.starts_with(kOpen)) return false;
  const size_t end = raw.rfind(kClose);
  return end != raw.npos && raw.size() - end - kClose.size() <= kRest;
}

// Head and tail of what is long: a call that writes a file carries the file.
uint64_t HashOf(std::string_view text) {
  constexpr size_t kEnd = 4 << 10;
  if (text.size() <= 2 * kEnd) return Hash64(text);
  const uint64_t parts[] = {Hash64(text.substr(0, kEnd)), Hash64(text.substr(text.size() - kEnd)),
                            text.size()};
  return Hash64({reinterpret_cast<const char*>(parts), sizeof(parts)});
}

uint64_t Joined(uint64_t a, uint64_t b) {
  const uint64_t both[] = {a, b};
  return Hash64({reinterpret_cast<const char*>(both), sizeof(both)});
}

}  // namespace

void Turns::AddText(const json::StringToken& text) {
  if (text.bytes == 0) return;
  has_text_ = true;
  if (!IsReminder(text.raw)) has_words_ = true;
  if (opened_ || ++opening_texts_ > kTexts) return;
  opening_ = Joined(opening_, Hash64(text.raw.substr(0, kTextBytes)) ^ text.bytes);
}

void Turns::AddCall(std::string_view name, std::string_view arguments) {
  const auto slot = static_cast<size_t>(calls_) % recent_.size();
  recent_[slot] = Joined(Hash64(name), HashOf(arguments));
  ++calls_;
}

void Turns::EndMessage(std::string_view role, size_t joined_bytes) {
  const bool reminds = role == "user" && has_text_ && !has_words_ && !tool_result_;
  if (role == "user" && has_words_) opened_ = true;
  if (role == "assistant") ++answers_;
  if (!Instructs(role)) instructing_ = false;
  if (!reminds && !Instructs(role)) {  // else it is the turn of whom it was
    after_tool_ = tool_result_ || role == "tool" || role == "function";
  }
  if (instructing_) instruction_bytes_ = joined_bytes;
  has_text_ = has_words_ = tool_result_ = false;
}

void Turns::Finish(Request* request) const {
  request->opening = opened_ ? opening_ : 0;
  request->instruction_bytes = instruction_bytes_;
  request->answers = answers_;
  request->after_tool = after_tool_;
  request->tool_calls = calls_;
  if (calls_ == 0) return;
  const uint64_t newest = recent_[static_cast<size_t>(calls_ - 1) % recent_.size()];
  const auto filled = std::min<ptrdiff_t>(calls_, std::ssize(recent_));
  request->repeated_calls =
      static_cast<int>(std::count(recent_.begin(), recent_.begin() + filled, newest));
}

}  // namespace weir::chat
