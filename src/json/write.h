// Writes one JSON value, commas included. Misuse (a value without a key in an object, a bracket of
// the wrong kind, more than 64 levels) is a programming error and asserts.
#pragma once

#include <cassert>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace weir::json {

// A member's name that the compiler has seen to need no escapes.
class Name {
 public:
  consteval Name(const char* text) : text_(text) {  // NOLINT: literals become names by themselves
    for (const char c : text_) {
      if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') throw "this name needs escapes";
    }
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// Appends to `*out`, which must outlive the writer and is nobody else's until the value is whole:
// room is made ahead and cut off then.
class Writer {
 public:
  explicit Writer(std::string* out) : out_(out), at_(out->size()) {}

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();
  [[gnu::always_inline]] void Key(Name name) {
    const std::string_view text = name.text();
    Need(text.size() + 4);
    char* at = BeginMember();
    *at++ = '"';
    std::memcpy(at, text.data(), text.size());
    at += text.size();
    *at++ = '"';
    *at++ = ':';
    at_ = static_cast<size_t>(at - out_->data());
  }
  // A name that is known only now.
  template <class Text>
    requires std::convertible_to<Text, std::string_view> &&
             (!std::convertible_to<Text, const char*>)
  void Key(const Text& name) {
    TextKey(name);
  }

  void String(std::string_view text);  // invalid UTF-8 becomes U+FFFD
  void Int(int64_t value);
  void Uint(uint64_t value);
  // Fixed notation, trailing zeros cut; NaN and infinities become null. Never for money.
  void Double(double value, int decimals = 6);
  // value / 10^decimals exactly, trailing zeros cut. At most 9 decimals.
  void Decimal(int64_t value, size_t decimals);
  void Bool(bool value);
  void Null();
  void Raw(std::string_view json);  // ready JSON of one value

 private:
  void BeforeValue();
  void Open(bool array);
  void Close(bool array);
  // The comma before a member; returns where to write on.
  char* BeginMember() {
    assert(depth_ > 0 && (arrays_ & 1) == 0 && !keyed_);
    char* at = out_->data() + at_;
    if ((filled_ & 1) != 0) *at++ = ',';
    filled_ |= 1;
    keyed_ = true;
    return at;
  }
  void TextKey(std::string_view name);
  void Value(std::string_view text);
  void Quoted(std::string_view text);
  void Grow(size_t bytes);
  void Put(char c) { out_->data()[at_++] = c; }
  void Put(std::string_view text);
  // Makes room for `bytes` more.
  void Need(size_t bytes) {
    if (out_->size() - at_ < bytes) Grow(bytes);
  }
  void Finish() {
    if (depth_ == 0) out_->resize(at_);
  }

  std::string* out_;
  size_t at_;  // where to write next, within out_'s size
  // A bit a level, the innermost lowest.
  uint64_t arrays_ = 0;
  uint64_t filled_ = 0;
  int depth_ = 0;
  bool keyed_ = false;  // a key waits for its value
};

}  // namespace weir::json
