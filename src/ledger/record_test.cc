#include "ledger/record.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "ledger/fields.h"
#include "ledger/rows_for_test.h"

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
  void Fill(const RowField&, ShelvedString* text) { *text = Bytes(kMaxTextBytes); }
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

// What the first release wrote: every field, also those that have their default.
std::string GoldenBytes() {
  constexpr std::string_view kHex =
      "01011001080f161d242b323940474e555c636a02088089a196a896a20603046368617404046175746f050673"
      "696d706c65060572756c657307046175746f080b6c6f63616c2f736d616c6c090f757073747265616d5f7374"
      "617475730a036f66660b026f6b0c0290030d01020e02f0010f012810016e11010e1201021304aab4de751401"
      "02150b6c6f63616c2f6c6172676516010017010118039a870c1908000000000000d03f1a195b7b226d6f6465"
      "6c223a226c6f63616c2f736d616c6c227d5d1b025b5d1c0b7b22776f726473223a337d1d010e3fc88000010b"
      "6c6f63616c2f6c6172676502056c6f63616c030f757073747265616d5f7374617475730402ee070501000601"
      "000701000801000901000a01000b01000c01000d01010e02904e3fc28000010b6c6f63616c2f736d616c6c02"
      "056c6f63616c03026f6b040290030502f00106012807016e08010e0901020a01020b04aab4de750c02d84f0d"
      "02880e0e0390ad0b";
  std::string bytes;
  for (size_t i = 0; i < kHex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(kHex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

Record GoldenRow() {
  Record row;
  for (size_t i = 0; i < row.id.bytes.size(); ++i)
    row.id.bytes[i] = static_cast<uint8_t>(i * 7 + 1);
  row.time = 1'764'000'000'123'456;
  row.endpoint = "chat";
  row.route = row.requested = "auto";
  row.tier = "simple";
  row.reason = "rules";
  row.model = "local/small";
  row.fallback = "upstream_status";
  row.outcome = "ok";
  row.status = 200;
  row.stream = row.priced = true;
  row.tokens = {.prompt = 120, .cached = 20, .completion = 55, .reasoning = 7, .estimated = true};
  row.cost = NanoUsd{123'456'789};
  row.baseline = "local/large";
  row.baseline_cost = NanoUsd{0};
  row.total_us = 98'765;
  row.score = 0.25;
  row.candidates = R"([{"model":"local/small"}])";
  row.rejected = "[]";
  row.signals = R"({"words":3})";
  row.config_version = 7;
  row.attempts.resize(2);
  row.attempts[0] = {.model = "local/large",
                     .provider = "local",
                     .outcome = "upstream_status",
                     .status = 503,
                     .total_us = 5000};
  row.attempts[1] = {.model = "local/small",
                     .provider = "local",
                     .outcome = "ok",
                     .status = 200,
                     .tokens = row.tokens,
                     .priced = true,
                     .cost = row.cost,
                     .started_us = 5100,
                     .first_byte_us = 900,
                     .total_us = 93'000};
  return row;
}

TEST(RecordCodec, RowsOfTheFirstReleaseAreRead) {
  EXPECT_EQ(*Decode(GoldenBytes()), GoldenRow());
}

TEST(RecordCodec, WhatHasItsDefaultTakesNoBytes) {
  std::string bytes = Encode(GoldenRow());
  EXPECT_LT(bytes.size(), GoldenBytes().size() - 20);
  EXPECT_EQ(*Decode(bytes), GoldenRow());
  Record empty;
  empty.id.bytes[0] = 1;
  EXPECT_EQ(Encode(empty).size(), 1 + 18 + 5U)
      << "version, id, and \"off\", which is no empty text";
}

void ExpectSame(const RowView& view, const Record& record) {
  std::vector<std::string> texts;
  VisitFields(record, [&]<class T>(const RowField&, const T& value) {
    if constexpr (std::is_same_v<T, ShelvedString>) texts.emplace_back(value);
  });
  size_t next = 0;
  size_t same = 0;
  VisitFields(view, [&]<class T>(const RowField&, const T& value) {
    if constexpr (std::is_same_v<T, std::string_view>) same += value == texts[next++] ? 1 : 0;
  });
  EXPECT_EQ(same, texts.size());
  EXPECT_EQ(view.id, record.id);
  EXPECT_EQ(view.time, record.time);
  EXPECT_EQ(view.tokens, record.tokens);
  EXPECT_EQ(view.cost, record.cost);
  EXPECT_EQ(view.baseline_cost, record.baseline_cost);
  EXPECT_EQ(*DecodeAttempts(view.attempts), record.attempts);
}

TEST(RecordCodec, AViewIsTheSameRow) {
  RandomRows rows(4);
  for (int i = 0; i < 500; ++i) {
    std::string bytes = Encode(rows.Next()) + std::string("\x3e\x01x", 3);
    auto view = View(bytes);
    ASSERT_TRUE(view);
    ExpectSame(*view, *Decode(bytes));
  }
  ExpectSame(*View(GoldenBytes()), GoldenRow());
}

TEST(RecordCodec, AViewIsRefusedWhereTheRowIs) {
  RandomRows rows(5);
  std::mt19937_64 random(6);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = Encode(rows.Next());
    bytes[random() % bytes.size()] ^= static_cast<char>(random());
    EXPECT_EQ(View(bytes).has_value(), Decode(bytes).has_value());
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
