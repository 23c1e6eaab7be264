#include "json/write.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/strings.h"

namespace weir::json {
namespace {

// Of a double in fixed notation: sign, 309 digits, point, some decimals.
constexpr size_t kMaxFixed = 352;
constexpr double kWholeLimit = 1e15;

// Most of what is written are shares and scores, for which to_chars is dear. To 4 decimals the
// product is exact; beyond, what lies within 2^-64 of the middle may go to the other side.
constexpr double kSmall = 1e6;
constexpr int kFewDecimals = 6;
constexpr std::array<int64_t, kFewDecimals + 1> kPowers = {1,      10,      100,      1'000,
                                                           10'000, 100'000, 1'000'000};

}  // namespace

void Writer::Grow(size_t bytes) {
  constexpr size_t kStep = 256;
  out_->resize(std::max({at_ + bytes, out_->capacity(), at_ + kStep}));
}

void Writer::Put(std::string_view text) {
  if (!text.empty()) std::memcpy(out_->data() + at_, text.data(), text.size());
  at_ += text.size();
}

// The comma before a value; leaves room for one character more.
void Writer::BeforeValue() {
  Need(2);
  if (keyed_) {
    keyed_ = false;
    return;
  }
  if (depth_ == 0) return;
  assert((arrays_ & 1) != 0 && "a member needs a key");
  if ((filled_ & 1) != 0) Put(',');
  filled_ |= 1;
}

void Writer::Value(std::string_view text) {
  BeforeValue();
  Need(text.size());
  Put(text);
  Finish();
}

void Writer::Quoted(std::string_view text) {
  if (IsPlainJson(text)) {
    Need(text.size() + 2);
    Put('"');
    Put(text);
    Put('"');
  } else {
    out_->resize(at_);
    AppendJsonString(out_, text);
    at_ = out_->size();
  }
}

void Writer::Open(bool array) {
  BeforeValue();
  assert(depth_ < 64);
  ++depth_;
  arrays_ = arrays_ << 1 | (array ? 1 : 0);
  filled_ <<= 1;
  Put(array ? '[' : '{');
}

void Writer::Close([[maybe_unused]] bool array) {
  assert(depth_ > 0 && ((arrays_ & 1) != 0) == array && !keyed_);
  --depth_;
  arrays_ >>= 1;
  filled_ >>= 1;
  Need(1);
  Put(array ? ']' : '}');
  Finish();
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

void Writer::TextKey(std::string_view name) {
  Need(1);
  at_ = static_cast<size_t>(BeginMember() - out_->data());
  Quoted(name);
  Need(1);
  Put(':');
}

void Writer::String(std::string_view text) {
  BeforeValue();
  Quoted(text);
  Finish();
}

void Writer::Int(int64_t value) {
  std::array<char, 24> digits;
  const char* end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  Value({digits.data(), static_cast<size_t>(end - digits.data())});
}

void Writer::Uint(uint64_t value) {
  std::array<char, 24> digits;
  const char* end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  Value({digits.data(), static_cast<size_t>(end - digits.data())});
}

void Writer::Decimal(int64_t value, size_t decimals) {
  assert(decimals <= 9);
  std::array<char, 32> text;
  char* const end = text.end();
  char* at = end;
  char* last = end;  // behind what is shown
  auto rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  for (size_t i = 0; i < decimals; ++i, rest /= 10) {
    *--at = static_cast<char>('0' + rest % 10);
    if (last == at + 1 && *at == '0') last = at;
  }
  if (last != at) *--at = '.';
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (value < 0) *--at = '-';
  Value({at, static_cast<size_t>(last - at)});
}

void Writer::Double(double value, int decimals) {
  if (!std::isfinite(value)) return Null();
  if (value == std::trunc(value) && std::abs(value) < kWholeLimit) {
    return Int(static_cast<int64_t>(value));
  }
  if (std::abs(value) < kSmall && decimals >= 0 && decimals <= kFewDecimals) {
    const auto places = static_cast<size_t>(decimals);
    const auto scaled = static_cast<long double>(value) * static_cast<long double>(kPowers[places]);
    return Decimal(std::llrintl(scaled), places);
  }
  std::array<char, kMaxFixed> digits;
  const auto [end, ec] =
      std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed, decimals);
  if (ec != std::errc()) return Null();  // more decimals than there is room for
  std::string_view text(digits.data(), static_cast<size_t>(end - digits.begin()));
  if (text.find('.') != std::string_view::npos) {
    text = text.substr(0, text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.remove_suffix(1);
  }
  Value(text == "-0" ? "0" : text);
}

void Writer::Bool(bool value) {
  Raw(value ? "true" : "false");
}
void Writer::Null() {
  Raw("null");
}

void Writer::Raw(std::string_view json) {
  Value(json);
}

}  // namespace weir::json
