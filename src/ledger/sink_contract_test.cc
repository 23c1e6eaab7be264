#include "ledger/sink_contract.h"

#include <gtest/gtest.h>

#include "ledger/report.h"
#include "ledger/rows_for_test.h"

namespace weir::ledger {
namespace {

std::vector<Record> Rows(int count) {
  std::vector<Record> rows;
  for (int n = 0; n < count; ++n) rows.push_back(MakeRow(n));
  return rows;
}

void CheckStoresOnce(const SinkUnderTest& sink) {
  TempDir dir;
  auto rows = Rows(5);
  rows[2].attempts.push_back(rows[2].attempts[0]);
  {
    auto opened = sink.open(dir.path());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*(*opened)->Position(), JournalPosition{});
    ASSERT_TRUE((*opened)->Store(rows, {1, 500}));
    EXPECT_EQ(*(*opened)->Position(), (JournalPosition{1, 500}));
    std::optional<JournalPosition> safe;
    while (!safe) safe = *(*opened)->Persist();
    EXPECT_EQ(safe, (JournalPosition{1, 500}));
  }
  auto opened = sink.open(dir.path());
  ASSERT_TRUE(opened);
  EXPECT_EQ(*(*opened)->Position(), (JournalPosition{1, 500})) << "also after reopening";
  Record changed = rows[2];
  changed.model = "another";
  changed.attempts.clear();
  ASSERT_TRUE((*opened)->Store(std::vector{changed, MakeRow(9)}, {2, 16}));
  EXPECT_EQ(sink.count(dir.path()), 6);
  EXPECT_EQ(sink.fetch(dir.path(), rows[2].id), rows[2]) << "a known id is left alone";
}

void CheckMovesWithoutRows(const SinkUnderTest& sink) {
  TempDir dir;
  auto opened = sink.open(dir.path());
  ASSERT_TRUE(opened);
  ASSERT_TRUE((*opened)->Store(std::vector<Record>(), {7, 16}));
  EXPECT_EQ(*(*opened)->Position(), (JournalPosition{7, 16}));
}

void CheckExpires(const SinkUnderTest& sink) {
  TempDir dir;
  auto opened = sink.open(dir.path());
  ASSERT_TRUE(opened);
  auto rows = Rows(10);
  Record order = MakeRow(0);
  order.id = NewRequestId(rows[0].time);
  order.kind = kOrder;
  rows.push_back(order);
  ASSERT_TRUE((*opened)->Store(rows, {1, 100}));
  EXPECT_EQ(*(*opened)->Expire(rows[6].time, 4), 4) << "at most max_rows, the oldest first";
  EXPECT_FALSE(sink.fetch(dir.path(), rows[3].id));
  EXPECT_TRUE(sink.fetch(dir.path(), rows[4].id));
  EXPECT_EQ(*(*opened)->Expire(rows[6].time, 4), 2);
  EXPECT_EQ(*(*opened)->Expire(rows[6].time, 4), 0);
  EXPECT_EQ(sink.fetch(dir.path(), rows[6].id), rows[6]) << "`before` itself stays";
  EXPECT_TRUE(sink.fetch(dir.path(), order.id)) << "what a person ordered holds on";
  EXPECT_EQ(sink.count(dir.path()), 4) << "requests";
}

void CheckKeepsOddValues(const SinkUnderTest& sink) {
  TempDir dir;
  auto opened = sink.open(dir.path());
  ASSERT_TRUE(opened);
  Record odd = MakeRow(1);
  odd.requested = std::string("nul \0 quote ' percent % \xff\xfe end", 30);
  odd.baseline_cost.reset();
  odd.cost = NanoUsd{INT64_MAX};
  odd.config_version = UINT32_MAX;
  odd.score = 0.1;
  ASSERT_TRUE((*opened)->Store(std::vector{odd}, {1, 100}));
  EXPECT_EQ(sink.fetch(dir.path(), odd.id), odd);
}

// Each with what was said.
Result<void> StoreWithBodies(Sink& sink, const std::vector<Record>& rows) {
  std::vector<std::string> payloads;
  for (const Record& row : rows) {
    AppendBodies(BodiesOf(row), &payloads.emplace_back(Encode(row)));
  }
  std::vector<RowView> views;
  for (const std::string& payload : payloads) views.push_back(*View(payload));
  return sink.Store(std::span<const RowView>(views), {1, 100});
}

// A sink keeps bodies with their rows and no longer, or says that it keeps none.
void CheckBodies(const SinkUnderTest& sink) {
  TempDir dir;
  auto opened = sink.open(dir.path());
  ASSERT_TRUE(opened);
  const auto rows = Rows(10);
  ASSERT_TRUE(StoreWithBodies(**opened, rows));
  EXPECT_EQ(sink.fetch(dir.path(), rows[2].id), rows[2]);
  if (!sink.bodies) return;
  const Record plain = MakeRow(11);
  ASSERT_TRUE((*opened)->Store(std::vector{plain}, {1, 200}));
  EXPECT_EQ(sink.bodies(dir.path(), rows[2].id), BodiesOf(rows[2]));
  EXPECT_EQ(sink.bodies(dir.path(), plain.id), std::nullopt);
  ASSERT_TRUE((*opened)->Store(std::vector{rows[2]}, {1, 300}));
  EXPECT_EQ(sink.bodies(dir.path(), rows[2].id), BodiesOf(rows[2])) << "known ids are left alone";
  EXPECT_EQ(*(*opened)->Expire(rows[6].time, 4), 4);
  EXPECT_EQ(sink.bodies(dir.path(), rows[3].id), std::nullopt);
  EXPECT_EQ(sink.bodies(dir.path(), rows[4].id), BodiesOf(rows[4]));
}

std::optional<Record> FetchFromStore(const std::string& data_dir, const RequestId& id) {
  auto reader = Reader::Open(data_dir);
  EXPECT_TRUE(reader);
  return *(*reader)->Find(id);
}

std::optional<Bodies> BodiesFromStore(const std::string& data_dir, const RequestId& id) {
  auto reader = Reader::Open(data_dir);
  EXPECT_TRUE(reader);
  return *(*reader)->FindBodies(id);
}

int64_t CountStore(const std::string& data_dir) {
  auto reader = Reader::Open(data_dir);
  return (*reader)->Summarize(0, INT64_MAX, GroupBy::kModel)->total.requests;
}

}  // namespace

void CheckSinkContract(const SinkUnderTest& sink) {
  CheckStoresOnce(sink);
  CheckMovesWithoutRows(sink);
  CheckExpires(sink);
  CheckKeepsOddValues(sink);
  CheckBodies(sink);
}

TEST(SinkContract, Sqlite) {
  EXPECT_TRUE(kSqliteSink.keeps_bodies);
  CheckSinkContract({kSqliteSink.open, FetchFromStore, CountStore, BodiesFromStore});
}

}  // namespace weir::ledger
