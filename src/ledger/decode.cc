#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>

#include "ledger/attempt_view.h"
#include "ledger/codec.h"
#include "ledger/record.h"

namespace weir::ledger {
namespace {

// One field off the front. Nearly every tag and length is one byte.
inline bool TakeField(std::string_view* bytes, uint64_t* tag, std::string_view* value) {
  uint64_t size = 0;
  if (bytes->size() >= 2 && (((*bytes)[0] | (*bytes)[1]) & 0x80) == 0) {
    *tag = static_cast<uint8_t>((*bytes)[0]);
    size = static_cast<uint8_t>((*bytes)[1]);
    bytes->remove_prefix(2);
  } else if (!TakeVarint(bytes, tag) || !TakeVarint(bytes, &size)) {
    return false;
  }
  if (size > bytes->size()) return false;
  *value = std::string_view(bytes->data(), size);
  bytes->remove_prefix(size);
  return true;
}

// False unless `bytes` is one varint and nothing else.
inline bool ReadVarint(std::string_view bytes, uint64_t* value) {
  if (bytes.empty() || bytes.size() > kMaxVarint) return false;
  const auto last = static_cast<uint8_t>(bytes.back());
  if (last >= 0x80 || (bytes.size() == kMaxVarint && last > 1)) return false;
  uint64_t sum = last;
  for (size_t i = bytes.size() - 1; i-- > 0;) {
    const auto digit = static_cast<uint8_t>(bytes[i]);
    if (digit < 0x80) return false;
    sum = sum << 7 | (digit & 0x7f);
  }
  *value = sum;
  return true;
}

// The fields of one message by tag, as views into the payload.
class Message {
 public:
  bool Split(std::string_view bytes);
  bool Has(uint8_t tag) const { return (present_ >> tag & 1) != 0; }
  std::string_view at(uint8_t tag) const { return {fields_[tag].data, fields_[tag].size}; }
  // From the first attempt to the end of the last one that counts.
  std::string_view attempts() const { return attempts_; }

 private:
  struct Bytes {  // not a string_view, which would be cleared 64 times a message
    const char* data;
    size_t size;
  };

  std::array<Bytes, kMaxTag> fields_;
  uint64_t present_ = 0;
  std::string_view attempts_;
};

bool Message::Split(std::string_view bytes) {
  static_assert(kMaxTag <= 64);
  size_t attempts = 0;
  while (!bytes.empty()) {
    const char* begin = bytes.data();
    uint64_t tag = 0;
    std::string_view value;
    if (!TakeField(&bytes, &tag, &value)) return false;
    if (tag == kAttemptTag) {
      if (attempts == 0) attempts_ = {begin, 0};
      if (attempts++ < kMaxAttempts) {
        attempts_ = {attempts_.data(), static_cast<size_t>(bytes.data() - attempts_.data())};
      }
    } else if (tag < kMaxTag) {
      fields_[tag] = {value.data(), value.size()};
      present_ |= uint64_t{1} << tag;
    }
  }
  return true;
}

class Decoder {
 public:
  explicit Decoder(const Message& message) : message_(message) {}
  bool ok() const { return ok_; }

  template <class T>
  void operator()(const RowField& field, T& value) {
    if (message_.Has(field.tag) && !Read(field, message_.at(field.tag), &value)) ok_ = false;
  }

