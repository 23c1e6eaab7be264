#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <type_traits>

#include "ledger/codec.h"
#include "ledger/record.h"

namespace weir::ledger {
namespace {

constexpr size_t kFieldHead = 4;  // tag and length: one byte and at most three
constexpr size_t kMaxField = kFieldHead + 16;
static_assert(kMaxTag <= 0x80 && kMaxJsonBytes < (1 << 21));

// The most that a message can take.
class Bound {
 public:
  size_t bytes() const { return bytes_; }

  template <class T>
  void operator()(const RowField& field, const T& value) {
    bytes_ += kMaxField;
    if constexpr (std::same_as<T, ShelvedString>) bytes_ += Bounded(field, value).size();
  }

 private:
  size_t bytes_ = 0;
};

template <class Row>
size_t BoundOf(const Row& row) {
  Bound bound;
  VisitFields(row, bound);
  return bound.bytes();
}

// Writes to where Bound has made room.
class Encoder {
 public:
  explicit Encoder(char* at) : at_(at) {}
  char* at() const { return at_; }

  void operator()(const RowField& field, const RequestId& id) {
    *at_++ = static_cast<char>(field.tag);
    *at_++ = static_cast<char>(id.bytes.size());
    at_ = std::copy(id.bytes.begin(), id.bytes.end(), at_);
  }
  void operator()(const RowField& field, const ShelvedString& text) {
    if (text.empty() && !field.always) return;
    std::string_view bounded = Bounded(field, text);
    *at_++ = static_cast<char>(field.tag);
    at_ = PutVarint(bounded.size(), at_);
    at_ = std::copy(bounded.begin(), bounded.end(), at_);
  }
  void operator()(const RowField& field, std::integral auto value) {
    auto wide = static_cast<int64_t>(value);
    if (wide != (field.form == Form::kMaybeMicros ? -1 : 0)) PutInt(field, wide);
  }
  void operator()(const RowField& field, NanoUsd amount) { (*this)(field, amount.nano); }
  void operator()(const RowField& field, const std::optional<NanoUsd>& amount) {
    if (amount) PutInt(field, amount->nano);
  }
  void operator()(const RowField& field, double value) {
    auto bits = std::bit_cast<uint64_t>(std::isfinite(value) ? value : 0.0);
    if (bits == 0) return;
    *at_++ = static_cast<char>(field.tag);
    *at_++ = sizeof bits;
    for (size_t i = 0; i < sizeof bits; ++i) *at_++ = static_cast<char>(bits >> (8 * i));
  }

 private:
  void PutInt(const RowField& field, int64_t value) {
    char* digits = at_ + 2;
    char* end = PutVarint(ZigZag(value), digits);
    at_[0] = static_cast<char>(field.tag);
    at_[1] = static_cast<char>(end - digits);
    at_ = end;
  }

  char* at_;
};

// The attempt goes in behind a length that is known only afterwards: three bytes are kept for it,
// enough for 2 MiB, which the bounds on its texts never reach.
char* PutAttempt(const Attempt& attempt, char* at) {
  constexpr size_t kLengthBytes = 3;
  *at++ = static_cast<char>(kAttemptTag);
  Encoder encoder(at + kLengthBytes);
  VisitFields(attempt, encoder);
  auto size = static_cast<size_t>(encoder.at() - at) - kLengthBytes;
  at[0] = static_cast<char>(size | 0x80);
  at[1] = static_cast<char>((size >> 7) | 0x80);
  at[2] = static_cast<char>(size >> 14);
  return encoder.at();
}

}  // namespace

void EncodeInto(const Record& record, std::string* out) {
  const size_t attempts = std::min(record.attempts.size(), kMaxAttempts);
  size_t bound = sizeof kRowVersion + BoundOf(record);
  for (size_t i = 0; i < attempts; ++i) bound += kFieldHead + BoundOf(record.attempts[i]);
  out->resize(bound);
  (*out)[0] = kRowVersion;
  Encoder encoder(out->data() + sizeof kRowVersion);
  VisitFields(record, encoder);
  char* end = encoder.at();
  for (size_t i = 0; i < attempts; ++i) end = PutAttempt(record.attempts[i], end);
  out->resize(static_cast<size_t>(end - out->data()));
}

std::string Encode(const Record& record) {
  std::string out;
  EncodeInto(record, &out);
  return out;
}

}  // namespace weir::ledger
