// A request on a warm gateway allocates nothing: counted at operator new of the whole test binary,
// on the worker's thread, from the bytes of a client's request to those of its answer.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/world_for_test.h"
#include "http/write.h"
#include "net/listener.h"
#include "testing/allocations.h"

namespace weir::gateway {
namespace {

// A queue of log lines may still grow by one step when its thread is kept waiting.
constexpr int64_t kGrowth = 2;
constexpr int kRounds = 5;
constexpr std::string_view kLongName = "a-model-whose-name-is-not-short";

// A client that blocks, outside of what is counted.
class PlainClient {
 public:
  explicit PlainClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
  }
  ~PlainClient() { ::close(fd_); }
  PlainClient(const PlainClient&) = delete;
  PlainClient& operator=(const PlainClient&) = delete;

  void Send(std::string_view bytes) {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }
  void Take() {
    const ssize_t got = ::recv(fd_, bytes_.data() + size_, bytes_.size() - size_, 0);
    if (got > 0) size_ += static_cast<size_t>(got);
  }
  std::string_view taken() const { return {bytes_.data(), size_}; }
  void Forget() { size_ = 0; }

 private:
  int fd_;
  std::array<char, 64 << 10> bytes_;
  size_t size_ = 0;
};

// The log goes where nobody reads it, for as long as this lives.
class QuietLog {
 public:
  QuietLog() : stdout_(::dup(STDOUT_FILENO)) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDOUT_FILENO);
    ::close(nowhere);
    InitLog({.level = LogLevel::kInfo});
  }
  ~QuietLog() {
    InitLog({.level = LogLevel::kOff});
    FlushLog();
    ::dup2(stdout_, STDOUT_FILENO);
    ::close(stdout_);
  }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

 private:
  int stdout_;
};

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class AllocationTest : public GatewayTest {
 protected:
  AllocationTest() {
    ledger_.keeps = false;
    Configure({});
    auto opened = net::Listener::Open(worker_, "127.0.0.1", 0,
                                      [this](auto stream) { plane_.Accept(std::move(stream)); });
    listener_ = std::move(opened).value();
  }
  ~AllocationTest() override { listener_->Close(); }

  void Configure(const World& world) {
    const std::string yaml = WorldYaml(world, first_, second_, third_);
    state_.snapshot = SnapshotOf(Replaced(yaml, "small", kLongName), state_.snapshot.get());
  }

  // Allocations of the worker while it answers; the answer's end is `end`.
  int64_t Answer(PlainClient& client, std::string_view request, std::string_view end) {
    client.Forget();
    client.Send(request);
    int64_t counted = 0;
    const auto patience = std::chrono::steady_clock::now() + seconds(60);
    while (!client.taken().ends_with(end) && std::chrono::steady_clock::now() < patience) {
      const int64_t before = Allocations();
      worker_.Poll();
      counted += Allocations() - before;
      client.Take();
    }
    return counted;
  }

  // In 20 answers on a connection that has had 70.
  int64_t Count(std::string_view body, std::string_view end) {
    std::optional<QuietLog> log(std::in_place);
    PlainClient client(listener_->port());
    const std::string request = fmt::format(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\n"
        "content-type: application/json\r\nauthorization: Bearer abcdefghijklmnopqrstuvwxyz\r\n"
        "user-agent: a-client/1.0 (of the usual length)\r\nx-stainless-lang: js\r\n"
        "content-length: {}\r\n\r\n{}",
        body.size(), body);
    for (int i = 0; i < 70; ++i) Answer(client, request, end);
    // The two strings of that queue take turns and grow in steps of their own: later rounds are
    // warm. What an answer itself allocates shows in every round.
    int64_t counted = kGrowth + 1;
    for (int round = 0; round < kRounds && counted > kGrowth; ++round) {
      counted = 0;
      for (int i = 0; i < 20; ++i) counted += Answer(client, request, end);
    }
    log.reset();  // before anything is told
    EXPECT_TRUE(client.taken().starts_with("HTTP/1.1 200") && client.taken().ends_with(end))
        << client.taken();
    return counted;
  }

  std::unique_ptr<net::Listener> listener_;
};

TEST_F(AllocationTest, AnAnswerTakesNoMemory) {
  if (!kCountsAllocations) GTEST_SKIP() << "a sanitizer has its own allocator";
  first_.Always(Script::Json(ChatReply(std::string(300, 'a'))));
  EXPECT_LE(Count(ChatBody(kLongName), "}}"), kGrowth);
}

TEST_F(AllocationTest, ARoutedAnswerTakesNoMemory) {
  if (!kCountsAllocations) GTEST_SKIP() << "a sanitizer has its own allocator";
  second_.Always(Script::Json(ChatReply(std::string(300, 'a'))));
  EXPECT_LE(Count(ChatBody("auto"), "}}"), kGrowth);
}

TEST_F(AllocationTest, AnAnswerThatTheLearnedClassifierRoutesTakesNoMemory) {
  if (!kCountsAllocations) GTEST_SKIP() << "a sanitizer has its own allocator";
  const std::string yaml = WorldYaml({}, first_, second_, third_);
  state_.snapshot = SnapshotOf(Replaced(yaml, "seed", "learned"), state_.snapshot.get());
  for (ScriptedUpstream* upstream : {&first_, &second_, &third_}) {
    upstream->Always(Script::Json(ChatReply(std::string(300, 'a'))));
  }
  EXPECT_LE(Count(ChatBody("auto"), "}}"), kGrowth);
}

TEST_F(AllocationTest, ARepeatTakesNoMemory) {
  if (!kCountsAllocations) GTEST_SKIP() << "a sanitizer has its own allocator";
  Configure({.auto_more = ", cache: {mode: exact}"});
  second_.Always(Script::Json(ChatReply(std::string(300, 'a'))));
  EXPECT_LE(Count(ChatBody("auto", R"(,"temperature":0)"), "}}"), kGrowth);
  EXPECT_EQ(second_.requests().size(), 1U);
}

TEST_F(AllocationTest, EventsOfAStreamTakeNoMemory) {
  if (!kCountsAllocations) GTEST_SKIP() << "a sanitizer has its own allocator";
  const auto stream = [](int events) {
    std::string text = RoleEvent();
    for (int i = 0; i < events; ++i) text += ContentEvent("some words of an answer");
    return Script::Stream(text + FinishEvent() + UsageEvent() + std::string(kDoneEvent));
  };
  const std::string body = ChatBody(kLongName, R"(,"stream":true)");
  first_.Always(stream(20));
  const int64_t few = Count(body, http::kLastChunk);
  first_.Always(stream(220));
  const int64_t many = Count(body, http::kLastChunk);
  EXPECT_LT(many - few, 20 * 10) << few << " in 20 streams of 20 events, " << many << " of 220";
}

}  // namespace
}  // namespace weir::gateway