 private:
  static bool Read(const RowField&, std::string_view bytes, RequestId* id) {
    if (bytes.size() != id->bytes.size()) return false;
    std::memcpy(id->bytes.data(), bytes.data(), bytes.size());
    return true;
  }
  template <class Text>
    requires std::same_as<Text, ShelvedString> || std::same_as<Text, std::string_view>
  static bool Read(const RowField& field, std::string_view bytes, Text* text) {
    *text = Bounded(field, bytes);
    return true;
  }
  template <std::integral Int>
  static bool Read(const RowField&, std::string_view bytes, Int* value) {
    uint64_t raw = 0;
    if (!ReadVarint(bytes, &raw)) return false;
    int64_t wide = UnZigZag(raw);
    if (!std::in_range<Int>(wide)) return false;
    *value = static_cast<Int>(wide);
    return true;
  }
  static bool Read(const RowField& field, std::string_view bytes, bool* value) {
    uint8_t number = 0;
    bool ok = Read(field, bytes, &number) && number <= 1;
    *value = number == 1;
    return ok;
  }
  static bool Read(const RowField& field, std::string_view bytes, NanoUsd* amount) {
    return Read(field, bytes, &amount->nano);
  }
  static bool Read(const RowField& field, std::string_view bytes, std::optional<NanoUsd>* amount) {
    return Read(field, bytes, &amount->emplace());
  }
  static bool Read(const RowField&, std::string_view bytes, double* value) {
    uint64_t bits = 0;
    if (bytes.size() != sizeof bits) return false;
    for (size_t i = 0; i < bytes.size(); ++i) {
      bits |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
    }
    *value = std::bit_cast<double>(bits);
    return std::isfinite(*value);
  }

  const Message& message_;
  bool ok_ = true;
};

template <class Row>
bool DecodeFields(const Message& message, Row* out) {
  Decoder decoder(message);
  VisitFields(*out, decoder);
  return decoder.ok();
}

Error Malformed(std::string_view what) {
  return MakeError(Reason::kIo, "a journal row is malformed: " + std::string(what));
}

// Calls `each` with every attempt that `bytes`, a message or a part of one, holds.
template <class Text, class Each>
Result<void> EachAttempt(std::string_view bytes, Each each) {
  for (size_t count = 0; !bytes.empty() && count < kMaxAttempts;) {
    uint64_t tag = 0;
    std::string_view value;
    if (!TakeField(&bytes, &tag, &value)) return Malformed("an attempt is cut");
    if (tag != kAttemptTag) continue;
    Message message;
    if (!message.Split(value)) return Malformed("an attempt is cut");
    BasicAttempt<Text> attempt;
    if (!DecodeFields(message, &attempt)) return Malformed("an attempt is out of range");
    each(std::move(attempt));
    ++count;
  }
  return {};
}

void TakeBodies(const Message& message, BodiesView* bodies) {
  const auto take = [&](uint8_t tag, size_t most, std::string_view* text) {
    if (message.Has(tag)) *text = Utf8Prefix(message.at(tag), most);
  };
  take(kRequestTag, kMaxRequestBytes, &bodies->request);
  take(kAnswerTag, kMaxAnswerBytes, &bodies->answer);
  take(kOtherTag, kMaxAnswerBytes, &bodies->other);
}

// All but the attempts.
template <class Row>
Result<std::string_view> DecodeRow(std::string_view bytes, Row* row) {
  if (bytes.empty() || bytes[0] != kRowVersion) return Malformed("its version is unknown");
  Message message;
  if (!message.Split(bytes.substr(1))) return Malformed("a field is cut");
  if (!DecodeFields(message, row)) return Malformed("a value is out of range");
  if (row->id == RequestId{}) return Malformed("it has no id");
  if constexpr (std::same_as<Row, RowView>) TakeBodies(message, &row->bodies);
  return message.attempts();
}

}  // namespace

Result<Record> Decode(std::string_view bytes) {
  Record record;
  WEIR_TRY(std::string_view attempts, DecodeRow(bytes, &record));
  WEIR_TRY(record.attempts, DecodeAttempts(attempts));
  return record;
}

Result<RowView> View(std::string_view bytes) {
  RowView row;
  WEIR_TRY(row.attempts, DecodeRow(bytes, &row));
  WEIR_CHECK_OK(EachAttempt<std::string_view>(row.attempts, [](auto&&) {}));
  return row;
}

Result<ShelvedVector<Attempt>> DecodeAttempts(std::string_view bytes) {
  ShelvedVector<Attempt> attempts;
  WEIR_CHECK_OK(EachAttempt<ShelvedString>(
      bytes, [&](Attempt&& attempt) { attempts.push_back(std::move(attempt)); }));
  return attempts;
}

Result<void> ViewAttempts(std::string_view bytes, std::vector<AttemptView>* out) {
  out->clear();
  return EachAttempt<std::string_view>(bytes,
                                       [out](AttemptView&& attempt) { out->push_back(attempt); });
}

}  // namespace weir::ledger
