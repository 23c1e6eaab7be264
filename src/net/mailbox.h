// Work for a worker from other threads. Outlives its worker where a sender still holds it: what is
// pushed after Close() is dropped.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

namespace weir::net {

class Mailbox {
 public:
  using Work = std::function<void()>;

  Mailbox();  // throws std::system_error when no eventfd can be had
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void Push(Work work);      // any thread
  std::vector<Work> Take();  // the worker's thread
  void Close();
  int fd() const { return fd_; }  // an eventfd, readable while something lies here

 private:
  const int fd_;
  std::mutex mutex_;
  std::vector<Work> waiting_;
  bool closed_ = false;
};

}  // namespace weir::net
