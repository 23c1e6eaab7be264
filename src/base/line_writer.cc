#include "base/line_writer.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/secret.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds kGather{10};
constexpr size_t kGatherBytes = 64 << 10;
constexpr std::chrono::seconds kLastWait{2};

// False when the reader is gone.
bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

struct LineWriter::Queue {
  Queue(int to, size_t max_bytes) : fd(to), capacity(max_bytes) {}

  void Run();
  uint64_t Swap(std::string* batch);

  const int fd;
  const size_t capacity;
  std::mutex mutex;
  std::condition_variable wake;   // for the writing thread
  std::condition_variable ended;  // for the destructor
  std::string waiting;
  uint64_t lines = 0;  // in `waiting`
  uint64_t dropped = 0;
  bool hurry = false;
  bool stopping = false;
  bool done = false;
};

// Waits for lines, gathers their neighbours and counts them. 0: nothing is left and nothing will
// come.
uint64_t LineWriter::Queue::Swap(std::string* batch) {
  std::unique_lock lock(mutex);
  wake.wait(lock, [this] { return stopping || !waiting.empty(); });
  wake.wait_for(lock, kGather, [this] { return stopping || hurry; });
  hurry = false;
  batch->swap(waiting);
  return std::exchange(lines, 0);
}

void LineWriter::Queue::Run() {
  pthread_setname_np(pthread_self(), "log");
  std::string batch;
  while (const uint64_t count = Swap(&batch)) {
    ScrubSecrets(&batch);
    if (!WriteAll(fd, batch)) {
      std::lock_guard lock(mutex);
      dropped += count;
    }
    batch.clear();
  }
  std::lock_guard lock(mutex);
  done = true;
  ended.notify_all();
}

LineWriter::LineWriter(int fd, size_t max_bytes) : queue_(std::make_shared<Queue>(fd, max_bytes)) {
  std::thread([queue = queue_] { queue->Run(); }).detach();
}

LineWriter::~LineWriter() {
  std::unique_lock lock(queue_->mutex);
  queue_->stopping = true;
  queue_->wake.notify_one();
  queue_->ended.wait_for(lock, kLastWait, [this] { return queue_->done; });
}

void LineWriter::Append(std::string_view line, bool urgent) {
  Queue& queue = *queue_;
  bool notify = urgent;
  {
    std::lock_guard lock(queue.mutex);
    if (queue.waiting.size() + line.size() >= queue.capacity) {
      ++queue.dropped;
      return;
    }
    notify |= queue.waiting.empty();
    queue.waiting += line;
    queue.waiting += '\n';
    ++queue.lines;
    if (urgent || (!queue.hurry && queue.waiting.size() > kGatherBytes)) {
      queue.hurry = notify = true;
    }
  }
  if (notify) queue.wake.notify_one();
}

uint64_t LineWriter::dropped() const {
  std::lock_guard lock(queue_->mutex);
  return queue_->dropped;
}

}  // namespace weir
