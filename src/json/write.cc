#include "json/write.h"

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

#include "base/strings.h"

namespace weir::json {
namespace {

// Of a double in fixed notation: sign, 309 digits, point, some decimals.
constexpr size_t kMaxFixed = 352;
constexpr double kWholeLimit = 1e15;

}  // namespace

void Writer::BeforeValue() {
  if (keyed_) {
    keyed_ = false;
    return;
  }
  if (depth_ == 0) return;
  assert((arrays_ & 1) != 0 && "a member needs a key");
  if ((filled_ & 1) != 0) *out_ += ',';
  filled_ |= 1;
}

void Writer::Open(bool array) {
  BeforeValue();
  assert(depth_ < 64);
  ++depth_;
  arrays_ = arrays_ << 1 | (array ? 1 : 0);
  filled_ <<= 1;
  *out_ += array ? '[' : '{';
}

void Writer::Close([[maybe_unused]] bool array) {
  assert(depth_ > 0 && ((arrays_ & 1) != 0) == array && !keyed_);
  --depth_;
  arrays_ >>= 1;
  filled_ >>= 1;
  *out_ += array ? ']' : '}';
}

void Writer::BeginObject() {
  Open(false);
}
void Writer::EndObject() {
  Close(false);
}
void Writer::BeginArray() {
  Open(true);
}
void Writer::EndArray() {
  Close(true);
}

void Writer::Key(std::string_view name) {
  assert(depth_ > 0 && (arrays_ & 1) == 0 && !keyed_);
  if ((filled_ & 1) != 0) *out_ += ',';
  filled_ |= 1;
  AppendJsonString(out_, name);
  *out_ += ':';
  keyed_ = true;
}

void Writer::String(std::string_view text) {
  BeforeValue();
  AppendJsonString(out_, text);
}

void Writer::Int(int64_t value) {
  BeforeValue();
  std::array<char, 24> digits;
  out_->append(digits.data(), std::to_chars(digits.begin(), digits.end(), value).ptr);
}

void Writer::Uint(uint64_t value) {
  BeforeValue();
  AppendUint(out_, value);
}

void Writer::Double(double value, int decimals) {
  if (!std::isfinite(value)) return Null();
  if (value == std::trunc(value) && std::abs(value) < kWholeLimit) {
    return Int(static_cast<int64_t>(value));
  }
  std::array<char, kMaxFixed> digits;
  const auto [end, ec] =
      std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed, decimals);
  if (ec != std::errc()) return Null();  // more decimals than there is room for
  BeforeValue();
  std::string_view text(digits.data(), static_cast<size_t>(end - digits.begin()));
  if (text.find('.') != std::string_view::npos) {
    text = text.substr(0, text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.remove_suffix(1);
  }
  *out_ += text == "-0" ? "0" : text;
}

void Writer::Bool(bool value) {
  Raw(value ? "true" : "false");
}
void Writer::Null() {
  Raw("null");
}

void Writer::Raw(std::string_view json) {
  BeforeValue();
  *out_ += json;
}

}  // namespace weir::json
