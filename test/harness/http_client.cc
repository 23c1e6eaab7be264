#include "test/harness/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include "base/strings.h"

namespace weir::e2e {
namespace {

bool IsHeadOfInterim(std::string_view head) {
  return head.substr(9, 1) == "1";
}

void ParseHead(std::string_view head, HttpAnswer* answer) {
  answer->status = static_cast<int>(ParseInt(head.substr(9, 3)).value_or(0));
  for (std::string_view line : Split(head, '\n')) {
    const size_t colon = line.find(':');
    if (colon == line.npos) continue;
    answer->headers.emplace_back(AsciiLower(line.substr(0, colon)), Trim(line.substr(colon + 1)));
  }
}

bool HasHeader(const Headers& headers, std::string_view name) {
  return std::ranges::any_of(
      headers, [name](const auto& header) { return EqualsIgnoreCase(header.first, name); });
}

// Just behind the first blank line, or npos.
size_t EventEnd(std::string_view text) {
  size_t end = text.npos;
  for (std::string_view blank : {"\n\n", "\r\n\r\n", "\r\r"}) {
    const size_t at = text.find(blank);
    if (at != text.npos) end = std::min(end, at + blank.size());
  }
  return end;
}

}  // namespace

std::string HttpAnswer::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

HttpClient::HttpClient(uint16_t port, std::chrono::milliseconds patience, int receive_buffer)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), patience_(patience) {
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    close(fd_);
    throw std::runtime_error("nobody listens on 127.0.0.1:" + std::to_string(port));
  }
  const int one = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

HttpClient::~HttpClient() {
  if (fd_ >= 0) close(fd_);
}

bool HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

void HttpClient::HalfClose() {
  shutdown(fd_, SHUT_WR);
}

void HttpClient::Abort() {
  const linger hard{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close(fd_);
  fd_ = -1;
}

bool HttpClient::Fill() {
  pollfd entry{fd_, POLLIN, 0};
  if (eof_ || poll(&entry, 1, static_cast<int>(patience_.count())) <= 0) return false;
  char chunk[65536];
  const ssize_t count = recv(fd_, chunk, sizeof chunk, 0);
  eof_ = count <= 0;
  if (!eof_) buffer_.append(chunk, static_cast<size_t>(count));
  return !eof_;
}

HttpAnswer HttpClient::ReadHead() {
  HttpAnswer answer;
  std::string head;
  for (;; ++answer.interims) {
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return answer;
    }
    head = buffer_.substr(0, end + 4);
    buffer_.erase(0, end + 4);
    if (!IsHeadOfInterim(head)) break;
  }
  ParseHead(head, &answer);
  complete_ = false;
  framing_ = Framing::kUntilClose;
  if (HasHeader(answer.headers, "content-length")) {
    framing_ = Framing::kLength;
    left_ = static_cast<size_t>(ParseInt(answer.Header("content-length")).value_or(0));
    complete_ = left_ == 0;
  } else if (answer.Header("transfer-encoding") == "chunked") {
    framing_ = Framing::kChunked;
  } else if (answer.status == 204 || answer.status == 304) {
    complete_ = true;
  }
  return answer;
}

bool HttpClient::DecodeChunk(std::string* out) {
  const size_t line = buffer_.find("\r\n");
  if (line == std::string::npos) return false;
  const size_t size = std::strtoull(buffer_.c_str(), nullptr, 16);
  if (buffer_.size() < line + 2 + size + 2) return false;
  out->append(buffer_, line + 2, size);
  buffer_.erase(0, line + 2 + size + 2);
  complete_ = size == 0;
  return true;
}

bool HttpClient::Decode(std::string* out) {
  if (complete_ || buffer_.empty()) return false;
  if (framing_ == Framing::kChunked) return DecodeChunk(out);
  const size_t count =
      framing_ == Framing::kLength ? std::min(left_, buffer_.size()) : buffer_.size();
  out->append(buffer_, 0, count);
  buffer_.erase(0, count);
  left_ -= framing_ == Framing::kLength ? count : 0;
  complete_ = framing_ == Framing::kLength && left_ == 0;
  return true;
}

HttpAnswer HttpClient::ReadAnswer() {
  HttpAnswer answer = ReadHead();
  if (answer.status == 0) return answer;
  while (!complete_) {
    if (!Decode(&answer.body) && !Fill()) break;
  }
  if (framing_ == Framing::kUntilClose) complete_ = eof_;
  answer.complete = complete_;
  return answer;
}

std::optional<TimedEvent> HttpClient::NextEvent() {
  for (;;) {
    const size_t end = EventEnd(events_);
    if (end != std::string::npos) {
      TimedEvent event{events_.substr(0, end), std::chrono::steady_clock::now()};
      events_.erase(0, end);
      return event;
    }
    if (!Decode(&events_) && (complete_ || !Fill())) return std::nullopt;
  }
}

bool HttpClient::ReadableWithin(std::chrono::milliseconds limit) const {
  pollfd entry{fd_, POLLIN, 0};
  return poll(&entry, 1, static_cast<int>(limit.count())) > 0;
}

bool HttpClient::ClosedWithin(std::chrono::milliseconds limit) {
  if (!buffer_.empty() || !ReadableWithin(limit)) return false;
  char byte = 0;
  return recv(fd_, &byte, 1, 0) <= 0;
}

std::string RequestBytes(std::string_view method, std::string_view target, std::string_view body,
                         const Headers& headers) {
  std::string bytes = fmt::format("{} {} HTTP/1.1\r\n", method, target);
  if (!HasHeader(headers, "host")) bytes += "host: 127.0.0.1\r\n";
  for (const auto& [name, value] : headers) bytes += name + ": " + value + "\r\n";
  if (method != "GET" && !HasHeader(headers, "transfer-encoding")) {
    bytes += fmt::format("content-length: {}\r\n", body.size());
  }
  return (bytes + "\r\n").append(body);
}

HttpAnswer Post(uint16_t port, std::string_view target, std::string_view body,
                const Headers& headers) {
  Headers all = headers;
  if (!HasHeader(headers, "content-type")) all.emplace_back("content-type", "application/json");
  HttpClient client(port);
  client.Send(RequestBytes("POST", target, body, all));
  return client.ReadAnswer();
}

HttpAnswer Get(uint16_t port, std::string_view target, const Headers& headers) {
  HttpClient client(port);
  client.Send(RequestBytes("GET", target, "", headers));
  return client.ReadAnswer();
}

}  // namespace weir::e2e
