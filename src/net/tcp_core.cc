#include "net/tcp_core.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

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

struct TcpCore::ReadHandler {
  using allocator_type = SlotAllocator<void>;
  allocator_type get_allocator() const { return allocator_type(&core->read_.memory); }
  void operator()(error_code ec, size_t bytes) const { core->OnRead(ec, bytes); }
  boost::intrusive_ptr<TcpCore> core;
};

struct TcpCore::WriteHandler {
  using allocator_type = SlotAllocator<void>;
  allocator_type get_allocator() const { return allocator_type(&core->write_.memory); }
  void operator()(error_code ec) const { core->OnWritable(ec); }
  boost::intrusive_ptr<TcpCore> core;
};

TcpCore::TcpCore(Worker::Loop& loop, int fd, int family) : loop_(loop), socket_(loop.io()) {
  error_code ignored;
  socket_.assign(family == AF_INET6 ? Tcp::v6() : Tcp::v4(), fd, ignored);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  deadline_.owner = this;
  deadline_.fire = [](void* self) { static_cast<TcpCore*>(self)->OnDeadline(); };
}

bool TcpCore::StartRead(std::span<char> into, SteadyTime deadline, IoOp* op) {
  if (!socket_.is_open()) {
    op->result = {0, IoStatus::kFailed};
    return true;
  }
  into_ = into;
  if (more_likely_ && reads_at_once_++ < kReadsAtOnce && ReadNow(op)) return true;
  reads_at_once_ = 0;
  Begin(&read_, deadline, op);
  AwaitRead();
  return false;
}

// Asio tries recv itself before it waits, so trying here too only pays where bytes surely wait.
void TcpCore::AwaitRead() {
  socket_.async_read_some(asio::buffer(into_.data(), into_.size()), ReadHandler{this});
}

bool TcpCore::ReadNow(IoOp* op) {
  const ssize_t bytes = ::recv(socket_.native_handle(), into_.data(), into_.size(), MSG_DONTWAIT);
  if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  more_likely_ = bytes == static_cast<ssize_t>(into_.size());
  if (bytes > 0) {
    op->result = {static_cast<size_t>(bytes), IoStatus::kOk};
  } else {
    op->result = {0, bytes == 0 ? IoStatus::kEof : StatusOfErrno(errno)};
  }
  return true;
}

void TcpCore::OnRead(error_code ec, size_t bytes) {
  if (read_.op == nullptr) return;
  // Asio cancels both directions of a socket at once: go on when it was the other that had to stop.
  if (ec == asio::error::operation_aborted && read_.stop == IoStatus::kOk) return AwaitRead();
  more_likely_ = bytes > 0 && bytes == into_.size();
  IoStatus status = IoStatus::kOk;
  if (ec == asio::error::operation_aborted) {
    status = read_.stop;
  } else if (ec == asio::error::eof) {
    status = IoStatus::kEof;
  } else if (ec) {
    status = StatusOfErrno(ec.value());
  }
  read_.op->result = {bytes, status};
  Finish(&read_);
}

bool TcpCore::StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline, IoOp* op) {
  if (!socket_.is_open()) {
    op->result = {0, IoStatus::kFailed};
    return true;
  }
  pieces_ = pieces;
  written_ = {};
  if (WriteNow()) {
    op->result = written_;
    return true;
  }
  Begin(&write_, deadline, op);
  AwaitWritable();
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
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return false;
    if (sent < 0) {
      written_.status = StatusOfErrno(errno);
      return true;
    }
    written_.bytes += static_cast<size_t>(sent);
    if (static_cast<size_t>(sent) < gathered.bytes) return false;
  }
}

void TcpCore::AwaitWritable() {
  socket_.async_wait(Socket::wait_write, WriteHandler{this});
}

void TcpCore::OnWritable(error_code ec) {
  if (write_.op == nullptr) return;
  const bool aborted = ec == asio::error::operation_aborted;
  if (ec && !aborted) {
    written_.status = StatusOfErrno(ec.value());
  } else if (aborted || !WriteNow()) {
    if (write_.stop == IoStatus::kOk) return AwaitWritable();
    written_.status = write_.stop;
  }
  write_.op->result = written_;
  Finish(&write_);
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

void TcpCore::Finish(Direction* direction) {
  IoOp* op = std::exchange(direction->op, nullptr);
  direction->deadline = SteadyTime::max();
  op->done(op);
}

void TcpCore::Stop(Direction* direction, IoStatus why) {
  if (direction->op == nullptr || direction->stop != IoStatus::kOk) return;
  direction->stop = why;
  direction->deadline = SteadyTime::max();
}

void TcpCore::Cancel() {
  Stop(&read_, IoStatus::kCancelled);
  Stop(&write_, IoStatus::kCancelled);
  error_code ignored;
  socket_.cancel(ignored);
}

void TcpCore::Close() {
  Stop(&read_, IoStatus::kCancelled);
  Stop(&write_, IoStatus::kCancelled);
  loop_.DropDeadline(&deadline_);
  error_code ignored;
  socket_.close(ignored);
}

void TcpCore::Abandon() {
  read_.op = write_.op = nullptr;
  Close();
}

bool TcpCore::IsQuiet() {
  char byte = 0;
  if (!socket_.is_open()) return false;
  const ssize_t seen = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return seen < 0 && errno == EAGAIN;
}

void TcpCore::OnDeadline() {
  const SteadyTime now = loop_.clock.Steady();
  const bool read_late = read_.deadline <= now;
  const bool write_late = write_.deadline <= now;
  if (read_late) Stop(&read_, IoStatus::kTimeout);
  if (write_late) Stop(&write_, IoStatus::kTimeout);
  Rearm();
  error_code ignored;
  if (read_late || write_late) socket_.cancel(ignored);
}

void TcpCore::Rearm() {
  const SteadyTime next = std::min(read_.deadline, write_.deadline);
  if (next != SteadyTime::max()) loop_.SetDeadline(&deadline_, next);
}

}  // namespace weir::net
