#include "net/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace weir::net {
namespace {

// Suspends until the test resumes it.
struct Gate {
  std::coroutine_handle<> waiter;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) noexcept { waiter = handle; }
  void await_resume() const noexcept {}
};

Task<int> One() {
  co_return 1;
}

Task<int> Count(int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) {
    const int one = co_await One();
    sum += one;
  }
  co_return sum;
}

Task<void> Store(Task<int> from, int* out) {
  *out = co_await from;
}

Task<std::unique_ptr<std::string>> Wrap(std::string text) {
  co_return std::make_unique<std::string>(std::move(text));
}

Task<void> WrapTwice(std::string text, std::string* out) {
  auto first = co_await Wrap(std::move(text));
  auto second = co_await Wrap(*first + *first);
  *out = *second;
}

Task<void> WaitAt(Gate* gate, std::shared_ptr<int> held, bool* passed) {
  co_await *gate;
  *passed = held.use_count() > 0;
}

Task<void> Around(Task<void> inner) {
  co_await inner;
}

TEST(Task, DoesNothingBeforeItIsAwaited) {
  auto held = std::make_shared<int>(1);
  bool passed = false;
  Gate gate;
  {
    const Task<void> task = WaitAt(&gate, held, &passed);
    EXPECT_FALSE(gate.waiter);
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1) << "the frame of a task that never ran is freed";
}

TEST(Task, MovesValuesThroughNestedTasks) {
  std::string out;
  Spawn(WrapTwice("a text that is too long for the small string buffer", &out));
  EXPECT_EQ(out.size(), 2 * 51u);
}

TEST(Task, AwaitingFinishedTasksInALoopDoesNotGrowTheStack) {
  int sum = 0;
  Spawn(Store(Count(1'000'000), &sum));
  EXPECT_EQ(sum, 1'000'000);
}

TEST(Task, ResumesThroughTheWholeChainAndFreesEveryFrame) {
  auto held = std::make_shared<int>(1);
  bool passed = false;
  Gate gate;
  Spawn(Around(Around(WaitAt(&gate, held, &passed))));
  ASSERT_TRUE(gate.waiter);
  EXPECT_FALSE(passed);
  gate.waiter.resume();
  EXPECT_TRUE(passed);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Task, DestroyingASuspendedTaskFreesItsFrame) {
  auto held = std::make_shared<int>(1);
  bool passed = false;
  Gate gate;
  {
    Task<void> task = WaitAt(&gate, held, &passed);
    ASSERT_TRUE(task.await_suspend(std::noop_coroutine()));
    ASSERT_TRUE(gate.waiter);
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(passed);
}

}  // namespace
}  // namespace weir::net
