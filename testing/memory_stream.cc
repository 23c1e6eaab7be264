#include "testing/memory_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir {

using net::IoOp;
using net::IoResult;
using net::IoStatus;

void MemoryStream::Feed(std::string bytes) {
  if (!bytes.empty()) incoming_.push_back(std::move(bytes));
}

void MemoryStream::FeedSplit(std::string_view bytes, size_t size) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    Feed(std::string(bytes.substr(0, size)));
  }
}

void MemoryStream::End(IoStatus status) {
  end_ = status;
}

void MemoryStream::Expire() {
  Stop(IoStatus::kTimeout);
}

bool MemoryStream::StartRead(std::span<char> into, SteadyTime deadline, IoOp* op) {
  into_ = into;
  read_ = {nullptr, deadline, IoStatus::kOk, reads_++};
  if (!stepped_ && TryRead(&op->result)) return true;
  read_.op = op;
  return false;
}

bool MemoryStream::StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline,
                              IoOp* op) {
  pieces_ = pieces;
  accepted_ = 0;
  write_ = {nullptr, deadline, IoStatus::kOk, writes_++};
  if (!stepped_ && TryWrite(&op->result)) return true;
  write_.op = op;
  return false;
}

bool MemoryStream::Step() {
  IoResult result;
  if (write_.op != nullptr && TryWrite(&result)) {
    IoOp* op = std::exchange(write_.op, nullptr);
    op->result = result;
    op->done(op);
    return true;
  }
  if (read_.op != nullptr && TryRead(&result)) {
    IoOp* op = std::exchange(read_.op, nullptr);
    op->result = result;
    op->done(op);
    return true;
  }
  return false;
}

void MemoryStream::Close() {
  closed_ = true;
  Stop(IoStatus::kCancelled);
}

void MemoryStream::Stop(IoStatus why) {
  if (read_.op != nullptr) read_.stop = why;
  if (write_.op != nullptr) write_.stop = why;
}

bool MemoryStream::TryRead(IoResult* result) {
  const auto fault = read_faults_.find(read_.index);
  IoStatus status = read_.stop;
  if (status == IoStatus::kOk && closed_) status = IoStatus::kFailed;
  if (status == IoStatus::kOk && fault != read_faults_.end()) status = fault->second.status;
  if (status == IoStatus::kOk && incoming_.empty()) status = end_;
  *result = {0, status};
  if (status != IoStatus::kOk) return true;
  if (incoming_.empty()) return false;
  std::string& front = incoming_.front();
  result->bytes = std::min({front.size(), into_.size(), read_limit_});
  std::memcpy(into_.data(), front.data(), result->bytes);
  front.erase(0, result->bytes);
  if (front.empty()) incoming_.pop_front();
  return true;
}

bool MemoryStream::TryWrite(IoResult* result) {
  size_t total = 0;
  for (const std::string_view piece : pieces_) total += piece.size();
  const auto fault = write_faults_.find(write_.index);
  const bool fails = fault != write_faults_.end();
  IoStatus status = write_.stop;
  if (status == IoStatus::kOk && closed_) status = IoStatus::kFailed;
  if (status == IoStatus::kOk) {
    Accept(std::min(fails ? fault->second.accepted : total, total) - accepted_);
    if (fails) status = fault->second.status;
  }
  *result = {accepted_, status};
  return status != IoStatus::kOk || accepted_ == total;
}

// Takes the next bytes of the pieces, as far as there is room.
void MemoryStream::Accept(size_t bytes) {
  bytes = std::min(bytes, room_);
  if (room_ != kNoLimit) room_ -= bytes;
  size_t skip = accepted_;
  accepted_ += bytes;
  for (const std::string_view piece : pieces_) {
    const size_t skipped = std::min(skip, piece.size());
    skip -= skipped;
    const std::string_view part = piece.substr(skipped, bytes);
    written_ += part;
    bytes -= part.size();
  }
}

}  // namespace weir
