#include "net/wait.h"

namespace weir::net {

Wait::Wait(Worker& worker, SteadyTime deadline, CancelToken* cancel)
    : loop_(worker.loop()), cancel_(cancel) {
  resume_.owner = deadline_.owner = this;
  resume_.run = [](void* self) { static_cast<Wait*>(self)->waiter_.resume(); };
  deadline_.fire = [](void* self) { static_cast<Wait*>(self)->End(Woken::kDeadline); };
  if (deadline != SteadyTime::max()) loop_.SetDeadline(&deadline_, deadline);
  if (cancel_ == nullptr) return;
  cancel_->Arm([](void* self) { static_cast<Wait*>(self)->End(Woken::kCancelled); }, this);
}

Wait::~Wait() {
  loop_.DropDeadline(&deadline_);
  if (cancel_ != nullptr) cancel_->Arm(nullptr, nullptr);
}

void Wait::await_suspend(std::coroutine_handle<> handle) {
  waiter_ = handle;
  if (why_ != Woken::kNotYet) loop_.Defer(&resume_);
}

void Wait::End(Woken why) {
  if (why_ != Woken::kNotYet) return;
  why_ = why;
  if (waiter_) loop_.Defer(&resume_);
}

Task<bool> SleepUntil(Worker& worker, SteadyTime until, CancelToken* cancel) {
  Wait wait(worker, until, cancel);
  const Woken why = co_await wait;
  co_return why == Woken::kDeadline;
}

Task<void> NextTurn(Worker& worker) {
  Wait turn(worker, SteadyTime::max(), nullptr);
  turn.Wake();
  co_await turn;
}

}  // namespace weir::net
