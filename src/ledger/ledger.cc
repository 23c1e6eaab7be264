#include "ledger/ledger.h"

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ledger/ledger_core.h"

namespace weir::ledger {
namespace {

// How often an idle ledger looks whether its files are still there and rows have expired.
constexpr std::chrono::seconds kIdle{1};
// Rows go to the sink when they are a batch, or this late: a small batch costs nearly as much as a
// large one. In units of `fsync`, and never later than the limit.
constexpr uint64_t kFeedRows = 1000;
constexpr int kFeedEvery = 5;
constexpr std::chrono::milliseconds kFeedLimit{500};

class ThreadedLedger final : public Ledger {
 public:
  ThreadedLedger(std::unique_ptr<LedgerCore> core, std::chrono::milliseconds fsync)
      : core_(std::move(core)), fsync_(fsync), thread_([this] { Run(); }) {}
  ~ThreadedLedger() override;

  void Append(const Batch& batch) override;
  LedgerHealth health() const override { return core_->health(); }
  bool Drain(std::chrono::milliseconds limit) override;

 private:
  using SteadyClock = std::chrono::steady_clock;

  void Run();
  bool Work(bool feed);
  void Rest(std::unique_lock<std::mutex>* lock);

  const std::unique_ptr<LedgerCore> core_;
  const std::chrono::milliseconds fsync_;
  std::atomic<bool> pending_ = true;  // rows since the last step began
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable stepped_;
  bool hurry_ = false;
  bool stop_ = false;
  SteadyClock::time_point next_feed_;  // of the thread
  std::thread thread_;
};

ThreadedLedger::~ThreadedLedger() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
  core_->Finish();
}

void ThreadedLedger::Append(const Batch& batch) {
  core_->Append(batch);
  if (pending_.load(std::memory_order_relaxed) || pending_.exchange(true)) return;
  // Under the mutex, or the thread could look and fall asleep between the two.
  {
    std::lock_guard lock(mutex_);
  }
  wake_.notify_all();
}

// Sleeps until rows come, then as long as `fsync` allows, so that one step serves many rows; or
// until those that came before are due for the sink.
void ThreadedLedger::Rest(std::unique_lock<std::mutex>* lock) {
  auto until = SteadyClock::now() + kIdle;
  if (core_->lag() > 0) until = std::min(until, next_feed_);
  wake_.wait_until(*lock, until, [this] { return stop_ || hurry_ || pending_; });
  if (pending_) wake_.wait_for(*lock, fsync_, [this] { return stop_ || hurry_; });
}

bool ThreadedLedger::Work(bool feed) {
  const auto now = SteadyClock::now();
  if (!feed && now < next_feed_ && core_->lag() < kFeedRows) {
    if (!core_->Sync()) pending_ = true;
    return false;
  }
  next_feed_ = now + std::min<std::chrono::milliseconds>(kFeedEvery * fsync_, kFeedLimit);
  bool more = core_->Step();
  // A disk or a sink that refuses is asked again after `fsync`, not after an idle second.
  if (!core_->Drained()) pending_ = true;
  return more;
}

void ThreadedLedger::Run() {
  pthread_setname_np(pthread_self(), "ledger");
  bool more = true;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (!more) Rest(&lock);
    if (stop_) return;
    const bool feed = more || std::exchange(hurry_, false);
    pending_ = false;
    lock.unlock();
    more = Work(feed);
    lock.lock();
    stepped_.notify_all();
  }
}

bool ThreadedLedger::Drain(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return stepped_.wait_for(lock, limit, [this] {
    if (core_->Drained()) return true;
    hurry_ = true;
    wake_.notify_all();
    return false;
  });
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::Open(LedgerOptions options, const SinkRow& sink,
                                             const Clock& clock) {
  std::chrono::milliseconds fsync = options.fsync;
  WEIR_TRY(auto core, LedgerCore::Open(std::move(options), sink.open, clock, FileCalls::System()));
  return std::unique_ptr<Ledger>(std::make_unique<ThreadedLedger>(std::move(core), fsync));
}

}  // namespace weir::ledger
