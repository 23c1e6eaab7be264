#include "net/answer_stream.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <utility>

#include "net/loop.h"

namespace weir::net {
namespace {

class AnswerStream final : public Stream {
 public:
  AnswerStream(Worker& worker, std::unique_ptr<Responder> responder)
      : worker_(worker), responder_(std::move(responder)), timer_(worker) {
    soon_.owner = this;
    soon_.run = [](void* self) { static_cast<AnswerStream*>(self)->OnStopped(); };
  }

  bool StartRead(std::span<char> into, SteadyTime deadline, IoOp* op) override;
  bool StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline, IoOp* op) override;
  void Cancel() override {
    if (read_op_ != nullptr) worker_.loop().Defer(&soon_);
  }
  void Close() override {
    closed_ = true;
    due_.clear();
    Cancel();
  }
  std::string Detail() const override { return "in process"; }
  bool IsQuiet() override { return !closed_ && due_.empty(); }

 private:
  struct Due {
    SteadyTime at;
    std::string bytes;
    size_t taken = 0;
  };

  void Schedule(std::vector<TimedBytes> answer);
  void SetTimer();
  void OnTimer();
  void OnStopped() { Finish({0, IoStatus::kCancelled}); }
  void Finish(IoResult result);
  size_t TakeDue(SteadyTime now);

  Worker& worker_;
  const std::unique_ptr<Responder> responder_;
  std::string written_;
  std::deque<Due> due_;
  IoOp* read_op_ = nullptr;
  std::span<char> into_;
  SteadyTime deadline_;
  Timer timer_;
  Soon soon_;
  bool closed_ = false;
};

bool AnswerStream::StartRead(std::span<char> into, SteadyTime deadline, IoOp* op) {
  into_ = into;
  deadline_ = deadline;
  const size_t bytes = due_.empty() ? 0 : TakeDue(worker_.clock().Steady());
  if (bytes > 0 || closed_) {
    op->result = {bytes, closed_ ? IoStatus::kFailed : IoStatus::kOk};
    return true;
  }
  read_op_ = op;
  SetTimer();
  return false;
}

bool AnswerStream::StartWrite(std::span<const std::string_view> pieces, SteadyTime, IoOp* op) {
  op->result = {0, closed_ ? IoStatus::kFailed : IoStatus::kOk};
  if (closed_) return true;
  for (const std::string_view piece : pieces) {
    written_ += piece;
    op->result.bytes += piece.size();
  }
  auto answer = responder_->Answer(written_);
  if (!answer) return true;
  written_.clear();
  Schedule(*std::move(answer));
  if (read_op_ != nullptr) SetTimer();
  return true;
}

void AnswerStream::Schedule(std::vector<TimedBytes> answer) {
  SteadyTime at = worker_.clock().Steady();
  if (!due_.empty()) at = std::max(at, due_.back().at);
  for (TimedBytes& timed : answer) {
    at += timed.delay;
    if (!timed.bytes.empty()) due_.push_back({at, std::move(timed.bytes)});
  }
}

void AnswerStream::SetTimer() {
  const SteadyTime next = due_.empty() ? SteadyTime::max() : due_.front().at;
  timer_.Start(
      std::min(next, deadline_), [](void* self) { static_cast<AnswerStream*>(self)->OnTimer(); },
      this);
}

void AnswerStream::OnTimer() {
  const SteadyTime now = worker_.clock().Steady();
  const size_t bytes = TakeDue(now);
  if (bytes > 0) return Finish({bytes, IoStatus::kOk});
  if (now >= deadline_) return Finish({0, IoStatus::kTimeout});
  SetTimer();
}

void AnswerStream::Finish(IoResult result) {
  timer_.Cancel();
  soon_.Unlink();
  IoOp* op = std::exchange(read_op_, nullptr);
  op->result = result;
  op->done(op);
}

size_t AnswerStream::TakeDue(SteadyTime now) {
  size_t filled = 0;
  while (!due_.empty() && due_.front().at <= now && filled < into_.size()) {
    Due& front = due_.front();
    const size_t bytes = std::min(front.bytes.size() - front.taken, into_.size() - filled);
    std::memcpy(into_.data() + filled, front.bytes.data() + front.taken, bytes);
    filled += bytes;
    front.taken += bytes;
    if (front.taken == front.bytes.size()) due_.pop_front();
  }
  return filled;
}

}  // namespace

std::unique_ptr<Stream> MakeAnswerStream(Worker& worker, std::unique_ptr<Responder> responder) {
  return std::make_unique<AnswerStream>(worker, std::move(responder));
}

}  // namespace weir::net
