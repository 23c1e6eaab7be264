#include "base/ids.h"

#include <sys/random.h>

#include <cstdlib>

#include "base/hash.h"
#include "base/split_mix.h"

namespace weir {
namespace {

constexpr size_t kTextSize = 26;
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void FillFromKernel(void* out, size_t size) {
  auto* bytes = static_cast<char*>(out);
  while (size > 0) {
    ssize_t got = getrandom(bytes, size, 0);
    if (got <= 0) std::abort();  // a kernel without randomness: nothing safe can be done
    bytes += got;
    size -= static_cast<size_t>(got);
  }
}

uint64_t KernelSeed() {
  uint64_t seed = 0;
  FillFromKernel(&seed, sizeof seed);
  return seed;
}

int DigitOf(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  size_t at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

uint64_t FastRandom() {
  thread_local SplitMix64 random(KernelSeed());
  return random.Next();
}

RequestId NewRequestId(WallMicros now) {
  RequestId id;
  auto millis = static_cast<uint64_t>(now / 1000);
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<uint8_t>(millis >> (40 - 8 * i));
  uint64_t low = FastRandom();
  uint64_t high = FastRandom();
  for (int i = 0; i < 8; ++i) id.bytes[6 + i] = static_cast<uint8_t>(low >> (8 * i));
  for (int i = 0; i < 2; ++i) id.bytes[14 + i] = static_cast<uint8_t>(high >> (8 * i));
  return id;
}

FixedText<kTextSize> RequestId::Text() const {
  // 128 bits in 26 digits of 5: the first has two leading zero bits.
  __extension__ unsigned __int128 value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  FixedText<kTextSize> text;
  for (char* digit = text.chars.end(); digit != text.chars.begin(); value >>= 5) {
    *--digit = kAlphabet.data()[static_cast<size_t>(value) & 31];
  }
  return text;
}

std::optional<RequestId> ParseRequestId(std::string_view text) {
  if (text.size() != kTextSize || DigitOf(text[0]) > 7) return std::nullopt;
  RequestId id;
  unsigned buffer = 0;
  int bits = -2;
  size_t out = 0;
  for (char c : text) {
    int digit = DigitOf(c);
    if (digit < 0) return std::nullopt;
    buffer = (buffer << 5) | static_cast<unsigned>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      id.bytes[out++] = static_cast<uint8_t>(buffer >> bits);
    }
  }
  return id;
}

std::string RandomHex(size_t count) {
  std::string raw(count, '\0');
  FillFromKernel(raw.data(), raw.size());
  return ToHex(raw);
}

}  // namespace weir
