#include "net/worker.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "testing/fake_clock.h"
#include "testing/poll.h"

namespace weir::net {
namespace {

using std::chrono::milliseconds;

TEST(Worker, RunsPostsOfEachThreadInTheirOrder) {
  Worker worker(3, SystemClock());
  EXPECT_EQ(worker.index(), 3);
  std::vector<std::vector<int>> seen(4);
  std::thread loop([&worker] { worker.Run(); });
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 4; ++sender) {
    senders.emplace_back([&worker, &seen, sender] {
      for (int i = 0; i < 1000; ++i) worker.Post([&seen, sender, i] { seen[sender].push_back(i); });
    });
  }
  for (auto& sender : senders) sender.join();
  worker.Stop();
  loop.join();
  for (const auto& order : seen) {
    ASSERT_EQ(order.size(), 1000u);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(order[i], i);
  }
}

TEST(Worker, StopBeforeRunEndsTheRun) {
  Worker worker(0, SystemClock());
  worker.Stop();
  worker.Run();
}

TEST(Worker, PostsFromItsOwnThreadRunLaterAndInOrder) {
  FakeClock clock;
  Worker worker(0, clock);
  std::string order;
  worker.Post([&] {
    worker.Post([&order] { order += "b"; });
    worker.Post([&order] { order += "c"; });
    order += "a";
  });
  EXPECT_TRUE(PollUntil(worker, [&order] { return order.size() == 3; }));
  EXPECT_EQ(order, "abc");
}

// Each reading is a millisecond later.
class TickingClock final : public Clock {
 public:
  SteadyTime Steady() const override { return SteadyTime(milliseconds(++readings)); }
  WallMicros Wall() const override { return 0; }
  mutable int readings = 0;
};

TEST(Worker, TimeStandsStillWithinAStep) {
  TickingClock clock;
  Worker worker(0, clock);
  std::vector<SteadyTime> seen;
  const auto look = [&] {
    seen.push_back(worker.clock().Steady());
    seen.push_back(worker.clock().Steady());
  };
  look();
  EXPECT_LT(seen[0], seen[1]) << "outside of the loop";
  Timer first(worker), second(worker);
  for (Timer* timer : {&first, &second}) {
    timer->Start(
        SteadyTime(), [](void* again) { (*static_cast<const decltype(look)*>(again))(); },
        const_cast<void*>(static_cast<const void*>(&look)));
  }
  worker.Poll();
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen[2], seen[3]);
  EXPECT_LT(seen[3], seen[4]) << "the next step reads anew";
  EXPECT_EQ(seen[4], seen[5]);
}

