#include "net/tcp_core.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/tcp_stream.h"

namespace weir::net {
namespace {

// A reader whose peer is always faster must not keep the worker from its other connections.
constexpr int kReadsAtOnce = 16;

struct Gathered {
  iovec parts[64];
  size_t count = 0;
  size_t bytes = 0;
};

void Gather(std::span<const std::string_view> pieces, size_t skip, Gathered* out) {
  for (const std::string_view piece : pieces) {
    if (skip >= piece.size()) {
      skip -= piece.size();
      continue;
    }
    if (out->count == std::size(out->parts)) return;
    const std::string_view rest = piece.substr(skip);
    out->parts[out->count++] = {const_cast<char*>(rest.data()), rest.size()};
    out->bytes += rest.size();
    skip = 0;
  }
}

}  // namespace

TcpCore::TcpCore(Worker::Loop& loop, int fd) : loop_(loop), fd_(fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  watched_.owner = soon_.owner = deadline_.owner = this;
  watched_.ready = [](void* self, uint32_t events) {
    static_cast<TcpCore*>(self)->OnReady(events);
  };
  soon_.run = [](void* self) { static_cast<TcpCore*>(self)->OnSoon(); };
  deadline_.fire = [](void* self) { static_cast<TcpCore*>(self)->OnDeadline(); };
  if (!loop_.reactor().Watch(fd, &watched_)) Close();
}

TcpCore::~TcpCore() {
  Close();
}

bool TcpCore::StartRead(std::span<char> into, SteadyTime deadline, IoOp* op) {
  into_ = into;
  if (fd_ < 0) {
    op->result = {0, IoStatus::kFailed};
    return true;
  }
  const bool now = readable_ && ++reads_at_once_ < kReadsAtOnce;
  if (now && ReadNow(&op->result)) return true;
  Begin(&read_, deadline, op);
  reads_at_once_ = 0;
  if (readable_) loop_.Defer(&soon_);  // others first
  return false;
}

// False when there was nothing to read.
bool TcpCore::ReadNow(IoResult* result) {
  ssize_t bytes = -1;
  do {
    bytes = ::recv(fd_, into_.data(), into_.size(), MSG_DONTWAIT);
  } while (bytes < 0 && errno == EINTR);
  if (bytes < 0 && errno == EAGAIN) {
    readable_ = false;
    return false;
  }
  // A short read has emptied the socket; but an end that is known already is not told again.
  readable_ = ending_ || bytes == static_cast<ssize_t>(into_.size());
  if (bytes > 0) {
    *result = {static_cast<size_t>(bytes), IoStatus::kOk};
  } else {
    *result = {0, bytes == 0 ? IoStatus::kEof : StatusOfErrno(errno)};
  }
  return true;
}

bool TcpCore::StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline, IoOp* op) {
  pieces_ = pieces;
  written_ = {};
  if (fd_ < 0) {
    op->result = {0, IoStatus::kFailed};
    return true;
  }
  if (writable_ && WriteNow()) {
    op->result = written_;
    return true;
  }
  Begin(&write_, deadline, op);
  return false;
}

// Sends what the socket takes. True when all is sent or no more can be.
bool TcpCore::WriteNow() {
  for (;;) {
    Gathered gathered;
    Gather(pieces_, written_.bytes, &gathered);
    if (gathered.count == 0) return true;
    msghdr message{};
    message.msg_iov = gathered.parts;
    message.msg_iovlen = gathered.count;
    const ssize_t sent = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) {
      written_.status = StatusOfErrno(errno);
      return true;
    }
    if (sent > 0) written_.bytes += static_cast<size_t>(sent);
    writable_ = sent == static_cast<ssize_t>(gathered.bytes);
    if (!writable_) return false;
  }
}

void TcpCore::OnReady(uint32_t events) {
  const boost::intrusive_ptr<TcpCore> self(this);
  ending_ |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  readable_ |= ending_ || (events & EPOLLIN) != 0;
  writable_ |= (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
  OnSoon();
}

// Ends what can be ended now: moved on by the socket, or stopped.
void TcpCore::OnSoon() {
  const boost::intrusive_ptr<TcpCore> self(this);
  IoResult result;
  if (read_.op != nullptr) {
    if (fd_ >= 0 && readable_ && ReadNow(&result)) {
      Finish(&read_, result);
    } else if (read_.stop != IoStatus::kOk) {
      Finish(&read_, {0, read_.stop});
    }
  }
  if (write_.op != nullptr) {
    if (fd_ >= 0 && writable_ && WriteNow()) {
      Finish(&write_, written_);
    } else if (write_.stop != IoStatus::kOk) {
      Finish(&write_, {written_.bytes, write_.stop});
    }
  }
}

void TcpCore::Begin(Direction* direction, SteadyTime deadline, IoOp* op) {
  direction->op = op;
  direction->deadline = deadline;
  direction->stop = IoStatus::kOk;
  // A later deadline is only stored: the timer looks again when it fires.
  if (deadline < (deadline_.set() ? deadline_.at : SteadyTime::max())) {
    loop_.SetDeadline(&deadline_, deadline);
  }
}

void TcpCore::Finish(Direction* direction, IoResult result) {
  IoOp* op = std::exchange(direction->op, nullptr);
  direction->deadline = SteadyTime::max();
  direction->stop = IoStatus::kOk;
  op->result = result;
  op->done(op);
}

void TcpCore::Stop(Direction* direction, IoStatus why) {
  if (direction->op == nullptr || direction->stop != IoStatus::kOk) return;
  direction->stop = why;
  direction->deadline = SteadyTime::max();
  loop_.Defer(&soon_);
}

void TcpCore::Cancel() {
  Stop(&read_, IoStatus::kCancelled);
  Stop(&write_, IoStatus::kCancelled);
}

void TcpCore::Close() {
  Cancel();
  loop_.DropDeadline(&deadline_);
  loop_.reactor().Forget(&watched_);
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void TcpCore::Abandon() {
  read_.op = write_.op = nullptr;
  Close();
}

// As far as the last turn of the loop knows: usually no system call. A peer that closed since is
// found by the request that is sent to it, and that request is sent again.
bool TcpCore::IsQuiet() const {
  if (fd_ < 0 || ending_) return false;
  if (!readable_) return true;
  char byte = 0;  // the last read was exactly full
  return ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

void TcpCore::OnDeadline() {
  const SteadyTime now = loop_.clock.Steady();
  if (read_.deadline <= now) Stop(&read_, IoStatus::kTimeout);
  if (write_.deadline <= now) Stop(&write_, IoStatus::kTimeout);
  const SteadyTime next = std::min(read_.deadline, write_.deadline);
  if (next != SteadyTime::max()) loop_.SetDeadline(&deadline_, next);
}

}  // namespace weir::net
