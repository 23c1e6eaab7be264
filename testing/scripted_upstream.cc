#include "testing/scripted_upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/strings.h"
#include "testing/wire.h"

namespace weir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGateTick{2};

int BoundSocket(uint16_t* port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no free port on 127.0.0.1");
  }
  *port = ntohs(address.sin_port);
  return fd;
}

std::string LoopbackUrl(std::string_view scheme, uint16_t port, std::string_view path) {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port) + std::string(path);
}

SslContext ContextOf(const Identity& identity) {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (SSL_CTX_use_certificate(context.get(), identity.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) != 1) {
    throw std::runtime_error("the server identity cannot be used");
  }
  return context;
}

}  // namespace

struct ScriptedUpstream::Server {
  explicit Server(SslContext tls) : context(std::move(tls)) {
    listener = BoundSocket(&port);
    if (listen(listener, 256) != 0) throw std::runtime_error("listen");
    acceptor = std::thread([this] { Accept(); });
  }
  ~Server() {
    stopping = true;
    acceptor.join();
    for (std::thread& thread : threads) thread.join();
    close(listener);
  }

  void Accept() {
    while (!stopping) {
      pollfd entry{listener, POLLIN, 0};
      if (poll(&entry, 1, 20) <= 0) continue;
      const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const std::lock_guard lock(mutex);
      const size_t connection = gone.size();
      gone.emplace_back();
      changed.notify_all();
      threads.emplace_back([this, fd, connection] { Serve(fd, connection); });
    }
  }

  void Serve(int fd, size_t connection) {
    Wire wire(fd, context.get(), stopping);
    std::string buffer;
    bool alive = wire.Handshake();
    while (alive) {
      SeenRequest request;
      request.connection = connection;
      alive = ReadRequest(wire, &buffer, &request) && Play(wire, ScriptFor(request));
    }
    if (wire.PeerGoneWithin(milliseconds(0))) NoteGone(connection);
  }

  // False at the end of the connection.
  static bool ReadRequest(Wire& wire, std::string* buffer, SeenRequest* request) {
    size_t head_end = 0;
    while ((head_end = buffer->find("\r\n\r\n")) == std::string::npos) {
      if (!wire.Read(buffer)) return false;
    }
    head_end += 4;
    request->head = buffer->substr(0, head_end);
    const size_t space = request->head.find(' ');
    request->method = request->head.substr(0, space);
    request->target =
        request->head.substr(space + 1, request->head.find(' ', space + 1) - space - 1);
    const auto length =
        static_cast<size_t>(ParseInt(request->Header("content-length")).value_or(0));
    while (buffer->size() < head_end + length) {
      if (!wire.Read(buffer)) return false;
    }
    request->body = buffer->substr(head_end, length);
    buffer->erase(0, head_end + length);
    request->arrived = std::chrono::steady_clock::now();
    return true;
  }

  Script ScriptFor(const SeenRequest& request) {
    std::unique_lock lock(mutex);
    seen.push_back(request);
    changed.notify_all();
    if (!queue.empty()) {
      Script script = std::move(queue.front());
      queue.pop_front();
      return script;
    }
    const Handler chosen = handler;
    lock.unlock();
    return chosen(request);
  }

  // True when the connection may carry another request.
  bool Play(Wire& wire, const Script& script) {
    for (const Step& step : script.Steps()) {
      switch (step.kind) {
        case Step::Kind::kSend:
          if (!Send(wire, step)) return false;
          break;
        case Step::Kind::kWait:
          while (!step.gate->WaitFor(kGateTick)) {
            if (wire.PeerGoneWithin(milliseconds(0))) return false;
          }
          break;
        case Step::Kind::kPause:
          if (wire.PeerGoneWithin(step.pause)) return false;
          break;
        case Step::Kind::kHang:
          while (!wire.PeerGoneWithin(milliseconds(1000))) continue;
          return false;
        case Step::Kind::kReset:
          wire.Reset();
          return false;
        case Step::Kind::kClose:
          wire.Finish();
          return false;
        case Step::Kind::kDrop:
          return false;
      }
    }
    return true;
  }

  bool Send(Wire& wire, const Step& step) {
    for (size_t i = 0; i < step.times; ++i) {
      if (!wire.Write(step.bytes)) return false;
      sent += step.bytes.size();
    }
    return true;
  }

  void NoteGone(size_t connection) {
    if (stopping) return;
    const std::lock_guard lock(mutex);
    gone[connection] = std::chrono::steady_clock::now();
    changed.notify_all();
  }

  SslContext context;
  uint16_t port = 0;
  int listener = -1;
  std::atomic<bool> stopping{false};
  std::atomic<uint64_t> sent{0};
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::deque<Script> queue;
  Handler handler = [](const SeenRequest&) {
    return Script::Json(R"({"error":{"message":"no script"}})", 500);
  };
  std::vector<SeenRequest> seen;
  std::vector<std::optional<SteadyTime>> gone;  // a connection
  std::list<std::thread> threads;
  std::thread acceptor;
};

std::string SeenRequest::Header(std::string_view name) const {
  for (std::string_view line : Split(head, '\n')) {
    const size_t colon = line.find(':');
    if (colon != line.npos && EqualsIgnoreCase(line.substr(0, colon), name)) {
      return std::string(Trim(line.substr(colon + 1)));
    }
  }
  return {};
}

ScriptedUpstream::ScriptedUpstream() : server_(std::make_unique<Server>(nullptr)) {}
ScriptedUpstream::ScriptedUpstream(const Identity& identity)
    : server_(std::make_unique<Server>(ContextOf(identity))) {}
ScriptedUpstream::~ScriptedUpstream() = default;

uint16_t ScriptedUpstream::port() const {
  return server_->port;
}

std::string ScriptedUpstream::Url(std::string_view path) const {
  return LoopbackUrl(server_->context ? "https" : "http", server_->port, path);
}

void ScriptedUpstream::Enqueue(Script script) {
  const std::lock_guard lock(server_->mutex);
  server_->queue.push_back(std::move(script));
}

void ScriptedUpstream::Always(Script script) {
  Handle([script = std::move(script)](const SeenRequest&) { return script; });
}

void ScriptedUpstream::Handle(Handler handler) {
  const std::lock_guard lock(server_->mutex);
  server_->handler = std::move(handler);
}

std::vector<SeenRequest> ScriptedUpstream::requests() const {
  const std::lock_guard lock(server_->mutex);
  return server_->seen;
}

size_t ScriptedUpstream::connections() const {
  const std::lock_guard lock(server_->mutex);
  return server_->gone.size();
}

uint64_t ScriptedUpstream::bytes_sent() const {
  return server_->sent;
}

bool ScriptedUpstream::WaitForRequests(size_t count, milliseconds limit) const {
  std::unique_lock lock(server_->mutex);
  return server_->changed.wait_for(lock, limit,
                                   [this, count] { return server_->seen.size() >= count; });
}

std::optional<SteadyTime> ScriptedUpstream::WaitForClientGone(size_t request,
                                                              milliseconds limit) const {
  std::unique_lock lock(server_->mutex);
  const auto left = [this, request] {
    return request < server_->seen.size() && server_->gone[server_->seen[request].connection];
  };
  if (!server_->changed.wait_for(lock, limit, left)) return std::nullopt;
  return server_->gone[server_->seen[request].connection];
}

RefusingPort::RefusingPort() : fd_(BoundSocket(&port_)) {}
RefusingPort::~RefusingPort() {
  close(fd_);
}
std::string RefusingPort::Url() const {
  return LoopbackUrl("http", port_, "/v1");
}

}  // namespace weir