TEST(Worker, DropsWorkThatIsPostedAfterItsEnd) {
  auto held = std::make_shared<int>(1);
  {
    FakeClock clock;
    Worker worker(0, clock);
    worker.Post([held] {});
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

void StopWorker(void* worker) {
  static_cast<Worker*>(worker)->Stop();
}

TEST(Worker, WhatDeferredWorkSetsIsDueInItsTime) {
  const Clock& clock = SystemClock();
  Worker worker(0, clock);
  Timer timer(worker), otherwise(worker);
  const SteadyTime late = clock.Steady() + std::chrono::seconds(20);
  otherwise.Start(late, &StopWorker, &worker);
  worker.Post([&] {
    worker.Post(
        [&] { timer.Start(clock.Steady() + milliseconds(1), &StopWorker, &worker); });
  });
  worker.Run();
  EXPECT_LT(clock.Steady(), late);
}

void Increment(void* counter) {
  ++*static_cast<int*>(counter);
}

TEST(Timer, FiresOnceWhenTheClockSaysSo) {
  FakeClock clock;
  Worker worker(0, clock);
  Timer timer(worker);
  int fired = 0;
  timer.Start(clock.Steady() + milliseconds(50), &Increment, &fired);
  worker.Poll();
  clock.Advance(milliseconds(49));
  worker.Poll();
  EXPECT_EQ(fired, 0);
  clock.Advance(milliseconds(1));
  worker.Poll();
  worker.Poll();
  EXPECT_EQ(fired, 1);
}

TEST(Timer, StartReplacesAndCancelAndDestructionSilence) {
  FakeClock clock;
  Worker worker(0, clock);
  int fired = 0;
  auto timer = std::make_unique<Timer>(worker);
  timer->Start(clock.Steady() + milliseconds(10), &Increment, &fired);
  timer->Start(clock.Steady() + milliseconds(100), &Increment, &fired);
  clock.Advance(milliseconds(50));
  worker.Poll();
  EXPECT_EQ(fired, 0);
  timer->Cancel();
  clock.Advance(milliseconds(100));
  worker.Poll();
  EXPECT_EQ(fired, 0);
  timer->Start(clock.Steady(), &Increment, &fired);
  timer.reset();
  worker.Poll();
  EXPECT_EQ(fired, 0);
}

struct Restarting {
  Timer timer;
  const Clock& clock;
  int fired = 0;
  void Start() {
    timer.Start(
        clock.Steady(),
        [](void* self) {
          auto* restarting = static_cast<Restarting*>(self);
          ++restarting->fired;
          restarting->Start();
        },
        this);
  }
};

TEST(Timer, OneThatAlwaysRestartsInThePastDoesNotStopTheLoop) {
  FakeClock clock;
  Worker worker(0, clock);
  Restarting restarting{Timer(worker), clock};
  restarting.Start();
  worker.Poll();
  const int fired = restarting.fired;
  EXPECT_GE(fired, 1);
  bool posted = false;
  worker.Post([&posted] { posted = true; });
  EXPECT_TRUE(PollUntil(worker, [&posted] { return posted; }));
  EXPECT_GT(restarting.fired, fired);
}

TEST(Timer, FiresByItselfInARunningLoop) {
  Worker worker(0, SystemClock());
  Timer timer(worker);
  timer.Start(
      SystemClock().Steady() + milliseconds(2),
      [](void* self) { static_cast<Worker*>(self)->Stop(); }, &worker);
  worker.Run();
}

TEST(SleepUntil, EndsAtItsTimeOrWhenCancelled) {
  FakeClock clock;
  Worker worker(0, clock);
  CancelToken cancel;
  Running<bool> slept(SleepUntil(worker, clock.Steady() + milliseconds(10), nullptr));
  Running<bool> cancelled(SleepUntil(worker, clock.Steady() + milliseconds(10), &cancel));
  worker.Poll();
  EXPECT_FALSE(slept.done());
  cancel.Cancel();
  EXPECT_FALSE(cancelled.done()) << "a waiter is resumed by the loop, not inside Cancel()";
  worker.Poll();
  ASSERT_TRUE(cancelled.done());
  EXPECT_FALSE(cancelled.value());
  clock.Advance(milliseconds(10));
  worker.Poll();
  ASSERT_TRUE(slept.done());
  EXPECT_TRUE(slept.value());
}

TEST(SleepUntil, EndsAtOnceUnderACancelledToken) {
  FakeClock clock;
  Worker worker(0, clock);
  CancelToken cancel;
  cancel.Cancel();
  EXPECT_FALSE(Await(worker, SleepUntil(worker, clock.Steady() + milliseconds(10), &cancel)));
}

TEST(CancelToken, StopsOnlyWhatIsArmedAndOnlyOnce) {
  CancelToken cancel;
  int first = 0, second = 0;
  cancel.Arm(&Increment, &first);
  cancel.Arm(&Increment, &second);
  cancel.Cancel();
  cancel.Cancel();
  EXPECT_TRUE(cancel.cancelled());
  EXPECT_EQ(first, 0);
  EXPECT_EQ(second, 1);
  cancel.Arm(&Increment, &first);
  EXPECT_EQ(first, 1);
  cancel.Arm(nullptr, nullptr);
}

}  // namespace
}  // namespace weir::net
