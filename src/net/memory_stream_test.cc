#include "testing/memory_stream.h"

#include <gtest/gtest.h>

#include "net/loopback_test.h"

namespace weir::net {
namespace {

constexpr SteadyTime kNever = SteadyTime::max();

class MemoryStreamTest : public testing::Test {
 protected:
  IoResult ReadOnce() {
    WatchedOp read;
    read.Read(stream_, buffer_, kNever);
    stream_.Run();
    EXPECT_EQ(read.times, 1);
    return read.result;
  }
  std::string Got(IoResult read) const { return std::string(buffer_, read.bytes); }
  IoResult WriteOnce(std::span<const std::string_view> pieces) {
    WatchedOp write;
    write.Write(stream_, pieces, kNever);
    EXPECT_EQ(write.times, 1);
    return write.result;
  }

  MemoryStream stream_;
  char buffer_[8];
};

TEST_F(MemoryStreamTest, DeliversInTheGivenSplitsAndThenTheEnd) {
  stream_.FeedSplit("abcde", 2);
  stream_.End(IoStatus::kEof);
  EXPECT_EQ(Got(ReadOnce()), "ab");
  stream_.SetReadLimit(1);
  EXPECT_EQ(Got(ReadOnce()), "c");
  EXPECT_EQ(Got(ReadOnce()), "d");
  EXPECT_EQ(Got(ReadOnce()), "e");
  EXPECT_EQ(ReadOnce().status, IoStatus::kEof);
  EXPECT_EQ(ReadOnce().status, IoStatus::kEof);
}

TEST_F(MemoryStreamTest, FailsAtTheChosenOperationAndLosesNothing) {
  const std::string_view pieces[] = {"ab", "cdef"};
  stream_.FailRead(1, IoStatus::kReset);
  stream_.FailWrite(1, IoStatus::kReset, 3);
  stream_.Feed("x");
  stream_.Feed("y");
  EXPECT_EQ(Got(ReadOnce()), "x");
  EXPECT_EQ(ReadOnce().status, IoStatus::kReset);
  EXPECT_EQ(Got(ReadOnce()), "y");
  EXPECT_EQ(WriteOnce(pieces).bytes, 6u);
  const IoResult failed = WriteOnce(pieces);
  EXPECT_EQ(failed.status, IoStatus::kReset);
  EXPECT_EQ(failed.bytes, 3u);
  EXPECT_EQ(stream_.written(), "abcdefabc");
}

TEST_F(MemoryStreamTest, PendingOperationsEndInStepAlone) {
  const std::string_view piece = "abcdef";
  WatchedOp read, write;
  read.Read(stream_, buffer_, kNever);
  stream_.SetRoom(4);
  write.Write(stream_, {&piece, 1}, kNever);
  stream_.Run();
  EXPECT_EQ(read.times + write.times, 0);
  EXPECT_EQ(stream_.written(), "abcd");
  stream_.MakeRoom(1);
  stream_.Cancel();
  EXPECT_EQ(read.times + write.times, 0);
  EXPECT_TRUE(stream_.Step());
  EXPECT_TRUE(stream_.Step());
  EXPECT_FALSE(stream_.Step());
  EXPECT_EQ(read.result.status, IoStatus::kCancelled);
  EXPECT_EQ(write.result.status, IoStatus::kCancelled);
  EXPECT_EQ(write.result.bytes, 4u);
}

TEST_F(MemoryStreamTest, ExpiredOperationsLoseNothing) {
  WatchedOp late;
  late.Read(stream_, buffer_, kNever);
  stream_.Expire();
  stream_.Run();
  EXPECT_EQ(late.result.status, IoStatus::kTimeout);
  stream_.Feed("z");
  EXPECT_EQ(Got(ReadOnce()), "z");
  EXPECT_TRUE(stream_.IsQuiet());
  stream_.Close();
  EXPECT_FALSE(stream_.IsQuiet());
  EXPECT_EQ(ReadOnce().status, IoStatus::kFailed);
}

}  // namespace
}  // namespace weir::net
