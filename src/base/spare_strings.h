// Strings whose memory serves again: heads, lines and bodies of one request leave theirs to the
// next one's. One thread's.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace weir {

class SpareStrings {
 public:
  static constexpr size_t kKept = 32;
  static constexpr size_t kLargest = 64 << 10;  // of one string's memory

  SpareStrings() { kept_.reserve(kKept); }

  // Empty; whatever room the string that was given back last has.
  std::string Take() {
    if (kept_.empty()) return {};
    std::string text = std::move(kept_.back());
    kept_.pop_back();
    return text;
  }
  void Give(std::string text) {
    if (text.capacity() <= kOwnRoom || text.capacity() > kLargest || kept_.size() == kKept) return;
    text.clear();
    kept_.push_back(std::move(text));
  }

 private:
  static constexpr size_t kOwnRoom = 15;  // a string's without memory of its own

  std::vector<std::string> kept_;
};

// A string that is taken from there and goes back by itself.
class SpareString {
 public:
  explicit SpareString(SpareStrings& home) : home_(&home), text_(home.Take()) {}
  SpareString(SpareString&& other) noexcept
      : home_(std::exchange(other.home_, nullptr)), text_(std::move(other.text_)) {}
  SpareString& operator=(SpareString&& other) noexcept {
    std::swap(home_, other.home_);
    text_.swap(other.text_);
    return *this;
  }
  ~SpareString() {
    if (home_ != nullptr) home_->Give(std::move(text_));
  }

  std::string& operator*() { return text_; }
  const std::string& operator*() const { return text_; }
  std::string* operator->() { return &text_; }
  const std::string* operator->() const { return &text_; }

 private:
  SpareStrings* home_;
  std::string text_;
};

}  // namespace weir
