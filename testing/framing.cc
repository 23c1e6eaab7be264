#include "testing/framing.h"

#include "net/server_connection.h"
#include "testing/memory_stream.h"

namespace weir {
namespace {

class Recorder final : public net::RequestHandler {
 public:
  explicit Recorder(FramedStream* framed) : framed_(*framed) {}

  net::ServerLimits limits() override { return {}; }
  Result<void> Admit(const http::RequestHead&) override { return {}; }
  net::Task<void> Handle(net::ServerConnection& connection) override {
    const http::RequestHead& head = connection.head();
    FramedRequest& request = framed_.requests.emplace_back();
    request.method = head.method;
    request.target = head.target;
    request.minor_version = head.minor_version;
    for (const http::Header& header : head.headers.all()) {
      request.headers.emplace_back(header.name, header.value);
    }
    request.body = connection.body();
    framed_.end =
        connection.keep_alive() ? FramedStream::End::kWaiting : FramedStream::End::kClosed;
    co_await connection.Respond(200, "text/plain", "", "");
  }
  net::Refusal Refuse(const Error&, const http::RequestHead*) override {
    framed_.end = FramedStream::End::kRefused;
    return {};
  }
  bool draining() override { return false; }
  void OnClosed(net::ServerConnection* connection) override {
    closed = true;
    delete connection;
  }

  bool closed = false;

 private:
  FramedStream& framed_;
};

}  // namespace

FramedStream Framer::Frame(std::string_view bytes, size_t stride) {
  FramedStream framed;
  Recorder recorder(&framed);
  auto owned = std::make_unique<MemoryStream>();
  MemoryStream& stream = *owned;
  stream.FeedSplit(bytes, stride);
  net::ServerConnection::Start(
      std::make_unique<net::ServerConnection>(worker_, std::move(owned), recorder));
  const auto run = [&] {
    while (!recorder.closed && stream.Step()) {
    }
  };
  run();
  if (recorder.closed) return framed;
  // The client leaves once everything has been read: while a request is served that would cancel
  // it.
  stream.End(net::IoStatus::kEof);
  run();
  return framed;
}

}  // namespace weir
