// What Redis sends (HARDENING F08). By the first byte:
//   'v'  a stored answer whose checksum and owner are put right, so that what stands behind them is
//        read: it decodes and encodes to the same bytes, or is refused
//   'e'  an answer made of the bytes: it encodes and decodes to the same answer
//   else answers of the protocol: the same however they are cut, and never more than the bound
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "cache/stored_answer.h"
#include "fuzz/check.h"
#include "net/redis_protocol.h"

namespace weir::fuzz {
namespace {

using net::RedisReader;
using net::RedisReply;

constexpr size_t kMost = 512;
constexpr size_t kMostItems = 4'096;

struct Stream {
  std::vector<RedisReply> replies;
  bool broken = false;
};

void Count(const RedisReply& reply, int depth, size_t* items, size_t* bytes) {
  WEIR_FUZZ_CHECK(depth <= 2);
  ++*items;
  *bytes += reply.text.size();
  for (const RedisReply& item : reply.items) Count(item, depth + 1, items, bytes);
}

Stream Read(std::string_view input, size_t first, size_t stride) {
  RedisReader reader(kMost);
  Stream stream;
  for (size_t size = first; !input.empty() && !stream.broken; size = stride) {
    reader.Feed(input.substr(0, size));
    RedisReply reply;
    RedisReader::Step step;
    while ((step = reader.Next(&reply)) == RedisReader::Step::kReply) {
      size_t items = 0, bytes = 0;
      Count(reply, 0, &items, &bytes);
      WEIR_FUZZ_CHECK(items <= kMostItems && bytes <= kMost);
      stream.replies.push_back(std::move(reply));
    }
    stream.broken = step == RedisReader::Step::kBroken;
    WEIR_FUZZ_CHECK(stream.broken || reader.buffered() <= kMost + 64);
    WEIR_FUZZ_CHECK(stream.broken == !reader.failure().empty());
    input.remove_prefix(std::min(size, input.size()));
  }
  return stream;
}

void CheckReplies(std::string_view input) {
  const Stream whole = Read(input, input.size(), input.size());
  const size_t step = input.size() / 16 + 1;
  for (const size_t stride : {1, 3, 64}) {
    const Stream cut = Read(input, stride, stride);
    WEIR_FUZZ_CHECK(cut.replies == whole.replies && cut.broken == whole.broken);
  }
  for (size_t at = 1; at < input.size(); at += step) {
    const Stream cut = Read(input, at, input.size());
    WEIR_FUZZ_CHECK(cut.replies == whole.replies && cut.broken == whole.broken);
  }
}

// Checksum at 4, then the owner (cache/stored_answer.cc).
void CheckStored(std::string_view input) {
  constexpr size_t kOwnerAt = 12;
  Sha256Digest owner{};
  std::string bytes(input);
  cache::StoredAnswer stored;
  cache::DecodeAnswer(bytes, owner, &stored);
  if (bytes.size() < kOwnerAt + owner.size()) return;
  std::memcpy(owner.data(), bytes.data() + kOwnerAt, owner.size());
  const uint64_t checksum = Hash64(std::string_view(bytes).substr(kOwnerAt));
  std::memcpy(bytes.data() + 4, &checksum, sizeof checksum);
  if (cache::DecodeAnswer(bytes, owner, &stored) != cache::Decoded::kGood) return;
  WEIR_FUZZ_CHECK(cache::EncodeAnswer(owner, stored) == bytes);
  WEIR_FUZZ_CHECK(stored.left(stored.written) <= stored.ttl);
  owner[0] ^= 1;
  WEIR_FUZZ_CHECK(cache::DecodeAnswer(bytes, owner, &stored) == cache::Decoded::kOtherKey);
}

std::string Take(std::string_view* rest) {
  const std::string taken(rest->substr(0, std::min(rest->find('\n'), size_t{1'000})));
  rest->remove_prefix(std::min(taken.size() + 1, rest->size()));
  return taken;
}

void CheckEncoding(std::string_view input) {
  cache::Answer answer;
  answer.origin.model = Take(&input);
  answer.origin.tier = Take(&input);
  answer.origin.reason = Take(&input);
  answer.origin.fallback = Take(&input);
  answer.origin.score = static_cast<double>(input.size()) / 3;
  answer.usage = {static_cast<int64_t>(input.size()), 1, 2, 3};
  answer.estimated = input.size() % 2 == 1;
  answer.body = input;
  if (!input.empty()) answer.pace = {{1, input.size() / 2}, {3, input.size()}};
  const Sha256Digest owner = Sha256(input);
  const cache::StoredAnswer stored{std::make_shared<const cache::Answer>(answer), 1,
                                   std::chrono::milliseconds(input.size())};
  cache::StoredAnswer read;
  const std::string bytes = cache::EncodeAnswer(owner, stored);
  WEIR_FUZZ_CHECK(cache::DecodeAnswer(bytes, owner, &read) == cache::Decoded::kGood);
  const cache::Origin& origin = read.answer->origin;
  WEIR_FUZZ_CHECK(origin.model == answer.origin.model && origin.tier == answer.origin.tier);
  WEIR_FUZZ_CHECK(origin.reason == answer.origin.reason);
  WEIR_FUZZ_CHECK(origin.fallback == answer.origin.fallback && origin.score == answer.origin.score);
  WEIR_FUZZ_CHECK(read.answer->usage == answer.usage);
  WEIR_FUZZ_CHECK(read.answer->estimated == answer.estimated && read.answer->body == answer.body);
  WEIR_FUZZ_CHECK(read.answer->pace == answer.pace);
  WEIR_FUZZ_CHECK(read.written == 1 && read.ttl == stored.ttl);
}

}  // namespace
}  // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input = weir::fuzz::Bytes(bytes, size);
  if (input.starts_with('v')) {
    weir::fuzz::CheckStored(input.substr(1));
  } else if (input.starts_with('e')) {
    weir::fuzz::CheckEncoding(input.substr(1));
  } else {
    weir::fuzz::CheckReplies(input);
  }
  return 0;
}
