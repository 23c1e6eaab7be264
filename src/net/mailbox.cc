#include "net/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace weir::net {
namespace {

int OpenEventFd() {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return fd;
}

}  // namespace

Mailbox::Mailbox() : fd_(OpenEventFd()) {}

Mailbox::~Mailbox() {
  ::close(fd_);
}

void Mailbox::Push(Work work) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    wake = waiting_.empty();
    waiting_.push_back(std::move(work));
  }
  if (wake) ::eventfd_write(fd_, 1);
}

std::vector<Mailbox::Work> Mailbox::Take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void Mailbox::Close() {
  std::vector<Work> dropped;  // destroyed outside the lock: its captures may push again
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(waiting_);
}

}  // namespace weir::net
