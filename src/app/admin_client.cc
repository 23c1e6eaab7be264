#include "app/admin_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "admin/admin_server.h"
#include "http/body.h"
#include "http/head.h"
#include "http/write.h"
#include "json/object.h"

namespace weir::app {
namespace {

constexpr timeval kPatience{10, 0};
constexpr size_t kMaxAnswer = 16 << 20;

std::string PortsFile(const std::string& data_dir) {
  return data_dir + "/ports.json";
}

class Socket {
 public:
  explicit Socket(int family) : fd_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

bool Connect(const Socket& socket, const std::string& host, uint16_t port) {
  setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (host.find(':') != std::string::npos) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    inet_pton(AF_INET6, host.c_str(), &address.sin6_addr);
    return connect(socket.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return connect(socket.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

// Everything until the server closes (the request asks it to).
std::string SendAndRead(const Socket& socket, std::string_view request) {
  if (send(socket.fd(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
  std::string answer;
  std::array<char, 16 << 10> buffer;
  for (;;) {
    ssize_t got = recv(socket.fd(), buffer.data(), buffer.size(), 0);
    if (got <= 0 || answer.size() > kMaxAnswer) return answer;
    answer.append(buffer.data(), static_cast<size_t>(got));
  }
}

Result<uint16_t> AdminPort(const std::string& data_dir) {
  std::ifstream in(PortsFile(data_dir));
  std::string text(std::istreambuf_iterator<char>(in), {});
  Result<json::Object> ports = json::Object::Parse(text);
  if (!in || !ports) {
    return MakeError(Reason::kIo, fmt::format("no server runs on data_dir {}", data_dir));
  }
  WEIR_TRY(std::optional<int64_t> port, ports->Int("admin"));
  return static_cast<uint16_t>(port.value_or(0));
}

std::string BuildRequest(const config::HostPort& host, const Secret& key, std::string_view method,
                         std::string_view path, std::string_view body) {
  std::string request;
  http::HeadWriter writer(&request);
  writer.RequestLine(method, path, "");
  writer.Field("host", host.ToString());
  writer.Field("authorization", fmt::format("Bearer {}", key.Reveal()));
  writer.Field("content-type", "application/json");
  writer.Field("connection", "close");
  writer.Field("content-length", body.size());
  writer.End();
  return request.append(body);
}

// "MESSAGE" of an error body, or the body itself.
std::string MessageOf(const std::string& body) {
  Result<json::Object> outer = json::Object::Parse(body);
  if (!outer) return body;
  Result<json::Object> error = json::Object::Parse(outer->Raw("error"));
  if (!error) return body;
  Result<std::string> message = error->RequiredString("message");
  return message ? *message : body;
}

Result<std::string> ReadAnswer(const std::string& answer) {
  http::ResponseHead head;
  WEIR_TRY(size_t size, http::ParseResponseHead(answer, {}, &head));
  if (size == 0) return MakeError(Reason::kIo, "the server's admin plane did not answer");
  http::BodyDecoder decoder(head.framing, Reason::kUpstreamProtocol);
  std::string body;
  for (size_t at = size; !decoder.ended();) {
    WEIR_TRY(http::BodyPiece piece, decoder.Next(std::string_view(answer).substr(at)));
    body += piece.data;
    at += piece.consumed;
    if (piece.consumed == 0 || at == answer.size()) break;
  }
  if (head.status / 100 == 2) return body;
  // What is wrong with the command is that with and without a server.
  return MakeError(head.status == 400 ? Reason::kBadRequest : Reason::kIo, MessageOf(body));
}

}  // namespace

bool IsRunning(const config::Settings& settings) {
  const Result<uint16_t> port = AdminPort(settings.data_dir);
  if (!port) return false;
  const Socket socket(settings.admin.listen.host.find(':') == std::string::npos ? AF_INET
                                                                                : AF_INET6);
  return Connect(socket, settings.admin.listen.host, *port);
}

Result<std::string> AskAdmin(const config::Settings& settings, std::string_view method,
                             std::string_view path, std::string_view body) {
  WEIR_TRY(uint16_t port, AdminPort(settings.data_dir));
  WEIR_TRY(std::optional<Secret> key, admin::ReadAdminKey(settings));
  if (!key) {
    return MakeError(Reason::kIo, fmt::format("no admin key in data_dir {}", settings.data_dir));
  }
  const std::string& host = settings.admin.listen.host;
  Socket socket(host.find(':') == std::string::npos ? AF_INET : AF_INET6);
  if (!Connect(socket, host, port)) {
    return MakeError(Reason::kIo, fmt::format("no server answers at {}:{} (data_dir {})", host,
                                              port, settings.data_dir));
  }
  config::HostPort at{host, port};
  return ReadAnswer(SendAndRead(socket, BuildRequest(at, *key, method, path, body)));
}

Result<void> WritePorts(const std::string& data_dir, Ports ports) {
  const std::string path = PortsFile(data_dir);
  const std::string fresh = path + ".new";  // renamed into place: a reader never sees half of it
  std::ofstream out(fresh, std::ios::trunc);
  out << fmt::format("{{\"data\":{},\"admin\":{}}}\n", ports.data, ports.admin);
  out.close();
  if (!out || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return MakeError(Reason::kIo, fmt::format("{} cannot be written", path));
  }
  return {};
}

void RemovePorts(const std::string& data_dir) {
  unlink(PortsFile(data_dir).c_str());
}

}  // namespace weir::app
