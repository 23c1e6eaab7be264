// bench_upstream PORT: answers every POST with a fixed JSON of about 500 bytes; a request whose
// body has "stream":true gets 100 events, written 10 ms apart when its path has "paced", 1 s apart
// when it has "held", else at once.
#include <sys/timerfd.h>

#include <cstring>
#include <deque>
#include <unordered_map>

#include "bench/epoll.h"

namespace {

constexpr int kEvents = 100;
constexpr long kPaceNanos = 10'000'000;
constexpr uint64_t kHeldTicks = 100;
constexpr uint64_t kListener = UINT64_MAX;
constexpr uint64_t kTimer = UINT64_MAX - 1;

std::string PlainAnswer() {
  std::string body =
      R"({"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,"model":"bench-1",)"
      R"("choices":[{"index":0,"message":{"role":"assistant","content":")" +
      std::string(180, 'x') +
      R"("},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":70,"completion_tokens":45,)"
      R"("total_tokens":115,"prompt_tokens_details":{"cached_tokens":0}}})";
  return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string Chunk(const std::string& data) {
  std::array<char, 16> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
  return size.data() + data + "\r\n";
}

std::string Event(int index) {
  return Chunk(
      R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench-1",)"
      R"("choices":[{"index":0,"delta":{"content":" word)" +
      std::to_string(index) + R"("},"logprobs":null,"finish_reason":null}]})" + "\n\n");
}

const std::string kStreamHead =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

std::string StreamEnd() {
  return Chunk(
             R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench-1",)"
             R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
             "\n\n") +
         Chunk("data: [DONE]\n\n") + "0\r\n\r\n";
}

struct Peer {
  std::string input;
  int next_event = -1;  // of a paced stream
  uint64_t every = 1;   // ticks between its events
};

class Upstream {
 public:
  explicit Upstream(uint16_t port) : epoll_(epoll_create1(0)), listener_(bench::Listen(port)) {
    bench::Watch(epoll_, listener_, EPOLLIN, kListener);
    timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    itimerspec pace{{0, kPaceNanos}, {0, kPaceNanos}};
    timerfd_settime(timer_, 0, &pace, nullptr);
    bench::Watch(epoll_, timer_, EPOLLIN, kTimer);
  }

  [[noreturn]] void Run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      int ready = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < ready; ++i) Dispatch(events[i].data.u64);
    }
  }

 private:
  void Dispatch(uint64_t what) {
    if (what == kListener) {
      Accept();
    } else if (what == kTimer) {
      Tick();
    } else {
      Read(static_cast<int>(what));
    }
  }

  void Accept() {
    for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      bench::NoDelay(fd);
      peers_[fd] = {};
      bench::Watch(epoll_, fd, EPOLLIN, static_cast<uint64_t>(fd));
    }
  }

  void Tick() {
    uint64_t count = 0;
    if (read(timer_, &count, sizeof count) <= 0) return;
    ++ticks_;
    for (auto& [fd, peer] : peers_) {
      if (peer.next_event < 0 || ticks_ % peer.every != 0) continue;
      bool last = ++peer.next_event > kEvents;
      bench::WriteAll(fd, last ? end_ : Event(peer.next_event));
      if (last) peer.next_event = -1;
    }
  }

  void Read(int fd) {
    Peer& peer = peers_[fd];
    std::array<char, 64 << 10> buffer;
    ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      close(fd);
      peers_.erase(fd);
      return;
    }
    peer.input.append(buffer.data(), static_cast<size_t>(got));
    while (Answer(fd, peer)) {
    }
  }

  bool Answer(int fd, Peer& peer) {
    size_t head = peer.input.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    std::string_view view(peer.input);
    size_t whole = head + 4 + bench::ContentLength(view.substr(0, head));
    if (view.size() < whole) return false;
    bool stream = view.substr(head, whole - head).find("\"stream\":true") != std::string_view::npos;
    std::string_view line = view.substr(0, view.find('\n'));
    bool held = line.find("held") != std::string_view::npos;
    bool paced = held || line.find("paced") != std::string_view::npos;
    if (!stream) {
      bench::WriteAll(fd, plain_);
    } else {
      bench::WriteAll(fd, kStreamHead);
      if (held) bench::WriteAll(fd, Event(0));
      peer.every = held ? kHeldTicks : 1;
      if (paced) peer.next_event = 0;
      if (!paced) bench::WriteAll(fd, burst_);
    }
    peer.input.erase(0, whole);
    return true;
  }

  static std::string Burst() {
    std::string all;
    for (int i = 1; i <= kEvents; ++i) all += Event(i);
    return all + StreamEnd();
  }

  int epoll_;
  int listener_;
  int timer_ = -1;
  uint64_t ticks_ = 0;
  std::unordered_map<int, Peer> peers_;
  const std::string plain_ = PlainAnswer();
  const std::string end_ = StreamEnd();
  const std::string burst_ = Burst();
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_upstream PORT\n");
    return 2;
  }
  Upstream(static_cast<uint16_t>(std::atoi(argv[1]))).Run();
}
