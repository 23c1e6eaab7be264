// Keys and answers for the tests of this folder.
#pragma once

#include <fmt/format.h>

#include "cache/answer.h"
#include "cache/key.h"

namespace weir::cache {

// A key's view with the texts it points into.
class TestKey {
 public:
  TestKey(const KeyMaker& keys, std::string body, KeyParts parts = {})
      : body_(std::move(body)), parts_(parts) {
    parts_.after_model = body_;
    view_ = keys.Make(parts_, &frame_);
  }
  TestKey(const TestKey&) = delete;
  TestKey& operator=(const TestKey&) = delete;
  const KeyView& view() const { return view_; }
  std::shared_ptr<const Key> Kept() const { return Keep(view_); }

 private:
  std::string body_;
  KeyParts parts_;
  std::string frame_;
  KeyView view_;
};

inline AnswerPtr AnswerOf(std::string body) {
  Answer answer;
  answer.origin.model = "first/small";
  answer.usage = {10, 0, 5, 0};
  answer.body = std::move(body);
  return std::make_shared<const Answer>(std::move(answer));
}

}  // namespace weir::cache
