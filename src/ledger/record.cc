// Payload: version byte, then fields as varint tag, varint length, bytes. Every field carries its
// length, so a reader steps over tags it does not know.
#include "ledger/record.h"

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <limits>

#include "base/strings.h"
#include "ledger/fields.h"

namespace weir::ledger {
namespace {

constexpr char kVersion = 1;
constexpr size_t kMaxVarint = 10;

size_t PutVarint(uint64_t value, char* out) {
  size_t size = 0;
  for (; value >= 0x80; value >>= 7) out[size++] = static_cast<char>(value | 0x80);
  out[size++] = static_cast<char>(value);
  return size;
}

void AppendVarint(std::string* out, uint64_t value) {
  std::array<char, kMaxVarint> bytes;
  out->append(bytes.data(), PutVarint(value, bytes.data()));
}

// False: the bytes end, or the value needs more than 64 bits.
bool TakeVarint(std::string_view* bytes, uint64_t* value) {
  *value = 0;
  for (size_t i = 0; i < bytes->size() && i < kMaxVarint; ++i) {
    uint64_t digit = static_cast<uint8_t>((*bytes)[i]);
    if (i + 1 == kMaxVarint && digit > 1) return false;
    *value |= (digit & 0x7f) << (7 * i);
    if (digit < 0x80) {
      bytes->remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (0 - (value & 1)));
}

std::string_view Bounded(const RowField& field, std::string_view text) {
  if (field.form == Form::kPlain) return Utf8Prefix(text, kMaxTextBytes);
  if (text.size() <= kMaxJsonBytes) return text;
  return field.form == Form::kJsonArray ? kCutArray : kCutObject;
}

class Encoder {
 public:
  explicit Encoder(std::string* out) : out_(out) {}

  void operator()(const RowField& field, const RequestId& id) {
    Put(field, {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
  }
  void operator()(const RowField& field, const std::string& text) {
    Put(field, Bounded(field, text));
  }
  void operator()(const RowField& field, std::integral auto value) {
    std::array<char, kMaxVarint> bytes;
    Put(field, {bytes.data(), PutVarint(ZigZag(static_cast<int64_t>(value)), bytes.data())});
  }
  void operator()(const RowField& field, NanoUsd amount) { (*this)(field, amount.nano); }
  void operator()(const RowField& field, const std::optional<NanoUsd>& amount) {
    if (amount) (*this)(field, amount->nano);
  }
  void operator()(const RowField& field, double value) {
    auto bits = std::bit_cast<uint64_t>(std::isfinite(value) ? value : 0.0);
    std::array<char, sizeof bits> bytes;
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bits >> (8 * i));
    Put(field, {bytes.data(), bytes.size()});
  }

 private:
  void Put(const RowField& field, std::string_view bytes) {
    AppendVarint(out_, field.tag);
    AppendVarint(out_, bytes.size());
    out_->append(bytes);
  }

  std::string* out_;
};

// The fields of one message by tag, as views into the payload.
struct Message {
  std::array<std::string_view, kMaxTag> fields;
  std::array<bool, kMaxTag> present{};
  std::vector<std::string_view> attempts;
};

bool Split(std::string_view bytes, Message* message) {
  while (!bytes.empty()) {
    uint64_t tag = 0;
    uint64_t size = 0;
    if (!TakeVarint(&bytes, &tag) || !TakeVarint(&bytes, &size) || size > bytes.size())
      return false;
    std::string_view value = bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (tag == kAttemptTag) {
      if (message->attempts.size() < kMaxAttempts) message->attempts.push_back(value);
    } else if (tag < kMaxTag) {
      message->fields[tag] = value;
      message->present[tag] = true;
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
    if (message_.present[field.tag] && !Read(field, message_.fields[field.tag], &value))
      ok_ = false;
  }

 private:
  static bool Read(const RowField&, std::string_view bytes, RequestId* id) {
    if (bytes.size() != id->bytes.size()) return false;
    std::copy(bytes.begin(), bytes.end(), id->bytes.begin());
    return true;
  }
  static bool Read(const RowField& field, std::string_view bytes, std::string* text) {
    *text = Bounded(field, bytes);
    return true;
  }
  template <std::integral Int>
  static bool Read(const RowField&, std::string_view bytes, Int* value) {
    uint64_t raw = 0;
    if (!TakeVarint(&bytes, &raw) || !bytes.empty()) return false;
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

template <class T>
bool DecodeFields(const Message& message, T* out) {
  Decoder decoder(message);
  VisitFields(*out, decoder);
  return decoder.ok();
}

// The attempt goes in behind a length that is known only afterwards: three bytes are kept for it,
// enough for 2 MiB, which the bounds on its texts never reach.
void AppendAttempt(const Attempt& attempt, std::string* out) {
  constexpr size_t kLengthBytes = 3;
  AppendVarint(out, kAttemptTag);
  size_t length_at = out->size();
  out->append(kLengthBytes, '\0');
  VisitFields(attempt, Encoder(out));
  size_t size = out->size() - length_at - kLengthBytes;
  (*out)[length_at] = static_cast<char>(size | 0x80);
  (*out)[length_at + 1] = static_cast<char>((size >> 7) | 0x80);
  (*out)[length_at + 2] = static_cast<char>(size >> 14);
}

Error Malformed(std::string_view what) {
  return MakeError(Reason::kIo, "a journal row is malformed: " + std::string(what));
}

}  // namespace

void EncodeInto(const Record& record, std::string* out) {
  out->assign(1, kVersion);
  VisitFields(record, Encoder(out));
  size_t attempts = std::min(record.attempts.size(), kMaxAttempts);
  for (size_t i = 0; i < attempts; ++i) AppendAttempt(record.attempts[i], out);
}

std::string Encode(const Record& record) {
  std::string out;
  EncodeInto(record, &out);
  return out;
}

Result<Record> Decode(std::string_view bytes) {
  if (bytes.empty() || bytes[0] != kVersion) return Malformed("its version is unknown");
  Message message;
  if (!Split(bytes.substr(1), &message)) return Malformed("a field is cut");
  Record record;
  if (!DecodeFields(message, &record)) return Malformed("a value is out of range");
  if (record.id == RequestId{}) return Malformed("it has no id");
  record.attempts.resize(message.attempts.size());
  for (size_t i = 0; i < message.attempts.size(); ++i) {
    Message attempt;
    if (!Split(message.attempts[i], &attempt)) return Malformed("an attempt is cut");
    if (!DecodeFields(attempt, &record.attempts[i])) return Malformed("an attempt is out of range");
  }
  return record;
}

}  // namespace weir::ledger
