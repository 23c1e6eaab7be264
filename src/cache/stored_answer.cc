// The layout, numbers in the machine's order (x86-64 and arm64 have the same):
//   "WA" version:u16 checksum:u64(XXH3 of all behind it)
//   key:32 written:i64 ttl:i64
//   score:f64, the eight counts of a usage in its order: i64 each, estimated:u8
//   model tier reason fallback: u16 length and bytes each
//   pace: u16 count, and of each at_ms:u32 end:u64
//   body: all the rest
// Encoding what was decoded gives the same bytes.
#include "cache/stored_answer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace weir::cache {
namespace {

constexpr std::string_view kMagic = "WA";
constexpr uint16_t kVersion = 2;
constexpr size_t kChecksumAt = 4;
constexpr size_t kCheckedFrom = kChecksumAt + sizeof(uint64_t);
constexpr size_t kMostPaces = 4'096;
constexpr size_t kLongestText = 1'000;  // of model, tier, reason, fallback
constexpr int64_t kLongestTtl = 3650LL * 86'400'000;

template <class Number>
void Append(std::string* out, Number value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void AppendText(std::string* out, std::string_view text) {
  text = text.substr(0, kLongestText);
  Append(out, static_cast<uint16_t>(text.size()));
  out->append(text);
}

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  std::string_view Take(size_t size) {
    if (size > rest_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  template <class Number>
  Number Take() {
    Number value{};
    const std::string_view bytes = Take(sizeof(value));
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(value));
    return value;
  }
  std::string TakeText() {
    const auto size = Take<uint16_t>();
    if (size > kLongestText) Fail();
    return std::string(Take(size));
  }
  void Fail() { failed_ = true; }
  std::string_view rest() const { return rest_; }
  bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

void AppendPace(std::string* out, const std::vector<Pace>& pace) {
  const auto count = static_cast<uint16_t>(std::min(pace.size(), kMostPaces));
  Append(out, count);
  for (size_t i = 0; i < count; ++i) {
    Append(out, pace[i].at_ms);
    Append(out, pace[i].end);
  }
}

std::vector<Pace> TakePace(Cursor* cursor) {
  const size_t count = cursor->Take<uint16_t>();
  if (count > kMostPaces) cursor->Fail();
  std::vector<Pace> pace(std::min(count, kMostPaces));
  for (Pace& one : pace) {
    one.at_ms = cursor->Take<uint32_t>();
    one.end = cursor->Take<uint64_t>();
  }
  return pace;
}

// Forwards, and not beyond the body.
bool IsSteady(const Answer& answer) {
  Pace before;
  for (const Pace& pace : answer.pace) {
    if (pace.at_ms < before.at_ms || pace.end < before.end) return false;
    before = pace;
  }
  return before.end <= answer.body.size();
}

// A new member has a new version.
std::array<int64_t*, 8> CountsOf(chat::UsageCounts* usage) {
  auto& [prompt, cached, completion, reasoning, written, audio, images, spoken] = *usage;
  return {&prompt, &cached, &completion, &reasoning, &written, &audio, &images, &spoken};
}

bool IsPlausible(Answer* answer, int64_t ttl, uint8_t estimated) {
  return ttl >= 0 && ttl <= kLongestTtl && estimated <= 1 && std::isfinite(answer->origin.score) &&
         IsSteady(*answer) &&
         std::ranges::all_of(CountsOf(&answer->usage), [](int64_t* count) { return *count >= 0; });
}

}  // namespace

WallMicros StoredAnswer::expires() const {
  WallMicros at = 0;
  const int64_t micros = std::chrono::microseconds(ttl).count();
  return __builtin_add_overflow(written, micros, &at) ? written : at;
}

std::chrono::milliseconds StoredAnswer::left(WallMicros now) const {
  WallMicros micros = 0;
  if (now >= expires() || __builtin_sub_overflow(expires(), now, &micros)) return {};
  return std::min(ttl,
                  std::chrono::floor<std::chrono::milliseconds>(std::chrono::microseconds(micros)));
}

std::string EncodeAnswer(const Sha256Digest& key, const StoredAnswer& stored) {
  // A new member has a new version.
  const auto& [origin, usage, estimated, body, pace] = *stored.answer;
  const auto& [model, tier, reason, fallback, score] = origin;
  std::string out(kMagic);
  out.reserve(body.size() + 512);
  Append(&out, kVersion);
  Append(&out, uint64_t{0});
  out.append(reinterpret_cast<const char*>(key.data()), key.size());
  Append(&out, stored.written);
  Append(&out, static_cast<int64_t>(stored.ttl.count()));
  Append(&out, score);
  chat::UsageCounts counts = usage;
  for (const int64_t* count : CountsOf(&counts)) Append(&out, *count);
  Append(&out, static_cast<uint8_t>(estimated));
  for (const std::string* text : {&model, &tier, &reason, &fallback}) AppendText(&out, *text);
  AppendPace(&out, pace);
  out += body;
  const uint64_t checksum = Hash64(std::string_view(out).substr(kCheckedFrom));
  std::memcpy(out.data() + kChecksumAt, &checksum, sizeof(checksum));
  return out;
}

Decoded DecodeAnswer(std::string_view bytes, const Sha256Digest& key, StoredAnswer* stored) {
  Cursor cursor(bytes);
  if (cursor.Take(kMagic.size()) != kMagic || cursor.Take<uint16_t>() != kVersion) {
    return Decoded::kVersion;
  }
  const auto checksum = cursor.Take<uint64_t>();
  if (cursor.failed() || Hash64(cursor.rest()) != checksum) return Decoded::kDamaged;
  const std::string_view owner = cursor.Take(key.size());
  StoredAnswer read;
  read.written = cursor.Take<int64_t>();
  const auto ttl = cursor.Take<int64_t>();
  auto answer = std::make_shared<Answer>();
  answer->origin.score = cursor.Take<double>();
  for (int64_t* count : CountsOf(&answer->usage)) *count = cursor.Take<int64_t>();
  const auto estimated = cursor.Take<uint8_t>();
  answer->estimated = estimated == 1;
  for (std::string* text : {&answer->origin.model, &answer->origin.tier, &answer->origin.reason,
                            &answer->origin.fallback}) {
    *text = cursor.TakeText();
  }
  answer->pace = TakePace(&cursor);
  answer->body = cursor.rest();
  if (cursor.failed() || !IsPlausible(answer.get(), ttl, estimated)) return Decoded::kDamaged;
  if (std::memcmp(owner.data(), key.data(), key.size()) != 0) return Decoded::kOtherKey;
  read.ttl = std::chrono::milliseconds(ttl);
  read.answer = std::move(answer);
  *stored = std::move(read);
  return Decoded::kGood;
}

}  // namespace weir::cache
