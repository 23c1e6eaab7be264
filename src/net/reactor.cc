#include "net/reactor.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace weir::net {

Reactor::Reactor(StepClock& clock) : clock_(clock), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Reactor::~Reactor() {
  ::close(epoll_);
}

bool Reactor::Watch(int fd, Watched* watched) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = watched;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0) return true;
  return errno == EEXIST && ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0;
}

void Reactor::Forget(Watched* watched) {
  if (watched->slot_ == Watched::kNone) return;
  batch_[watched->slot_].data.ptr = nullptr;
  watched->slot_ = Watched::kNone;
}

bool Reactor::Wait(std::chrono::milliseconds longest) {
  const int count = ::epoll_wait(epoll_, batch_.data(), static_cast<int>(batch_.size()),
                                 static_cast<int>(longest.count()));
  // A handler may end the owner of a later event: each knows its place, to be taken out.
  for (int i = 0; i < count; ++i) {
    static_cast<Watched*>(batch_[i].data.ptr)->slot_ = static_cast<size_t>(i);
  }
  for (int i = 0; i < count; ++i) {
    auto* watched = static_cast<Watched*>(batch_[i].data.ptr);
    if (watched == nullptr) continue;
    watched->slot_ = Watched::kNone;
    clock_.Begin();
    watched->ready(watched->owner, batch_[i].events);
  }
  clock_.End();
  return count > 0;
}

}  // namespace weir::net
