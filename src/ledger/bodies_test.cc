#include "ledger/bodies.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "ledger/batch.h"
#include "ledger/fields.h"
#include "ledger/rows_for_test.h"
#include "ledger/segment.h"

namespace weir::ledger {
namespace {

std::string PayloadOf(const Record& row, const Bodies& bodies) {
  std::string payload = Encode(row);
  AppendBodies(bodies, &payload);
  return payload;
}

Bodies Said(const RowView& row) {
  return {std::string(row.bodies.request), std::string(row.bodies.answer),
          std::string(row.bodies.other)};
}

// The longest row that there can be, but for the bodies.
Record LongestRow() {
  Record row = MakeRow(1);
  const std::string text(kMaxTextBytes, 't');
  const std::string json = "\"" + std::string(kMaxJsonBytes - 2, 'j') + "\"";
  row.endpoint = row.route = row.tier = row.reason = row.requested = row.model = text;
  row.fallback = row.cache = row.outcome = row.baseline = row.key = row.team = row.user = text;
  row.kind = row.parent = row.task = row.language = row.experiment = row.arm = text;
  row.verdict = row.verdict_by = row.verdict_why = text;
  row.candidates = row.rejected = row.signals = row.policy = json;
  row.attempts.resize(kMaxAttempts, row.attempts[0]);
  for (Attempt& attempt : row.attempts) {
    attempt.model = attempt.provider = attempt.outcome = attempt.role = text;
  }
  return row;
}

TEST(Bodies, GoThroughTheJournalBesideTheirRow) {
  const Record row = MakeRow(3);
  const std::string payload = PayloadOf(row, BodiesOf(row));
  const auto view = View(payload);
  ASSERT_TRUE(view);
  EXPECT_EQ(Said(*view), BodiesOf(row));
  EXPECT_EQ(*Decode(payload), row) << "who does not ask for them reads the same row";
  EXPECT_EQ(WithoutBodies(payload), Encode(row));
}

TEST(Bodies, ARowWithoutThemIsAsItWas) {
  const Record row = MakeRow(3);
  const std::string payload = PayloadOf(row, {});
  EXPECT_EQ(payload, Encode(row));
  EXPECT_EQ(WithoutBodies(payload).data(), payload.data());
  EXPECT_EQ(WithoutBodies(payload).size(), payload.size());
  EXPECT_TRUE(View(payload)->bodies.empty());
}

TEST(Bodies, WhatIsNoRowIsLeftAsItIs) {
  for (const std::string& bytes : {std::string(), std::string("\1"), std::string("\1\x3c\x7f"),
                                   std::string("other"), std::string(12, '\xff')}) {
    EXPECT_EQ(WithoutBodies(bytes), bytes);
  }
}

TEST(BodiesP14, AMebibyteIsCutWithAMarkerThatSaysSo) {
  const std::string text(1 << 20, 'x');
  const std::string cut = CutText(text, kMaxRequestBytes);
  EXPECT_LE(cut.size(), kMaxRequestBytes);
  EXPECT_GT(cut.size(), kMaxRequestBytes - 100);
  EXPECT_TRUE(cut.ends_with("x…[cut: 262080 of 1048576 bytes]")) << cut.substr(cut.size() - 60);
  EXPECT_TRUE(IsCut(cut));
  EXPECT_EQ(CutText(cut, kMaxRequestBytes), cut) << "once";
  EXPECT_FALSE(IsCut(text));
  EXPECT_FALSE(IsCut(""));
  EXPECT_EQ(CutText("short", kMaxRequestBytes), "short");
  EXPECT_EQ(CutText("short", kMaxRequestBytes, 99), "short…[cut: 5 of 99 bytes]");
}

TEST(BodiesP14, ACutFallsBetweenCharacters) {
  std::string text;
  while (text.size() < 3000) text += "né日本";
  for (size_t most = 1000; most < 1012; ++most) {
    const std::string cut = CutText(text, most);
    EXPECT_LE(cut.size(), most);
    const size_t end = cut.find("…[cut");
    ASSERT_NE(end, cut.npos);
    EXPECT_EQ(Utf8Prefix(text, end).size(), end);
    EXPECT_EQ(text.substr(0, end), cut.substr(0, end));
  }
}

TEST(BodiesP14, TheLongestRowFitsIntoTheJournal) {
  const Record row = LongestRow();
  const std::string huge(2 << 20, 'b');
  const std::string payload = PayloadOf(row, {huge, huge, huge});
  EXPECT_LE(payload.size(), kMaxPayloadBytes);
  const auto view = View(payload);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->bodies.request.size(), CutText(huge, kMaxRequestBytes).size());
  EXPECT_TRUE(IsCut(view->bodies.request) && IsCut(view->bodies.answer) &&
              IsCut(view->bodies.other));
  EXPECT_EQ(*Decode(payload), row);
  TempDir dir;
  auto journal = Journal::Open(dir.path(), FileCalls::System());
  ASSERT_TRUE(journal);
  ASSERT_TRUE((*journal)->Append(payload));
  EXPECT_EQ(ReplayAll(dir.path()), std::vector{payload});
}

TEST(Bodies, ForeignOnesAreBoundedWhenTheyAreRead) {
  std::string payload = Encode(MakeRow(1));
  const std::string huge(300 << 10, 'b');
  for (const uint8_t tag : {kRequestTag, kAnswerTag, kOtherTag}) {
    payload += static_cast<char>(tag);
    payload += std::string("\x80\xe0\x12", 3);  // 300 KiB as a varint
    payload += huge;
  }
  const auto view = View(payload);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->bodies.request.size(), kMaxRequestBytes);
  EXPECT_EQ(view->bodies.answer.size(), kMaxAnswerBytes);
  EXPECT_EQ(view->bodies.other.size(), kMaxAnswerBytes);
}

TEST(Bodies, ABatchKeepsNoMemoryOfThem) {
  Batch batch;
  const Record row = MakeRow(1);
  batch.Add(row, BodiesOf(row));
  batch.Add(row);
  ASSERT_EQ(batch.rows().size(), 2u);
  EXPECT_EQ(Said(*View(batch.rows()[0])), BodiesOf(row));
  EXPECT_EQ(batch.rows()[1], Encode(row));
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  batch.Add(row);
  EXPECT_LT(batch.rows()[0].capacity(), 4096u);
}

}  // namespace
}  // namespace weir::ledger
