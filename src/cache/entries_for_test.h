// Keys and answers for the tests of this folder.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

#include "cache/answer.h"
#include "cache/key.h"
#include "json/scan.h"

namespace weir::cache {

// A key's view with the texts it points into. A body that is no JSON object stands for one whose
// member "x" it is.
class TestKey {
 public:
  TestKey(const KeyMaker& keys, std::string body, KeyParts parts = {}) : body_(std::move(body)) {
    if (body_.starts_with('{')) {
      ReadMembers();
    } else {
      body_ = fmt::format(R"({{"x":"{}"}})", body_);
      members_ = {{{2, 3}, {5, body_.size() - 1}}};
    }
    parts.body = body_;
    parts.members = members_;
    view_ = keys.Make(parts, &scratch_);
  }
  TestKey(const TestKey&) = delete;
  TestKey& operator=(const TestKey&) = delete;
  const KeyView& view() const { return view_; }
  std::shared_ptr<const Key> Kept() const { return Keep(view_); }

 private:
  void ReadMembers() {
    body_.reserve(body_.size() + json::kPadding);
    json::Index index;
    json::Cursor cursor = index.Begin(body_, json::Check::kWhole).value();
    json::StringToken name;
    cursor.EnterObject();
    while (cursor.NextMember(&name)) {
      const auto begin = static_cast<size_t>(name.raw.data() - body_.data());
      members_.push_back({{begin, begin + name.raw.size()}, cursor.Skip()});
    }
    EXPECT_TRUE(cursor.Finish()) << body_;
  }

  std::string body_;
  std::vector<chat::Member> members_;
  std::string scratch_;
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
