#include "net/loop.h"

#include <utility>

#include "net/asio.h"

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

struct Worker::Loop::Reactor {
  explicit Reactor(int mail_fd) : alarm(io.get_executor()), mail(io.get_executor(), mail_fd) {
    mail.native_non_blocking(true);
  }
  ~Reactor() { mail.release(); }  // the mailbox closes it

  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  Alarm alarm;
  Descriptor mail;
  uint64_t mail_count = 0;
};

Worker::Loop::Loop(int worker_index, const Clock& worker_clock)
    : index(worker_index),
      clock(worker_clock),
      mailbox(std::make_shared<Mailbox>()),
      reactor_(std::make_unique<Reactor>(mailbox->fd())) {
  run_posted_.owner = this;
  run_posted_.run = [](void* self) { static_cast<Loop*>(self)->RunPosted(); };
  WaitForMail();
}

Worker::Loop::~Loop() {
  mailbox->Close();
  posted_.clear();  // may own streams, which need the reactor
}

asio::io_context& Worker::Loop::io() {
  return reactor_->io;
}

void Worker::Loop::Run() {
  thread_ = std::this_thread::get_id();
  reactor_->io.restart();
  reactor_->io.run();
  thread_ = std::thread::id();
}

void Worker::Loop::Poll() {
  thread_ = std::this_thread::get_id();
  reactor_->io.restart();
  reactor_->io.poll();
  FireDue();
  reactor_->io.poll();
  thread_ = std::thread::id();
}

void Worker::Loop::Stop() {
  mailbox->Push([this] { reactor_->io.stop(); });
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
  if (!firing_ && at < alarm_at_) ArmAlarm();
}

void Worker::Loop::Defer(Soon* later) {
  if (later->linked()) return;
  later->LinkBefore(&soon_);
  if (std::exchange(soon_posted_, true)) return;
  asio::post(reactor_->io, [this] { RunSoon(); });
}

void Worker::Loop::ArmAlarm() {
  alarm_at_ = deadlines_.earliest();
  if (alarm_at_ == SteadyTime::max()) return;
  // Whole milliseconds, so that neighbours share a wake-up; at least one, so that a callback that
  // sets a deadline in the past cannot keep the loop from its other work.
  constexpr std::chrono::milliseconds kSoonest{1};
  const auto now = clock.Steady();
  const auto delay =
      alarm_at_ <= now ? kSoonest : std::chrono::ceil<std::chrono::milliseconds>(alarm_at_ - now);
  reactor_->alarm.expires_after(std::min<std::chrono::milliseconds>(delay, std::chrono::hours(1)));
  reactor_->alarm.async_wait([this](error_code ec) {
    if (!ec) FireDue();
  });
}

void Worker::Loop::FireDue() {
  const SteadyTime now = clock.Steady();
  firing_ = true;
  // Bounded: a callback that sets a deadline in the past gets its turn in the next round.
  for (size_t left = deadlines_.size(); left > 0; --left) {
    Deadline* due = deadlines_.PopDue(now);
    if (due == nullptr) break;
    due->fire(due->owner);
  }
  firing_ = false;
  ArmAlarm();
}

void Worker::Loop::RunSoon() {
  soon_posted_ = false;
  Soon batch;  // what is deferred meanwhile waits for the next turn
  if (soon_.linked()) {
    batch.LinkBefore(&soon_);
    soon_.Unlink();
  }
  while (batch.linked()) {
    Soon* first = batch.next;
    first->Unlink();
    first->run(first->owner);
  }
}

void Worker::Loop::RunPosted() {
  for (size_t left = posted_.size(); left > 0; --left) {
    const auto work = std::move(posted_.front());
    posted_.pop_front();
    work();
  }
  if (!posted_.empty()) Defer(&run_posted_);
}

void Worker::Loop::WaitForMail() {
  const auto buffer = asio::buffer(&reactor_->mail_count, sizeof(reactor_->mail_count));
  reactor_->mail.async_read_some(buffer, [this](error_code ec, size_t) {
    if (ec) return;
    for (const auto& work : mailbox->Take()) work();
    WaitForMail();
  });
}

}  // namespace weir::net
