#include "net/answer_stream.h"

#include <gtest/gtest.h>

#include "net/loopback_test.h"

namespace weir::net {
namespace {

using std::chrono::milliseconds;

// Answers each line.
class LineResponder final : public Responder {
 public:
  std::optional<std::vector<TimedBytes>> Answer(std::string_view written) override {
    if (written.empty() || written.back() != '\n') return std::nullopt;
    const std::string line(written.substr(0, written.size() - 1));
    return std::vector<TimedBytes>{{milliseconds(0), "<" + line},
                                   {milliseconds(10), "a"},
                                   {milliseconds(0), "b"},
                                   {milliseconds(10), ">"}};
  }
};

class AnswerStreamTest : public testing::Test {
 protected:
  SteadyTime In(milliseconds delay) const { return clock_.Steady() + delay; }
  void Say(std::string_view text) {
    WatchedOp write;
    write.Write(*stream_, {&text, 1}, In(milliseconds(100)));
    ASSERT_EQ(write.times, 1);
    ASSERT_EQ(write.result.bytes, text.size());
  }
  std::string ReadNow() {
    WatchedOp read;
    read.Read(*stream_, buffer_, In(milliseconds(0)));
    if (!PollUntil(worker_, [&read] { return read.times > 0; })) return "nothing";
    return read.result.ok() ? std::string(buffer_, read.result.bytes) : "timeout";
  }

  FakeClock clock_;
  Worker worker_{0, clock_};
  std::unique_ptr<Stream> stream_ = MakeAnswerStream(worker_, std::make_unique<LineResponder>());
  char buffer_[64];
};

TEST_F(AnswerStreamTest, AnswersAWholeRequestAtItsTimes) {
  Say("hel");
  EXPECT_EQ(ReadNow(), "timeout");
  Say("lo\n");
  EXPECT_EQ(ReadNow(), "<hello");
  EXPECT_EQ(ReadNow(), "timeout");
  WatchedOp read;
  read.Read(*stream_, buffer_, In(milliseconds(100)));
  clock_.Advance(milliseconds(9));
  worker_.Poll();
  EXPECT_EQ(read.times, 0);
  clock_.Advance(milliseconds(1));
  worker_.Poll();
  ASSERT_EQ(read.times, 1);
  EXPECT_EQ(std::string_view(buffer_, read.result.bytes), "ab") << "due together, read together";
  EXPECT_FALSE(stream_->IsQuiet());
  clock_.Advance(milliseconds(10));
  EXPECT_EQ(ReadNow(), ">");
  EXPECT_TRUE(stream_->IsQuiet());
}

TEST_F(AnswerStreamTest, KeepsTheLineForTheNextRequest) {
  Say("1\n");
  clock_.Advance(milliseconds(20));
  EXPECT_EQ(ReadNow(), "<1ab>");
  Say("2\n");
  clock_.Advance(milliseconds(20));
  EXPECT_EQ(ReadNow(), "<2ab>");
}

TEST_F(AnswerStreamTest, APendingReadHearsOfALaterAnswer) {
  WatchedOp read;
  read.Read(*stream_, buffer_, In(milliseconds(100)));
  Say("x\n");
  worker_.Poll();
  ASSERT_EQ(read.times, 1);
  EXPECT_EQ(std::string_view(buffer_, read.result.bytes), "<x");
}

TEST_F(AnswerStreamTest, CancelCloseAndDestructionEndAPendingRead) {
  WatchedOp cancelled, closed, after;
  cancelled.Read(*stream_, buffer_, In(milliseconds(100)));
  stream_->Cancel();
  EXPECT_EQ(cancelled.times, 0);
  worker_.Poll();
  EXPECT_EQ(cancelled.result.status, IoStatus::kCancelled);
  closed.Read(*stream_, buffer_, In(milliseconds(100)));
  stream_->Close();
  worker_.Poll();
  EXPECT_EQ(closed.result.status, IoStatus::kCancelled);
  EXPECT_FALSE(stream_->IsQuiet());
  after.Read(*stream_, buffer_, In(milliseconds(100)));
  EXPECT_EQ(after.result.status, IoStatus::kFailed);

  WatchedOp silent;
  stream_ = MakeAnswerStream(worker_, std::make_unique<LineResponder>());
  silent.Read(*stream_, buffer_, In(milliseconds(5)));
  stream_->Cancel();
  stream_.reset();
  clock_.Advance(milliseconds(5));
  worker_.Poll();
  EXPECT_EQ(silent.times, 0);
}

}  // namespace
}  // namespace weir::net
