// The texts of one request: the last user message whole, and a bounded extract of all messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/token.h"

namespace weir::chat {

// Reused from request to request so that a warm parser does not allocate.
class TextStore {
 public:
  void Reset();

  void BeginMessage();
  // Adds one text of the message; `maybe_user` is false when its role is known to be another.
  void Add(const json::StringToken& text, bool maybe_user);
  void EndMessage(bool is_user);
  // Once, after the last message.
  void Finish();

  // In the parsed text itself where it stands there as it is.
  std::string_view last_user() const { return user_plain_.empty() ? user_ : user_plain_; }
  std::string_view all_text() const { return head_; }
  // How far all_text() is the beginning of the joined text.
  size_t head_bytes() const { return head_bytes_; }
  size_t joined_bytes() const { return joined_bytes_; }
  int64_t text_bytes() const { return text_bytes_; }
  int64_t wide_bytes() const { return wide_bytes_; }

 private:
  std::string_view AddPending(const json::StringToken& text);

  // The current message, while it may turn out to be the user's: one of the two.
  std::string pending_;
  std::string_view pending_plain_;
  std::string user_;
  std::string_view user_plain_;
  std::string head_;
  bool head_whole_ = true;  // `head_` is still all of the joined text
  size_t head_bytes_ = 0;
  size_t joined_bytes_ = 0;  // of all texts so far, joined by '\n'
  size_t message_at_ = 0;    // where the current message begins in them
  size_t user_at_ = 0;
  bool message_has_text_ = false;
  int64_t text_bytes_ = 0;
  int64_t wide_bytes_ = 0;
};

}  // namespace weir::chat
