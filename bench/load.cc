// bench_load NAME=VALUE…: asks over kept connections and prints one JSON line: requests, failures,
// latencies in microseconds. Every answer must be a whole 200. Three ways:
//   closed loop  each connection asks again as soon as it is answered;
//   rate=N       open loop: request k is due k/N seconds after the start, whatever the answers do;
//                its latency counts from then, also when it had to wait for a free connection;
//   hold=1       one stream a connection, kept open: prints {"held":N} once all have begun and
//                waits for the end of stdin.
// What is asked is answered before the end: nothing is cut off.
#include <sys/timerfd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <vector>

#include "bench/epoll.h"
#include "bench/load_options.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr uint64_t kTimer = UINT64_MAX;
constexpr uint64_t kStdin = UINT64_MAX - 1;
constexpr auto kDrain = std::chrono::seconds(20);

struct Connection {
  int fd = -1;
  std::string input;
  Clock::time_point due;
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
  explicit Load(bench::LoadOptions options)
      : options_(std::move(options)),
        request_(bench::RequestBytes(options_)),
        epoll_(epoll_create1(0)),
        timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)) {
    connections_.resize(static_cast<size_t>(options_.connections));
    for (size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].fd = bench::Connect(options_.port);
      bench::Watch(epoll_, connections_[i].fd, EPOLLIN, i);
      idle_.push_back(&connections_[i]);
    }
  }

  void Run() {
    start_ = Clock::now();
    end_ = start_ + Seconds(options_.seconds);
    if (options_.rate > 0) {
      bench::Watch(epoll_, timer_, EPOLLIN, kTimer);
      Schedule();
    } else {
      while (!idle_.empty() && MayAsk(start_)) Ask(Clock::now());
    }
    while (open_ > 0 || MayAsk(Clock::now())) {
      if (Clock::now() > end_ + kDrain) bench::Die("answers are missing");
      Turn();
    }
  }

  void Hold() {
    while (!idle_.empty()) Ask(Clock::now());
    while (std::ranges::any_of(connections_, [](const auto& c) { return c.input.empty(); })) Turn();
    std::printf("{\"held\":%zu}\n", connections_.size());
    std::fflush(stdout);
    bench::Watch(epoll_, STDIN_FILENO, EPOLLIN, kStdin);
    while (!stopped_) Turn();
  }

  void Print() {
    std::ranges::sort(latencies_);
    auto at = [this](double share) {
      if (latencies_.empty()) return 0.0;
      auto index = static_cast<size_t>(share * static_cast<double>(latencies_.size() - 1));
      return static_cast<double>(latencies_[index]) / 1e3;
    };
    std::printf("{\"requests\":%zu,\"failed\":%ld,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
                latencies_.size(), failed_, at(0.5), at(0.99));
  }

 private:
  static Clock::duration Seconds(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }
  Clock::time_point NextDue() const {
    return start_ + Seconds(static_cast<double>(due_) / options_.rate);
  }
  bool MayAsk(Clock::time_point when) const {
    return when < end_ && (options_.requests == 0 || asked_ < options_.requests);
  }

  void Turn() {
    std::array<epoll_event, 256> events;
    int ready = epoll_wait(epoll_, events.data(), events.size(), 100);
    for (int i = 0; i < ready; ++i) {
      uint64_t what = events[static_cast<size_t>(i)].data.u64;
      if (what == kTimer) {
        Schedule();
      } else if (what == kStdin) {
        char byte;
        stopped_ = read(STDIN_FILENO, &byte, 1) <= 0;
      } else {
        Read(connections_[what]);
      }
    }
  }

  // Everything that is due is asked, or queued when no connection is free; then the clock is set.
  void Schedule() {
    uint64_t expirations = 0;
    if (read(timer_, &expirations, sizeof expirations) < 0 && errno != EAGAIN) bench::Die("timer");
    for (auto now = Clock::now(); NextDue() <= now && MayAsk(NextDue()); ++due_) {
      if (idle_.empty()) {
        waiting_.push_back(NextDue());
        ++asked_;
        ++open_;
      } else {
        Ask(NextDue());
      }
    }
    if (!MayAsk(NextDue())) {
      end_ = std::min(end_, Clock::now());
      return;
    }
    auto at = NextDue().time_since_epoch();
    auto whole = std::chrono::duration_cast<std::chrono::seconds>(at);
    itimerspec when{{0, 0}, {whole.count(), (at - whole).count()}};
    timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
  }

  void Ask(Clock::time_point due) {
    ++asked_;
    ++open_;
    Connection* connection = idle_.front();
    idle_.pop_front();
    Send(*connection, due);
  }

  void Send(Connection& connection, Clock::time_point due) {
    connection.due = due;
    if (!bench::WriteAll(connection.fd, request_)) bench::Die("send");
  }

  void Read(Connection& connection) {
    std::array<char, 64 << 10> buffer;
    ssize_t got = recv(connection.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) bench::Die("the proxy closed a connection");
    connection.input.append(buffer.data(), static_cast<size_t>(got));
    if (size_t whole = WholeAnswer(connection.input)) Answered(connection, whole);
  }

  void Answered(Connection& connection, size_t whole) {
    const auto now = Clock::now();
    if (!connection.input.starts_with("HTTP/1.1 200")) ++failed_;
    latencies_.push_back((now - connection.due) / std::chrono::nanoseconds(1));
    connection.input.erase(0, whole);
    --open_;
    if (!waiting_.empty()) {
      Send(connection, waiting_.front());
      waiting_.pop_front();
      return;
    }
    idle_.push_back(&connection);
    if (options_.rate <= 0 && MayAsk(now)) Ask(now);
  }

  bench::LoadOptions options_;
  std::string request_;
  int epoll_;
  int timer_;
  std::vector<Connection> connections_;
  std::deque<Connection*> idle_;
  std::deque<Clock::time_point> waiting_;  // due, and no connection was free
  std::vector<long> latencies_;            // nanoseconds
  Clock::time_point start_;
  Clock::time_point end_;
  long due_ = 0;
  long asked_ = 0;
  long open_ = 0;  // asked or waiting, not answered
  long failed_ = 0;
  bool stopped_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::LoadOptions options = bench::ReadOptions(argc, argv);
  Load load(options);
  if (options.hold) {
    load.Hold();
    return 0;
  }
  load.Run();
  load.Print();
}
