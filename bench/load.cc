// bench_load PORT PATH CONNECTIONS SECONDS BYTES MODE: closed loop, keep-alive; MODE is plain or
// stream. Prints one JSON line: requests, failures, latency quartiles in microseconds. Every answer
// must be a whole 200.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

#include "bench/epoll.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  uint16_t port;
  std::string path;
  int connections;
  double seconds;
  size_t bytes;
  bool stream;
};

// A chat request of about `bytes` bytes of prose.
std::string Request(const Options& options) {
  constexpr std::string_view kProse = "the river runs past the mill and over the low wall ";
  std::string text;
  while (text.size() + 110 < options.bytes) text += kProse;
  text += "in";
  std::string body = R"({"model":"auto",)" +
                     std::string(options.stream ? R"("stream":true,)" : "") +
                     R"("messages":[{"role":"user","content":")" + text + R"("}]})";
  return "POST " + options.path +
         " HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nauthorization: Bearer "
         "sk-bench\r\n"
         "user-agent: bench\r\naccept: */*\r\ncontent-length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Connection {
  int fd = -1;
  std::string input;
  Clock::time_point asked;
};

// Size of the whole answer at the start of `input`, or 0.
size_t WholeAnswer(const std::string& input) {
  size_t head = input.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  std::string_view view(input.data(), head);
  if (view.find("chunked") != std::string_view::npos) {
    size_t end = input.find("\r\n0\r\n\r\n", head);
    return end == std::string::npos ? 0 : end + 7;
  }
  size_t whole = head + 4 + bench::ContentLength(view);
  return input.size() < whole ? 0 : whole;
}

class Load {
 public:
  explicit Load(Options options)
      : options_(std::move(options)), request_(Request(options_)), epoll_(epoll_create1(0)) {
    connections_.resize(static_cast<size_t>(options_.connections));
  }

  void Run() {
    for (size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].fd = bench::Connect(options_.port);
      bench::Watch(epoll_, connections_[i].fd, EPOLLIN, i);
      Ask(connections_[i]);
    }
    const auto end = Clock::now() + std::chrono::duration<double>(options_.seconds);
    std::array<epoll_event, 256> events;
    while (Clock::now() < end) {
      int ready = epoll_wait(epoll_, events.data(), events.size(), 100);
      for (int i = 0; i < ready; ++i) Read(connections_[events[i].data.u64]);
    }
  }

  void Print() {
    std::sort(latencies_.begin(), latencies_.end());
    auto at = [this](double share) {
      return latencies_.empty() ? 0L
                                : latencies_[static_cast<size_t>(
                                      share * static_cast<double>(latencies_.size() - 1))];
    };
    std::printf("{\"requests\":%zu,\"failed\":%ld,\"p50_us\":%ld,\"p99_us\":%ld}\n",
                latencies_.size(), failed_, at(0.5), at(0.99));
  }

 private:
  void Ask(Connection& connection) {
    connection.asked = Clock::now();
    if (!bench::WriteAll(connection.fd, request_)) bench::Die("send");
  }

  void Read(Connection& connection) {
    std::array<char, 64 << 10> buffer;
    ssize_t got = recv(connection.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) bench::Die("the proxy closed a connection");
    connection.input.append(buffer.data(), static_cast<size_t>(got));
    while (size_t whole = WholeAnswer(connection.input)) {
      if (!connection.input.starts_with("HTTP/1.1 200")) ++failed_;
      auto took = Clock::now() - connection.asked;
      latencies_.push_back(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
      connection.input.erase(0, whole);
      Ask(connection);
    }
  }

  Options options_;
  std::string request_;
  int epoll_;
  std::vector<Connection> connections_;
  std::vector<long> latencies_;
  long failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: bench_load PORT PATH CONNECTIONS SECONDS BYTES plain|stream\n");
    return 2;
  }
  Load load({static_cast<uint16_t>(std::atoi(argv[1])), argv[2], std::atoi(argv[3]),
             std::atof(argv[4]), static_cast<size_t>(std::atol(argv[5])),
             std::strcmp(argv[6], "stream") == 0});
  load.Run();
  load.Print();
}
