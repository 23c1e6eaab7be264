// Writes one JSON value, commas included. Misuse (a value without a key in an object, a bracket of
// the wrong kind, more than 64 levels) is a programming error and asserts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::json {

// Appends to `*out`, which must outlive the writer.
class Writer {
 public:
  explicit Writer(std::string* out) : out_(out) {}

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();
  void Key(std::string_view name);

  void String(std::string_view text);  // invalid UTF-8 becomes U+FFFD
  void Int(int64_t value);
  void Uint(uint64_t value);
  // Fixed notation, trailing zeros cut; NaN and infinities become null. Never for money.
  void Double(double value, int decimals = 6);
  void Bool(bool value);
  void Null();
  void Raw(std::string_view json);  // ready JSON of one value

 private:
  void BeforeValue();
  void Open(bool array);
  void Close(bool array);

  std::string* out_;
  // A bit a level, the innermost lowest.
  uint64_t arrays_ = 0;
  uint64_t filled_ = 0;
  int depth_ = 0;
  bool keyed_ = false;  // a key waits for its value
};

}  // namespace weir::json
