// The part of a TcpStream that does the work; counted, because the end of an operation may be the
// end of its stream.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "net/loop.h"
#include "net/stream.h"

namespace weir::net {

class TcpCore : public boost::intrusive_ref_counter<TcpCore, boost::thread_unsafe_counter> {
 public:
  TcpCore(Worker::Loop& loop, int fd);
  ~TcpCore();

  bool StartRead(std::span<char> into, SteadyTime deadline, IoOp* op);
  bool StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline, IoOp* op);
  void Cancel();
  void Close();
  void Abandon();  // the stream is gone: nobody hears of pending operations
  bool IsQuiet() const;

 private:
  struct Direction {
    IoOp* op = nullptr;
    SteadyTime deadline = SteadyTime::max();
    IoStatus stop = IoStatus::kOk;  // why it is being stopped
  };

  void OnReady(uint32_t events);
  void OnSoon();
  bool ReadNow(IoResult* result);
  bool WriteNow();
  void Begin(Direction* direction, SteadyTime deadline, IoOp* op);
  void Finish(Direction* direction, IoResult result);
  void Stop(Direction* direction, IoStatus why);
  void OnDeadline();

  Worker::Loop& loop_;
  int fd_;
  Watched watched_;
  Soon soon_;
  Deadline deadline_;
  Direction read_;
  Direction write_;
  std::span<char> into_;
  std::span<const std::string_view> pieces_;
  IoResult written_;
  int reads_at_once_ = 0;
  bool readable_ = false;  // recv may find something
  bool writable_ = true;
  bool ending_ = false;  // the peer has closed or broken: recv says so once all is read
};

}  // namespace weir::net
