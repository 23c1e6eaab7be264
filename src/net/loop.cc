#include "net/loop.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace weir::net {

void Soon::Unlink() {
  prev->next = next;
  next->prev = prev;
  prev = next = this;
}

void Soon::LinkBefore(Soon* other) {
  prev = other->prev;
  next = other;
  prev->next = this;
  other->prev = this;
}

Worker::Loop::Loop(int worker_index, const Clock& worker_clock)
    : index(worker_index),
      clock(worker_clock),
      mailbox(std::make_shared<Mailbox>()),
      reactor_(clock) {
  run_posted_.owner = mail_.owner = this;
  run_posted_.run = [](void* self) { static_cast<Loop*>(self)->RunPosted(); };
  // An edge a letter: the eventfd is never read.
  mail_.ready = [](void* self, uint32_t) {
    for (const auto& work : static_cast<Loop*>(self)->mailbox->Take()) work();
  };
  if (!reactor_.Watch(mailbox->fd(), &mail_)) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

Worker::Loop::~Loop() {
  mailbox->Close();
  posted_.clear();  // may own streams, which need the reactor
}

void Worker::Loop::Run() {
  thread_ = std::this_thread::get_id();
  stopped_ = false;
  SteadyTime now = clock.Steady();
  while (!stopped_) {
    Turn(now);
    now = FireDue();
  }
  Shelves::FreeKept();
  thread_ = std::thread::id();
}

void Worker::Loop::Poll() {
  thread_ = std::this_thread::get_id();
  PollUntilIdle();
  FireDue();
  PollUntilIdle();
  thread_ = std::thread::id();
}

void Worker::Loop::Stop() {
  mailbox->Push([this] { stopped_ = true; });
}

void Worker::Loop::Post(std::function<void()> work) {
  if (thread_.load(std::memory_order_relaxed) != std::this_thread::get_id()) {
    mailbox->Push(std::move(work));
    return;
  }
  posted_.push_back(std::move(work));
  Defer(&run_posted_);
}

void Worker::Loop::SetDeadline(Deadline* deadline, SteadyTime at) {
  deadlines_.Set(deadline, at);
}

void Worker::Loop::Defer(Soon* later) {
  if (!later->linked()) later->LinkBefore(&soon_);
}

// What was deferred comes first: it may set deadlines. Then what the sockets have to say. False:
// there was nothing.
bool Worker::Loop::Turn(std::optional<SteadyTime> now) {
  const bool ran = RunSoon();
  const bool sleep = now && !soon_.linked();
  const bool told = reactor_.Wait(sleep ? Idle(*now) : std::chrono::milliseconds(0));
  return ran || told;
}

void Worker::Loop::PollUntilIdle() {
  while (Turn({})) {
  }
}

// How long the loop may sleep. Whole milliseconds, so that neighbouring deadlines share a wake-up;
// at least one, so that a callback that sets a deadline in the past cannot keep the loop busy.
std::chrono::milliseconds Worker::Loop::Idle(SteadyTime now) const {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(1);
  constexpr std::chrono::milliseconds kSoonest{1};
  const SteadyTime next = deadlines_.earliest();
  if (next == SteadyTime::max()) return kLongest;
  if (next <= now) return kSoonest;
  return std::min(std::chrono::ceil<std::chrono::milliseconds>(next - now), kLongest);
}

SteadyTime Worker::Loop::FireDue() {
  const SteadyTime now = clock.Steady();
  // Bounded: a callback that sets a deadline in the past gets its turn in the next round.
  for (size_t left = deadlines_.size(); left > 0; --left) {
    Deadline* due = deadlines_.PopDue(now);
    if (due == nullptr) break;
    clock.Begin();
    due->fire(due->owner);
  }
  clock.End();
  return now;
}

bool Worker::Loop::RunSoon() {
  if (!soon_.linked()) return false;
  Soon batch;  // what is deferred meanwhile waits for the next turn
  batch.LinkBefore(&soon_);
  soon_.Unlink();
  while (batch.linked()) {
    Soon* first = batch.next;
    first->Unlink();
    clock.Begin();
    first->run(first->owner);
  }
  clock.End();
  return true;
}

void Worker::Loop::RunPosted() {
  for (size_t left = posted_.size(); left > 0; --left) {
    const auto work = std::move(posted_.front());
    posted_.pop_front();
    work();
  }
  if (!posted_.empty()) Defer(&run_posted_);
}

}  // namespace weir::net
