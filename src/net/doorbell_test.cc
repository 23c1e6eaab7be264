#include "net/doorbell.h"

#include <gtest/gtest.h>

#include <thread>

#include "testing/fake_clock.h"
#include "testing/poll.h"

namespace weir::net {
namespace {

using Heard = Doorbell::Heard;
using std::chrono::seconds;

class DoorbellTest : public testing::Test {
 protected:
  FakeClock clock_;
  Worker worker_{0, clock_};
};

TEST_F(DoorbellTest, IsHeardFromAnotherThread) {
  Doorbell bell(worker_);
  Running<Heard> run(bell.Wait(SteadyTime::max(), nullptr));
  worker_.Poll();
  EXPECT_FALSE(run.done());
  std::thread([button = bell.button()] { Doorbell::Press(*button); }).join();
  ASSERT_TRUE(PollUntil(worker_, [&] { return run.done(); }));
  EXPECT_EQ(run.value(), Heard::kPress);
}

TEST_F(DoorbellTest, APressBeforeTheWaitCountsOnce) {
  Doorbell bell(worker_);
  Doorbell::Press(*bell.button());
  Doorbell::Press(*bell.button());
  worker_.Poll();
  EXPECT_EQ(Await(worker_, bell.Wait(SteadyTime::max(), nullptr)), Heard::kPress);
  Running<Heard> run(bell.Wait(clock_.Steady() + seconds(1), nullptr));
  worker_.Poll();
  EXPECT_FALSE(run.done());
  clock_.Advance(seconds(1));
  ASSERT_TRUE(PollUntil(worker_, [&] { return run.done(); }));
  EXPECT_EQ(run.value(), Heard::kDeadline);
}

TEST_F(DoorbellTest, AWaitIsCancelled) {
  Doorbell bell(worker_);
  CancelToken cancel;
  Running<Heard> run(bell.Wait(SteadyTime::max(), &cancel));
  cancel.Cancel();
  ASSERT_TRUE(PollUntil(worker_, [&] { return run.done(); }));
  EXPECT_EQ(run.value(), Heard::kCancelled);
}

TEST_F(DoorbellTest, AButtonOutlivesItsDoorbell) {
  std::shared_ptr<Doorbell::Button> button;
  int heard = 0;
  {
    Doorbell bell(worker_, [&] { ++heard; });
    button = bell.button();
    Doorbell::Press(*button);
    worker_.Poll();
    EXPECT_EQ(heard, 1);
    Doorbell::Press(*button);
  }
  worker_.Poll();
  Doorbell::Press(*button);
  worker_.Poll();
  EXPECT_EQ(heard, 1);
}

}  // namespace
}  // namespace weir::net
