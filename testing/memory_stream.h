// A net::Stream in memory, for tests without sockets, loops or clocks. What the peer sends is fed
// to it; what is written to it is recorded. Reads and writes can be split and made to fail at their
// N-th call.
//
// A read with nothing to deliver stays pending until Feed(), End(), Expire() or Cancel() and the
// next Step(): `done` runs inside Step() alone (and inside Run()), never inside the stream's own
// calls.
#pragma once

#include <deque>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "net/stream.h"

namespace weir {

class MemoryStream : public net::Stream {
 public:
  static constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();

  // The peer sends. Each Feed() is delivered by reads of its own.
  void Feed(std::string bytes);
  // As many Feeds as there are pieces of at most `size` bytes.
  void FeedSplit(std::string_view bytes, size_t size);
  // After everything fed, reads end like this (again and again).
  void End(net::IoStatus status);
  // Pending operations end with kTimeout, as if the deadline had passed.
  void Expire();

  // The n-th read or write (from 0, over the stream's life) fails; a write after `accepted` bytes.
  void FailRead(int nth, net::IoStatus status) { read_faults_[nth] = {status, 0}; }
  void FailWrite(int nth, net::IoStatus status, size_t accepted = 0) {
    write_faults_[nth] = {status, accepted};
  }
  // At most so many bytes a read.
  void SetReadLimit(size_t bytes) { read_limit_ = bytes; }
  // Room for the peer's reading: writes beyond it stay pending until MakeRoom().
  void SetRoom(size_t bytes) { room_ = bytes; }
  void MakeRoom(size_t bytes) { room_ = bytes > kNoLimit - room_ ? kNoLimit : room_ + bytes; }
  // Nothing finishes at once: each operation waits for a Step().
  void SetStepped(bool stepped) { stepped_ = stepped; }

  // Ends one pending operation that can end; false when there is none.
  bool Step();
  void Run() {
    while (Step()) {
    }
  }

  const std::string& written() const { return written_; }
  std::string TakeWritten() { return std::exchange(written_, {}); }
  int reads() const { return reads_; }
  int writes() const { return writes_; }
  bool closed() const { return closed_; }
  bool read_pending() const { return read_.op != nullptr; }
  bool write_pending() const { return write_.op != nullptr; }
  SteadyTime read_deadline() const { return read_.deadline; }
  SteadyTime write_deadline() const { return write_.deadline; }

  bool StartRead(std::span<char> into, SteadyTime deadline, net::IoOp* op) override;
  bool StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline,
                  net::IoOp* op) override;
  void Cancel() override { Stop(net::IoStatus::kCancelled); }
  void Close() override;
  std::string Detail() const override { return "memory"; }
  bool IsQuiet() override { return !closed_ && incoming_.empty() && end_ == net::IoStatus::kOk; }

 private:
  struct Pending {
    net::IoOp* op = nullptr;
    SteadyTime deadline{};
    net::IoStatus stop = net::IoStatus::kOk;
    int index = 0;
  };
  struct Fault {
    net::IoStatus status;
    size_t accepted;
  };

  void Stop(net::IoStatus why);
  bool TryRead(net::IoResult* result);
  bool TryWrite(net::IoResult* result);
  void Accept(size_t bytes);

  std::deque<std::string> incoming_;
  net::IoStatus end_ = net::IoStatus::kOk;
  size_t read_limit_ = kNoLimit;
  size_t room_ = kNoLimit;
  bool stepped_ = false;
  bool closed_ = false;
  std::map<int, Fault> read_faults_;
  std::map<int, Fault> write_faults_;
  int reads_ = 0;
  int writes_ = 0;
  std::string written_;
  Pending read_;
  std::span<char> into_;
  Pending write_;
  std::span<const std::string_view> pieces_;
  size_t accepted_ = 0;  // of pieces_
};

}  // namespace weir
