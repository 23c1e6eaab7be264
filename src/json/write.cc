#include "json/write.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>
#include <iterator>

#include "base/strings.h"

namespace weir::json {

void Writer::BeforeValue() {
  if (keyed_) {
    keyed_ = false;
    return;
  }
  if (levels_.empty()) return;
  assert(levels_.back().array && "a member needs a key");
  if (!levels_.back().empty) *out_ += ',';
  levels_.back().empty = false;
}

void Writer::Open(bool array) {
  BeforeValue();
  levels_.push_back({array, true});
  *out_ += array ? '[' : '{';
}

void Writer::Close(bool array) {
  assert(!levels_.empty() && levels_.back().array == array && !keyed_);
  levels_.pop_back();
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
  assert(!levels_.empty() && !levels_.back().array && !keyed_);
  if (!levels_.back().empty) *out_ += ',';
  levels_.back().empty = false;
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
  fmt::format_to(std::back_inserter(*out_), "{}", value);
}

void Writer::Uint(uint64_t value) {
  BeforeValue();
  fmt::format_to(std::back_inserter(*out_), "{}", value);
}

void Writer::Double(double value, int decimals) {
  if (!std::isfinite(value)) return Null();
  BeforeValue();
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
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
