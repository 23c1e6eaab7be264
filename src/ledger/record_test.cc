#include "ledger/record.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "ledger/fields.h"
#include "ledger/test_rows.h"

namespace weir::ledger {
namespace {

class RandomRows {
 public:
  explicit RandomRows(uint64_t seed) : random_(seed) {}

  Record Next() {
    Record record;
    VisitFields(record, [this](const RowField& field, auto& value) { Fill(field, &value); });
    record.id.bytes[0] = 1;
    record.attempts.resize(random_() % 4);
    for (Attempt& attempt : record.attempts) {
      VisitFields(attempt, [this](const RowField& field, auto& value) { Fill(field, &value); });
    }
    return record;
  }
  std::string Bytes(size_t max_size) {
    std::string bytes(random_() % (max_size + 1), '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    return bytes;
  }

 private:
  void Fill(const RowField&, RequestId* id) {
    for (uint8_t& byte : id->bytes) byte = static_cast<uint8_t>(random_());
  }
  void Fill(const RowField&, std::string* text) { *text = Bytes(kMaxTextBytes); }
  void Fill(const RowField&, double* value) { *value = static_cast<double>(random_()) / 3; }
  void Fill(const RowField&, bool* value) { *value = random_() % 2; }
  void Fill(const RowField&, NanoUsd* amount) { amount->nano = static_cast<int64_t>(random_()); }
  void Fill(const RowField&, std::optional<NanoUsd>* amount) {
    *amount =
        random_() % 2 ? std::optional(NanoUsd{static_cast<int64_t>(random_())}) : std::nullopt;
  }
  // Every magnitude: lengths of varints from 1 to 10.
  template <std::integral Int>
  void Fill(const RowField&, Int* value) {
    *value = static_cast<Int>(random_() >> (random_() % 64));
  }

  std::mt19937_64 random_;
};

TEST(RecordCodec, RandomRowsComeBackEqual) {
  RandomRows rows(1);
  std::string scratch = "left over from another row";
  for (int i = 0; i < 2000; ++i) {
    Record record = rows.Next();
    EncodeInto(record, &scratch);
    auto decoded = Decode(scratch);
    ASSERT_TRUE(decoded) << decoded.error().message;
    ASSERT_EQ(*decoded, record);
  }
}

TEST(RecordCodec, DefaultsAndExtremesComeBackEqual) {
  Record record;
  record.id.bytes[15] = 1;
  EXPECT_EQ(*Decode(Encode(record)), record);
  record.cache.clear();
  record.cost = NanoUsd{std::numeric_limits<int64_t>::min()};
  record.baseline_cost = NanoUsd{std::numeric_limits<int64_t>::max()};
  record.status = std::numeric_limits<int32_t>::min();
  record.config_version = std::numeric_limits<uint32_t>::max();
  EXPECT_EQ(*Decode(Encode(record)), record);
}

// P14
TEST(RecordCodec, LongTextIsCutAtACharacterAndLongJsonReplaced) {
  Record record = MakeRow(1);
  record.requested.assign(255, 'm').append("é and more");
  record.candidates = std::string(kMaxJsonBytes + 1, '[');
  record.signals = std::string(kMaxJsonBytes + 1, '{');
  record.attempts.resize(kMaxAttempts + 5);
  auto decoded = Decode(Encode(record));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->requested, std::string(255, 'm'));
  EXPECT_EQ(decoded->candidates, kCutArray);
  EXPECT_EQ(decoded->signals, kCutObject);
  EXPECT_EQ(decoded->attempts.size(), kMaxAttempts);
}

TEST(RecordCodec, TheLargestRowFitsIntoAJournalRecord) {
  Record record;
  record.id.bytes[0] = 1;
  VisitFields(record, [](const RowField& field, auto& value) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
      value.assign(field.form == Form::kPlain ? 10 * kMaxTextBytes : kMaxJsonBytes, 'x');
    }
  });
  record.attempts.resize(2 * kMaxAttempts);
  for (Attempt& attempt : record.attempts) {
    attempt.model = attempt.provider = attempt.outcome = std::string(1000, 'y');
  }
  EXPECT_LT(Encode(record).size(), 512u << 10);
}

TEST(RecordCodec, NotANumberBecomesZero) {
  Record record = MakeRow(1);
  record.score = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Decode(Encode(record))->score, 0);
}

TEST(RecordCodec, UnknownTagsAreSteppedOver) {
  Record record = MakeRow(1);
  std::string bytes = Encode(record);
  std::string known_range = bytes + std::string(
                                        "\x3e\x03"
                                        "new",
                                        5);  // tag 62
  std::string far = bytes + std::string(
                                "\xff\x7f\x04"
                                "more",
                                7);  // tag 16383
  EXPECT_EQ(*Decode(known_range), record);
  EXPECT_EQ(*Decode(far), record);
}

TEST(RecordCodec, WhatIsNoRowIsRefused) {
  std::string bytes = Encode(MakeRow(1));
  EXPECT_FALSE(Decode(""));
  EXPECT_FALSE(Decode("\x02" + bytes.substr(1)));  // version
  EXPECT_FALSE(Decode("\x01"));                    // no id
  EXPECT_FALSE(Decode(bytes + "\x02"));            // tag without length
  EXPECT_FALSE(Decode(bytes + "\x02\x7f"));        // length beyond the end
  EXPECT_FALSE(Decode(bytes + std::string("\x0c\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12)))
      << "a status beyond 32 bits";
  EXPECT_FALSE(Decode(bytes + std::string("\x0d\x01\x04", 3))) << "a bool of 2";
  EXPECT_FALSE(Decode(bytes + std::string("\x3f\x02\x02\x7f", 4))) << "an attempt cut short";
}

TEST(RecordCodec, ArbitraryBytesNeverCrash) {
  RandomRows rows(2);
  std::mt19937_64 random(3);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = i % 2 == 0 ? "\x01" + rows.Bytes(200) : Encode(rows.Next());
    for (int flip = 0; flip < 3; ++flip)
      bytes[random() % bytes.size()] ^= static_cast<char>(random());
    auto decoded = Decode(bytes);
    if (!decoded) continue;
    EXPECT_EQ(*Decode(Encode(*decoded)), *decoded);
  }
}

}  // namespace
}  // namespace weir::ledger
