#include "net/worker.h"

#include <utility>

#include "net/loop.h"

namespace weir::net {

Worker::Worker(int index, const Clock& clock) : loop_(std::make_unique<Loop>(index, clock)) {}
Worker::~Worker() = default;

int Worker::index() const {
  return loop_->index;
}
const Clock& Worker::clock() const {
  return loop_->clock;
}
void Worker::Run() {
  loop_->Run();
}
void Worker::Poll() {
  loop_->Poll();
}
void Worker::Stop() {
  loop_->Stop();
}
void Worker::Post(std::function<void()> work) {
  loop_->Post(std::move(work));
}

struct Timer::Pending {
  Worker::Loop& loop;
  Deadline deadline;
};

Timer::Timer(Worker& worker) : pending_(new Pending{worker.loop(), {}}) {}

Timer::~Timer() {
  Cancel();
}

void Timer::Start(SteadyTime at, void (*fire)(void*), void* argument) {
  pending_->deadline.fire = fire;
  pending_->deadline.owner = argument;
  pending_->loop.SetDeadline(&pending_->deadline, at);
}

void Timer::Cancel() {
  pending_->loop.DropDeadline(&pending_->deadline);
}

void CancelToken::Cancel() {
  cancelled_ = true;
  if (auto* stop = std::exchange(stop_, nullptr)) stop(argument_);
}

void CancelToken::Arm(void (*stop)(void*), void* argument) {
  stop_ = stop;
  argument_ = argument;
  if (cancelled_ && stop != nullptr) Cancel();
}

}  // namespace weir::net
