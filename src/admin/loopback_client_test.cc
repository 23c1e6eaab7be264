#include "admin/loopback_client_test.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/strings.h"

namespace weir::admin {
namespace {

constexpr timeval kPatience{20, 0};

}  // namespace

std::string Reply::Header(std::string_view name) const {
  for (std::string_view line : Split(head, '\n')) {
    size_t colon = line.find(':');
    if (colon != std::string_view::npos && EqualsIgnoreCase(line.substr(0, colon), name)) {
      return std::string(Trim(line.substr(colon + 1)));
    }
  }
  return {};
}

LoopbackClient::LoopbackClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(std::exchange(fd_, -1));
  }
}

LoopbackClient::~LoopbackClient() {
  if (fd_ >= 0) close(fd_);
}

bool LoopbackClient::Send(std::string_view bytes) {
  return send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

Reply LoopbackClient::ReadReply() {
  Reply reply;
  std::string bytes;
  for (size_t want = 1; bytes.size() < want;) {
    std::array<char, 16384> piece;
    ssize_t size = recv(fd_, piece.data(), piece.size(), 0);
    if (size <= 0) return {};
    bytes.append(piece.data(), static_cast<size_t>(size));
    size_t end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) {
      want = bytes.size() + 1;
      continue;
    }
    reply.head = bytes.substr(0, end);
    want = end + 4 + ParseUint(reply.Header("content-length")).value_or(0);
    reply.body = bytes.substr(end + 4);
  }
  reply.status = static_cast<int>(ParseInt(reply.head.substr(9, 3)).value_or(0));
  return reply;
}

Reply AskOnce(uint16_t port, std::string_view request) {
  LoopbackClient client(port);
  client.Send(request);
  return client.ReadReply();
}

}  // namespace weir::admin
