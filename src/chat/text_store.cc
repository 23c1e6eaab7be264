#include "chat/text_store.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "chat/request.h"

namespace weir::chat {
namespace {

constexpr size_t kUserShare = 8 << 10;
constexpr size_t kKeptBuffer = 1 << 20;

void Clear(std::string* buffer) {
  if (buffer->capacity() > kKeptBuffer) {
    std::string().swap(*buffer);
  } else {
    buffer->clear();
  }
}

}  // namespace

void TextStore::Reset() {
  Clear(&pending_);
  Clear(&user_);
  pending_plain_ = user_plain_ = {};
  head_.clear();
  head_whole_ = true;
  joined_bytes_ = message_at_ = user_at_ = 0;
  text_bytes_ = wide_bytes_ = 0;
}

void TextStore::BeginMessage() {
  pending_.clear();
  pending_plain_ = {};
  message_has_text_ = false;
}

// A message of one text without escapes is that part of the body; others are put together.
std::string_view TextStore::AddPending(const json::StringToken& text) {
  if (!message_has_text_ && !text.escaped) return pending_plain_ = text.raw;
  pending_ += std::exchange(pending_plain_, {});
  if (!pending_.empty()) pending_ += '\n';
  const size_t begin = pending_.size();
  json::AppendUnescaped(text, &pending_);
  return std::string_view(pending_).substr(begin);
}

void TextStore::Add(const json::StringToken& text, bool maybe_user) {
  if (text.bytes == 0) return;
  text_bytes_ += static_cast<int64_t>(text.bytes);
  wide_bytes_ += static_cast<int64_t>(text.wide_bytes);
  if (joined_bytes_ > 0) ++joined_bytes_;
  if (!message_has_text_) message_at_ = joined_bytes_;
  if (head_whole_ && joined_bytes_ > 0 && head_.size() < kAllTextBytes) head_ += '\n';
  size_t room = head_whole_ ? kAllTextBytes - head_.size() : 0;
  if (maybe_user) {
    head_ += Utf8Prefix(AddPending(text), room);
  } else if (room > 0) {
    json::AppendUnescaped(text, &head_, room);
  }
  joined_bytes_ += text.bytes;
  head_whole_ = head_.size() == joined_bytes_;
  message_has_text_ = true;
}

void TextStore::EndMessage(bool is_user) {
  if (!is_user) return;
  user_.swap(pending_);
  user_plain_ = pending_plain_;
  user_at_ = message_at_;
}

void TextStore::Finish() {
  head_bytes_ = head_.size();
  if (head_whole_) return;
  const std::string_view user = last_user();
  size_t share = std::min(user.size(), kUserShare);
  size_t head = kAllTextBytes - share - 1;
  if (user.empty() || user_at_ < head) return;
  head_.resize(Utf8Prefix(head_, head).size());
  head_bytes_ = head_.size();
  head_ += '\n';
  head_ += Utf8Prefix(user, share);
}

}  // namespace weir::chat
