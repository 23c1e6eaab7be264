#include "net/redis_connection.h"

#include <algorithm>
#include <utility>

namespace weir::net {
namespace {

constexpr size_t kReadSize = 16 << 10;
constexpr size_t kPiecesAtOnce = 64;

void Count(std::atomic<uint64_t>* counter, uint64_t by) {
  counter->fetch_add(by, std::memory_order_relaxed);
}

void Finish(const RedisSlot& slot, RedisEnd end, RedisReply reply) {
  RedisCall* call = slot.call;
  if (call == nullptr) return;
  call->slot = nullptr;
  call->end = end;
  call->reply = std::move(reply);
  call->done(call);
}

std::string_view WhyEnded(IoStatus status) {
  return status == IoStatus::kEof ? "it closed the connection" : "the connection broke";
}

}  // namespace

RedisCall::~RedisCall() {
  if (slot != nullptr) slot->call = nullptr;
}

RedisConnection::RedisConnection(Worker& worker, std::unique_ptr<Stream> stream,
                                 const RedisLimits& limits, RedisTraffic& traffic, Owner& owner)
    : loop_(worker.loop()),
      limits_(limits),
      traffic_(traffic),
      owner_(owner),
      stream_(std::move(stream)),
      reader_(limits.most_answer),
      buffer_(new char[kReadSize]) {
  read_.self = write_.self = this;
  flush_.owner = deadline_.owner = look_.owner = this;
  read_.done = [](IoOp* op) {
    RedisConnection* self = static_cast<Operation*>(op)->self;
    self->Take(op->result);
    self->Read();
  };
  write_.done = [](IoOp* op) {
    RedisConnection* self = static_cast<Operation*>(op)->self;
    if (self->Wrote(op->result)) self->Flush();
  };
  flush_.run = [](void* self) { static_cast<RedisConnection*>(self)->OnSoon(); };
  deadline_.fire = [](void* self) { static_cast<RedisConnection*>(self)->OnDeadline(); };
  look_.run = [](void* self) { static_cast<RedisConnection*>(self)->Look(); };
  Count(&traffic_.connects, 1);
  loop_.Defer(&flush_);
}

RedisConnection::~RedisConnection() {
  loop_.DropDeadline(&deadline_);
  for (const RedisSlot& slot : slots_) Finish(slot, RedisEnd::kLost, {});
}

bool RedisConnection::Send(RedisCommand command, RedisCall* call) {
  if (ended()) return false;
  const size_t size = command.bytes().size();
  if (slots_.size() >= limits_.most_commands || unsent_bytes_ + size > limits_.most_unsent) {
    Count(&traffic_.dropped, 1);
    return false;
  }
  slots_.push_back({call, loop_.clock.Steady() + limits_.deadline, command.answer()});
  if (call != nullptr) call->slot = &slots_.back();
  unsent_.push_back(std::move(command));
  unsent_bytes_ += size;
  Count(&traffic_.commands, 1);
  if (!deadline_.set() && looks_left_ == 0) loop_.SetDeadline(&deadline_, slots_.front().deadline);
  loop_.Defer(&flush_);
  return true;
}

void RedisConnection::OnSoon() {
  Flush();
  if (!std::exchange(reading_, true)) Read();
}

void RedisConnection::Flush() {
  while (!ended() && !writing_ && !unsent_.empty()) {
    pieces_.clear();
    for (const RedisCommand& command : unsent_) {
      if (pieces_.size() == kPiecesAtOnce) break;
      pieces_.push_back(command.bytes());
    }
    writing_ = true;
    // No deadline of its own: the first command's is at hand.
    if (!stream_->StartWrite(pieces_, SteadyTime::max(), &write_)) return;
    if (!Wrote(write_.result)) return;
  }
}

bool RedisConnection::Wrote(IoResult written) {
  writing_ = false;
  Count(&traffic_.sent_bytes, written.bytes);
  if (!written.ok()) {
    End(RedisEnd::kLost, std::string(WhyEnded(written.status)));
    return false;
  }
  // Only now it is Redis that takes the time: what the worker did since Send() is not its fault.
  const SteadyTime deadline = loop_.clock.Steady() + limits_.deadline;
  size_t slot = slots_.size() - std::min(slots_.size(), unsent_.size());
  for (const std::string_view piece : pieces_) {
    unsent_bytes_ -= piece.size();
    unsent_.pop_front();
    if (slot < slots_.size()) slots_[slot++].deadline = deadline;
  }
  return true;
}

void RedisConnection::Read() {
  while (!ended()) {
    if (!stream_->StartRead({buffer_.get(), kReadSize}, SteadyTime::max(), &read_)) return;
    Take(read_.result);
  }
}

void RedisConnection::Take(IoResult read) {
  if (!read.ok()) return End(RedisEnd::kLost, std::string(WhyEnded(read.status)));
  Count(&traffic_.received_bytes, read.bytes);
  reader_.Feed({buffer_.get(), read.bytes});
  RedisReply reply;
  while (!ended()) {
    const RedisReader::Step step = reader_.Next(&reply);
    if (step == RedisReader::Step::kMore) return;
    if (step == RedisReader::Step::kBroken) return End(RedisEnd::kLost, reader_.failure());
    Deliver(std::move(reply));
  }
}

// An answer of a kind that the command does not have belongs to another command: whatever has
// happened, nothing of this connection can be believed any more.
void RedisConnection::Deliver(RedisReply reply) {
  using Kind = RedisReply::Kind;
  if (slots_.empty()) return End(RedisEnd::kLost, "it sent what nobody had asked for");
  if (reply.kind != slots_.front().answer && reply.kind != Kind::kError) {
    return End(RedisEnd::kLost, "it sent another kind of answer than was asked for");
  }
  RedisSlot slot = slots_.front();
  if (slot.call != nullptr) slot.call->slot = &slot;
  slots_.pop_front();
  if (reply.kind == Kind::kError) Count(&traffic_.errors, 1);
  owner_.Answered(reply);
  Finish(slot, RedisEnd::kAnswered, std::move(reply));
}

bool RedisConnection::Overdue() const {
  return !slots_.empty() && slots_.front().deadline <= loop_.clock.Steady();
}

// A worker that was busy sees the time before it sees what has arrived meanwhile: the sockets are
// looked at once more before the connection is given up.
void RedisConnection::OnDeadline() {
  if (slots_.empty()) return;
  if (!Overdue()) return loop_.SetDeadline(&deadline_, slots_.front().deadline);
  looks_left_ = 2;
  loop_.Defer(&look_);
}

void RedisConnection::Look() {
  if (--looks_left_ > 0) return loop_.Defer(&look_);
  if (Overdue()) return End(RedisEnd::kTimeout, "it does not answer in time");
  if (!slots_.empty()) loop_.SetDeadline(&deadline_, slots_.front().deadline);
}

void RedisConnection::End(RedisEnd how, std::string why) {
  if (ended()) return;
  stream_.reset();
  loop_.DropDeadline(&deadline_);
  flush_.Unlink();
  look_.Unlink();
  unsent_.clear();
  std::deque<RedisSlot> unanswered;
  unanswered.swap(slots_);
  const SteadyTime now = loop_.clock.Steady();
  for (const RedisSlot& slot : unanswered) {
    const bool late = how == RedisEnd::kTimeout && slot.deadline <= now;
    Count(late ? &traffic_.timeouts : &traffic_.errors, 1);
  }
  owner_.Ended(unanswered.size(), std::move(why));
  for (const RedisSlot& slot : unanswered) {
    const bool late = how == RedisEnd::kTimeout && slot.deadline <= now;
    Finish(slot, late ? RedisEnd::kTimeout : RedisEnd::kLost, {});
  }
}

}  // namespace weir::net
