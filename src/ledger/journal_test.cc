#include "ledger/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "ledger/rows_for_test.h"
#include "ledger/segment.h"

namespace weir::ledger {
namespace {

std::unique_ptr<Journal> OpenJournal(const std::string& directory,
                                     FileCalls calls = FileCalls::System(),
                                     JournalLimits limits = {}) {
  auto journal = Journal::Open(directory, std::move(calls), limits);
  EXPECT_TRUE(journal) << journal.error().message;
  return std::move(*journal);
}

std::string Payload(int n) {
  return "row " + std::to_string(n) + std::string(static_cast<size_t>(n % 7), '.');
}

std::vector<std::string> Payloads(int count) {
  std::vector<std::string> payloads;
  for (int n = 0; n < count; ++n) payloads.push_back(Payload(n));
  return payloads;
}

bool IsPrefix(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

TEST(Journal, RowsComeBackInOrderAfterReopening) {
  TempDir dir;
  {
    auto journal = OpenJournal(dir.path());
    for (int n = 0; n < 10; ++n) ASSERT_TRUE(journal->Append(Payload(n)));
  }
  auto journal = OpenJournal(dir.path());
  EXPECT_EQ(journal->recovered().records, 10u);
  EXPECT_EQ(journal->recovered().cut_bytes, 0u);
  ASSERT_TRUE(journal->Append(Payload(10)));
  EXPECT_EQ(ReplayAll(dir.path()), Payloads(11));
}

TEST(Journal, ARowIsOneWriteAndInTheFileWhenAppendReturns) {
  TempDir dir;
  FaultyDisk disk;
  auto journal = OpenJournal(dir.path(), disk.Calls());
  int before = disk.writes;
  ASSERT_TRUE(journal->Append(std::string(100'000, 'x')));
  EXPECT_EQ(disk.writes, before + 1);
  EXPECT_EQ(journal->end().offset, std::filesystem::file_size(SegmentPath(dir.path(), 1)));
}

TEST(Journal, FilesArePrivateAndTheDirectoryIsMade) {
  TempDir dir;
  std::string nested = dir / "a/b";
  auto journal = OpenJournal(nested);
  struct stat status{};
  ASSERT_EQ(stat(nested.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(stat(SegmentPath(nested, 1).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(Journal, OutOfBoundsPayloadsAreRefused) {
  TempDir dir;
  auto journal = OpenJournal(dir.path());
  EXPECT_FALSE(journal->Append(""));
  EXPECT_FALSE(journal->Append(std::string(kMaxPayloadBytes + 1, 'x')));
  EXPECT_TRUE(journal->Append(std::string(kMaxPayloadBytes, 'x')));
  EXPECT_EQ(ReplayAll(dir.path()).size(), 1u);
}

TEST(Journal, SegmentsRotateReplayAndTrim) {
  TempDir dir;
  auto journal = OpenJournal(dir.path(), FileCalls::System(), {.segment_bytes = 100});
  for (int n = 0; n < 50; ++n) ASSERT_TRUE(journal->Append(Payload(n)));
  ASSERT_GT(journal->end().segment, 5u);
  EXPECT_EQ(ReplayAll(dir.path()), Payloads(50));
  JournalPosition third{3, kSegmentHeaderBytes};
  journal->Trim(third);
  EXPECT_EQ(ListSegments(dir.path())->front(), 3u);
  EXPECT_EQ(ReplayAll(dir.path()), ReplayAll(dir.path(), third));
  journal->Trim({UINT64_MAX, 0});
  EXPECT_EQ(*ListSegments(dir.path()), std::vector<uint64_t>{journal->end().segment})
      << "the segment being written stays";
}

TEST(Journal, ReplayGoesOnWhereItStopped) {
  TempDir dir;
  auto journal = OpenJournal(dir.path(), FileCalls::System(), {.segment_bytes = 100});
  for (int n = 0; n < 50; ++n) ASSERT_TRUE(journal->Append(Payload(n)));
  std::vector<std::string> seen;
  JournalPosition at;
  while (at != journal->end()) {
    int left = 7;
    auto result = Replay(dir.path(), at, [&](std::string_view payload, JournalPosition) {
      seen.emplace_back(payload);
      return --left > 0;
    });
    ASSERT_TRUE(result);
    ASSERT_NE(result->position, at);
    at = result->position;
  }
  EXPECT_EQ(seen, Payloads(50));
}

TEST(Journal, ManyThreadsManySegmentsNothingLost) {
  TempDir dir;
  auto journal = OpenJournal(dir.path(), FileCalls::System(),
                             {.segment_bytes = 2000, .patience = std::chrono::minutes(1)});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int n = 0; n < 500; ++n) {
        EXPECT_TRUE(journal->Append(std::to_string(t * 1000 + n)));
        if (n % 100 != 0) continue;
        EXPECT_TRUE(journal->Sync());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  auto payloads = ReplayAll(dir.path());
  EXPECT_EQ(payloads.size(), 2000u);
  std::sort(payloads.begin(), payloads.end());
  EXPECT_EQ(std::unique(payloads.begin(), payloads.end()), payloads.end());
  EXPECT_EQ(journal->Snapshot().records, 2000u);
}

TEST(Journal, AWriterDoesNotWaitForOneWhoseDiskHangs) {
  TempDir dir;
  std::mutex hang;
  FaultyDisk disk;
  auto journal = OpenJournal(dir.path(), disk.Calls(), {.patience = std::chrono::milliseconds(1)});
  hang.lock();
  std::atomic<bool> inside = false;
  disk.before_write = [&] {
    inside = true;
    std::lock_guard wait(hang);
  };
  std::thread stuck([&] { EXPECT_TRUE(journal->Append("stuck")); });
  while (!inside) std::this_thread::yield();
  auto refused = journal->Append("quick");
  EXPECT_FALSE(refused);
  EXPECT_EQ(journal->Snapshot().records, 0u) << "and looking does not wait either";
  hang.unlock();
  stuck.join();
  EXPECT_EQ(ReplayAll(dir.path()), std::vector<std::string>{"stuck"});
}

// P06: the n-th write fails, whole or after some bytes, with or without a truncate that works.
TEST(JournalP06, EveryFailingWriteLosesItsOwnRowOnly) {
  for (int error : {ENOSPC, EIO}) {
    for (size_t part : {size_t{0}, size_t{1}, size_t{9}}) {
      for (bool fail_truncate : {false, true}) {
        for (int n = 1; n < 25; ++n) {
          TempDir dir;
          FaultyDisk disk;
          auto journal = OpenJournal(dir.path(), disk.Calls(), {.segment_bytes = 120});
          disk.fail_write = n;
          disk.part = part;
          disk.error = error;
          disk.fail_truncate = fail_truncate;
          std::vector<std::string> accepted;
          for (int row = 0; row < 20; ++row) {
            if (journal->Append(Payload(row))) accepted.push_back(Payload(row));
          }
          ASSERT_GE(accepted.size(), 19u);
          ASSERT_EQ(ReplayAll(dir.path()), accepted) << "write " << n << " part " << part;
          disk.fail_truncate = false;
          journal = OpenJournal(dir.path(), disk.Calls());
          ASSERT_EQ(ReplayAll(dir.path()), accepted) << "reopened";
        }
      }
    }
  }
}

TEST(JournalP06, TheFirstToTheFiveHundredthWriteAndSyncMayFail) {
  for (int n = 1; n <= 500; ++n) {
    TempDir dir;
    FaultyDisk disk;
    auto journal = OpenJournal(dir.path(), disk.Calls(), {.segment_bytes = 2'000});
    disk.fail_write = disk.writes + n - 1;
    disk.fail_sync = disk.syncs + n - 1;
    disk.error = EIO;
    std::vector<std::string> accepted;
    int refused = 0, unsynced = 0;
    for (int row = 0; row < n + 3; ++row) {
      if (journal->Append(Payload(row))) {
        accepted.push_back(Payload(row));
      } else {
        ++refused;
      }
      unsynced += journal->Sync() ? 0 : 1;
    }
    ASSERT_LE(refused, 1) << n;
    ASSERT_LE(unsynced, 1) << n;
    ASSERT_EQ(refused + unsynced > 0, true) << n << ": nothing failed";
    ASSERT_EQ(ReplayAll(dir.path()), accepted) << n;
  }
}

TEST(JournalP06, AFailingSyncBeginsANewSegmentOnce) {
  TempDir dir;
  FaultyDisk disk;
  auto journal = OpenJournal(dir.path(), disk.Calls());
  ASSERT_TRUE(journal->Append("a"));
  disk.fail_sync = disk.syncs;
  EXPECT_FALSE(journal->Sync());
  ASSERT_TRUE(journal->Append("b"));
  EXPECT_EQ(journal->end().segment, 2u);
  EXPECT_TRUE(journal->Sync());
  EXPECT_TRUE(journal->Append("c"));
  EXPECT_EQ(journal->end().segment, 2u);
  EXPECT_EQ(ReplayAll(dir.path()), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(JournalP06, EverySyncInTurnMayFail) {
  for (int n = 0; n < 30; ++n) {
    TempDir dir;
    FaultyDisk disk;
    auto journal = OpenJournal(dir.path(), disk.Calls(), {.segment_bytes = 100});
    disk.fail_sync = n;
    int failed = 0;
    for (int row = 0; row < 20; ++row) {
      ASSERT_TRUE(journal->Append(Payload(row)));
      failed += journal->Sync() ? 0 : 1;
    }
    EXPECT_EQ(failed, n < disk.syncs ? 1 : 0);
    EXPECT_EQ(ReplayAll(dir.path()), Payloads(20));
  }
}

TEST(JournalP06, ADiskThatStaysBrokenLeavesNoPileOfSegments) {
  TempDir dir;
  FaultyDisk disk;
  auto journal = OpenJournal(dir.path(), disk.Calls());
  ASSERT_TRUE(journal->Append("a"));
  disk.fail_all_writes = true;
  disk.error = EIO;
  for (int n = 0; n < 100; ++n) EXPECT_FALSE(journal->Append("b"));
  EXPECT_LE(ListSegments(dir.path())->size(), 2u);
  disk.fail_all_writes = false;
  EXPECT_TRUE(journal->Append("c"));
  EXPECT_EQ(ReplayAll(dir.path()), (std::vector<std::string>{"a", "c"}));
}

TEST(JournalP07, WritesOfOneByteMakeACorrectLog) {
  TempDir dir;
  FaultyDisk disk;
  disk.at_most = 1;
  auto journal = OpenJournal(dir.path(), disk.Calls(), {.segment_bytes = 100});
  for (int n = 0; n < 20; ++n) ASSERT_TRUE(journal->Append(Payload(n)));
  EXPECT_EQ(ReplayAll(dir.path()), Payloads(20));
}

struct SmallJournal {
  SmallJournal() {
    TempDir dir;
    auto journal = OpenJournal(dir.path());
    for (const std::string& row : rows) EXPECT_TRUE(journal->Append(row));
    bytes = ReadBytes(SegmentPath(dir.path(), 1));
  }
  std::vector<std::string> rows = Payloads(12);
  std::string bytes;
};

TEST(JournalP08, TruncatedAtEveryLengthThePrefixIsRecovered) {
  SmallJournal small;
  TempDir dir;
  size_t most = 0;
  for (size_t length = 0; length <= small.bytes.size(); ++length) {
    std::filesystem::remove_all(dir.path());
    std::filesystem::create_directory(dir.path());
    WriteBytes(SegmentPath(dir.path(), 1), small.bytes.substr(0, length));
    auto journal = OpenJournal(dir.path());
    auto rows = ReplayAll(dir.path());
    ASSERT_TRUE(IsPrefix(rows, small.rows)) << "length " << length;
    ASSERT_GE(rows.size(), most) << "a longer file never gives fewer rows";
    most = rows.size();
    ASSERT_TRUE(journal->Append("after"));
    rows.push_back("after");
    ASSERT_EQ(ReplayAll(dir.path()), rows);
  }
  EXPECT_EQ(most, small.rows.size());
}

TEST(JournalP08, AFlippedBitAnywhereGivesAPrefixAndNeverAWrongRow) {
  SmallJournal small;
  TempDir dir;
  for (size_t bit = 0; bit < small.bytes.size() * 8; ++bit) {
    std::string bytes = small.bytes;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    std::filesystem::remove_all(dir.path());
    std::filesystem::create_directory(dir.path());
    WriteBytes(SegmentPath(dir.path(), 1), bytes);
    ASSERT_TRUE(IsPrefix(ReplayAll(dir.path()), small.rows)) << "before recovery, bit " << bit;
    auto journal = OpenJournal(dir.path());
    ASSERT_TRUE(journal->Append("after"));
    auto rows = ReplayAll(dir.path());
    ASSERT_EQ(rows.back(), "after") << "bit " << bit;
    rows.pop_back();
    ASSERT_TRUE(IsPrefix(rows, small.rows)) << "bit " << bit;
    ASSERT_LT(rows.size(), small.rows.size());
  }
}

TEST(JournalP08, RandomDamageOfManySegmentsKeepsEveryOtherSegment) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 100; ++round) {
    TempDir dir;
    auto journal = OpenJournal(dir.path(), FileCalls::System(), {.segment_bytes = 100});
    for (int n = 0; n < 40; ++n) ASSERT_TRUE(journal->Append(Payload(n)));
    uint64_t victim = 1 + random() % (journal->end().segment - 1);
    std::string path = SegmentPath(dir.path(), victim);
    std::string bytes = ReadBytes(path);
    bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
    WriteBytes(path, bytes);
    std::vector<std::string> rows;
    auto result = Replay(dir.path(), {}, [&](std::string_view payload, JournalPosition) {
      rows.emplace_back(payload);
      return true;
    });
    ASSERT_TRUE(result);
    EXPECT_EQ(result->corrupt, 1u);
    EXPECT_LT(rows.size(), 40u);
    EXPECT_GE(rows.size(), 30u);
    auto all = Payloads(40);
    EXPECT_TRUE(std::includes(all.begin(), all.end(), rows.begin(), rows.end(),
                              [](const auto& a, const auto& b) {
                                return std::stoi(a.substr(4)) < std::stoi(b.substr(4));
                              }));
  }
}

TEST(JournalP08, ForeignBytesAreLeftWhereTheyAre) {
  TempDir dir;
  WriteBytes(SegmentPath(dir.path(), 4), "this is no journal, but somebody may want it");
  auto journal = OpenJournal(dir.path());
  EXPECT_TRUE(journal->recovered().corrupt);
  ASSERT_TRUE(journal->Append("a"));
  EXPECT_EQ(journal->end().segment, 5u);
  EXPECT_EQ(ReadBytes(SegmentPath(dir.path(), 4)), "this is no journal, but somebody may want it");
}

// P11
TEST(Journal, ANewerFormatIsRefusedWithAText) {
  TempDir dir;
  // "WEIRJRNL", version 2, crc32 of these twelve bytes (python: zlib.crc32).
  WriteBytes(SegmentPath(dir.path(), 1), std::string("WEIRJRNL\x02\0\0\0", 12) + "CRC4");
  std::string bytes = ReadBytes(SegmentPath(dir.path(), 1));
  uint32_t crc = 0xa46db5bf;
  for (size_t i = 0; i < 4; ++i) bytes[12 + i] = static_cast<char>(crc >> (8 * i));
  WriteBytes(SegmentPath(dir.path(), 1), bytes);
  auto journal = Journal::Open(dir.path(), FileCalls::System());
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().message, testing::HasSubstr("format 2"));
}

TEST(JournalP15, ADeletedFileIsNoticedAndTheNextRowMakesANewOne) {
  TempDir dir;
  std::string place = dir / "data";
  auto journal = OpenJournal(place);
  ASSERT_TRUE(journal->Append("lost with the directory"));
  EXPECT_TRUE(journal->Check());
  std::filesystem::remove_all(place);
  EXPECT_FALSE(journal->Check());
  ASSERT_TRUE(journal->Append("kept"));
  EXPECT_TRUE(journal->Check());
  EXPECT_EQ(ReplayAll(place), std::vector<std::string>{"kept"});
}

TEST(Journal, ReplayOfNothingIsNothing) {
  TempDir dir;
  auto result =
      Replay(dir / "absent", {3, 20}, [](std::string_view, JournalPosition) { return true; });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->records, 0u);
  EXPECT_EQ(result->position, (JournalPosition{3, 20}));
}

}  // namespace
}  // namespace weir::ledger
