#include "cache/stored_answer.h"

#include <gtest/gtest.h>

namespace weir::cache {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallMicros kNow = 1'764'000'000'000'000;

StoredAnswer Sample() {
  Answer answer;
  answer.origin = {"aiwave/glm-4-flash", "simple", "seed:simple.2", "", -0.25};
  answer.usage = {10, 3, 5, 2, 4, 6, 1, 2};
  answer.estimated = true;
  answer.body = std::string("data: {}\n\n\0\xff", 12);
  answer.pace = {{0, 4}, {250, 12}};
  return {std::make_shared<const Answer>(std::move(answer)), kNow, seconds(60)};
}

void ExpectSame(const StoredAnswer& a, const StoredAnswer& b) {
  EXPECT_EQ(a.answer->origin.model, b.answer->origin.model);
  EXPECT_EQ(a.answer->origin.tier, b.answer->origin.tier);
  EXPECT_EQ(a.answer->origin.reason, b.answer->origin.reason);
  EXPECT_EQ(a.answer->origin.fallback, b.answer->origin.fallback);
  EXPECT_EQ(a.answer->origin.score, b.answer->origin.score);
  EXPECT_EQ(a.answer->usage, b.answer->usage);
  EXPECT_EQ(a.answer->estimated, b.answer->estimated);
  EXPECT_EQ(a.answer->body, b.answer->body);
  EXPECT_EQ(a.answer->pace, b.answer->pace);
  EXPECT_EQ(a.written, b.written);
  EXPECT_EQ(a.ttl, b.ttl);
}

TEST(StoredAnswer, ComesBackAsItWas) {
  const Sha256Digest key = Sha256("request");
  StoredAnswer read;
  ASSERT_EQ(DecodeAnswer(EncodeAnswer(key, Sample()), key, &read), Decoded::kGood);
  ExpectSame(read, Sample());
  StoredAnswer empty{std::make_shared<const Answer>(), 0, milliseconds(0)};
  ASSERT_EQ(DecodeAnswer(EncodeAnswer(key, empty), key, &read), Decoded::kGood);
  ExpectSame(read, empty);
}

// HARDENING C10: cut anywhere, changed anywhere.
TEST(StoredAnswer, C10NoDamageGoesUnseen) {
  const Sha256Digest key = Sha256("request");
  const std::string good = EncodeAnswer(key, Sample());
  StoredAnswer read;
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_NE(DecodeAnswer(good.substr(0, size), key, &read), Decoded::kGood) << size;
  }
  for (size_t at = 0; at < good.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      EXPECT_NE(DecodeAnswer(bad, key, &read), Decoded::kGood) << at;
    }
  }
  EXPECT_EQ(DecodeAnswer(good + "x", key, &read), Decoded::kDamaged);
  EXPECT_EQ(read.answer, nullptr);
}

// What was decoded encodes to the same bytes: nothing of a longer list may pass for the body.
TEST(StoredAnswer, C10MorePacesThanThereMayBeAreRefused) {
  const Sha256Digest key = Sha256("request");
  Answer answer;
  answer.body = std::string(100, 'x');
  answer.pace.resize(4'096);
  std::string bytes =
      EncodeAnswer(key, {std::make_shared<const Answer>(answer), kNow, seconds(60)});
  StoredAnswer read;
  ASSERT_EQ(DecodeAnswer(bytes, key, &read), Decoded::kGood);
  EXPECT_EQ(read.answer->pace.size(), 4'096U);
  constexpr size_t kCountAt = 4 + 8 + 32 + 8 + 8 + 8 + 8 * 8 + 1 + 4 * 2;
  const uint16_t count = 4'097;
  std::memcpy(bytes.data() + kCountAt, &count, sizeof(count));
  const uint64_t checksum = Hash64(std::string_view(bytes).substr(12));
  std::memcpy(bytes.data() + 4, &checksum, sizeof(checksum));
  EXPECT_EQ(DecodeAnswer(bytes, key, &read), Decoded::kDamaged);
}

TEST(StoredAnswer, C10OtherVersionsAndOtherThingsAreNone) {
  const Sha256Digest key = Sha256("request");
  std::string other = EncodeAnswer(key, Sample());
  other[2] = 0;
  StoredAnswer read;
  EXPECT_EQ(DecodeAnswer(other, key, &read), Decoded::kVersion);
  EXPECT_EQ(DecodeAnswer("", key, &read), Decoded::kVersion);
  EXPECT_EQ(DecodeAnswer("{\"choices\":[]}", key, &read), Decoded::kVersion);
}

TEST(StoredAnswer, BelongsToOneRequest) {
  StoredAnswer read;
  const std::string bytes = EncodeAnswer(Sha256("mine"), Sample());
  EXPECT_EQ(DecodeAnswer(bytes, Sha256("yours"), &read), Decoded::kOtherKey);
}

TEST(StoredAnswer, LivesNoLongerThanItMay) {
  const StoredAnswer stored = Sample();
  EXPECT_EQ(stored.left(kNow), seconds(60));
  EXPECT_EQ(stored.left(kNow + 1'500'000), milliseconds(58'500));
  EXPECT_EQ(stored.left(kNow + 59'999'001), milliseconds(0)) << "rounded down";
  EXPECT_EQ(stored.left(kNow + 60'000'000), milliseconds(0));
  EXPECT_EQ(stored.left(kNow + 999'000'000'000), milliseconds(0));
  EXPECT_EQ(stored.left(kNow - 3'600'000'000), seconds(60)) << "the writer's clock is ahead";
  StoredAnswer odd = stored;
  odd.written = INT64_MAX;
  EXPECT_EQ(odd.left(INT64_MIN), milliseconds(0)) << "and nothing overflows";
}

}  // namespace
}  // namespace weir::cache
