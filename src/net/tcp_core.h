// The part of a TcpStream that may outlive it: Asio's handlers hold a reference until they have
// run, and find no operation when the stream is gone.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include "net/asio.h"
#include "net/handler_slot.h"
#include "net/loop.h"
#include "net/stream.h"

namespace weir::net {

class TcpCore : public boost::intrusive_ref_counter<TcpCore, boost::thread_unsafe_counter> {
 public:
  TcpCore(Worker::Loop& loop, int fd, int family);

  bool StartRead(std::span<char> into, SteadyTime deadline, IoOp* op);
  bool StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline, IoOp* op);
  void Cancel();
  void Close();
  void Abandon();  // the stream is gone: nobody hears of pending operations
  bool IsQuiet();

 private:
  struct Direction {
    IoOp* op = nullptr;
    SteadyTime deadline = SteadyTime::max();
    IoStatus stop = IoStatus::kOk;  // why it is being stopped
    HandlerSlot memory;
  };
  struct ReadHandler;
  struct WriteHandler;

  void AwaitRead();
  void OnRead(error_code ec, size_t bytes);
  bool ReadNow(IoOp* op);
  void AwaitWritable();
  void OnWritable(error_code ec);
  bool WriteNow();
  void Begin(Direction* direction, SteadyTime deadline, IoOp* op);
  void Finish(Direction* direction);
  void Stop(Direction* direction, IoStatus why);
  void OnDeadline();
  void Rearm();

  Worker::Loop& loop_;
  Socket socket_;
  Deadline deadline_;
  Direction read_;
  Direction write_;
  std::span<char> into_;
  std::span<const std::string_view> pieces_;
  IoResult written_;
  int reads_at_once_ = 0;
  bool more_likely_ = false;
};

}  // namespace weir::net
