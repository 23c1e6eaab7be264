#include "net/tcp_stream.h"

#include <cerrno>

#include "net/tcp_core.h"

namespace weir::net {
namespace {

class TcpStream final : public Stream {
 public:
  TcpStream(Worker& worker, int fd, const Address& peer)
      : core_(new TcpCore(worker.loop(), fd)), peer_(peer) {}
  ~TcpStream() override { core_->Abandon(); }

  bool StartRead(std::span<char> into, SteadyTime deadline, IoOp* op) override {
    return core_->StartRead(into, deadline, op);
  }
  bool StartWrite(std::span<const std::string_view> pieces, SteadyTime deadline,
                  IoOp* op) override {
    return core_->StartWrite(pieces, deadline, op);
  }
  void Cancel() override { core_->Cancel(); }
  void Close() override { core_->Close(); }
  std::string Detail() const override { return peer_.Text(); }
  bool IsQuiet() override { return core_->IsQuiet(); }

 private:
  const boost::intrusive_ptr<TcpCore> core_;
  const Address peer_;
};

}  // namespace

std::unique_ptr<Stream> MakeTcpStream(Worker& worker, int fd, const Address& peer) {
  return std::make_unique<TcpStream>(worker, fd, peer);
}

IoStatus StatusOfErrno(int error) {
  switch (error) {
    case ECONNRESET:
    case EPIPE:
    case ENOTCONN:
    case ETIMEDOUT:  // the kernel gave up on an unacknowledged peer
      return IoStatus::kReset;
    default:
      return IoStatus::kFailed;
  }
}

}  // namespace weir::net
