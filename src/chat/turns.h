// The shape of a conversation, gathered message by message: how it opened, whose turn it is, and
// whether its tool calls go round in circles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chat/request.h"
#include "json/token.h"

namespace weir::chat {

// Fixed size; of one request.
class Turns {
 public:
  // A text of the current message.
  void AddText(const json::StringToken& text);
  // A call that the current message makes; both as they are written.
  void AddCall(std::string_view name, std::string_view arguments);
  void AddToolResult() { tool_result_ = true; }
  // `joined_bytes`: of all texts so far, as TextStore joins them.
  void EndMessage(std::string_view role, size_t joined_bytes);
  void Finish(Request* request) const;

 private:
  // Of the opening; more of it changes nothing.
  static constexpr size_t kTextBytes = 8 << 10;
  static constexpr int kTexts = 32;

  uint64_t opening_ = 0;
  int opening_texts_ = 0;
  bool opened_ = false;       // by the first user message
  bool instructing_ = true;   // nobody but system and developer has spoken
  bool has_text_ = false;     // the current message
  bool has_words_ = false;    // that are no agent's reminder; the current message
  bool tool_result_ = false;  // the current message
  bool after_tool_ = false;   // the last message that is no instruction
  size_t instruction_bytes_ = 0;
  int answers_ = 0;
  int calls_ = 0;
  std::array<uint64_t, kRecentCalls> recent_{};  // hashes; the newest at (calls_ - 1) % size
};

}  // namespace weir::chat
