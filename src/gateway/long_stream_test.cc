// Streams that take minutes and hours (HARDENING S), in no time: the data plane with a clock of the
// test's, a provider in the process, and a client in memory.
#include <gtest/gtest.h>

#include <array>

#include "config/parse.h"
#include "gateway/data_plane.h"
#include "http/write.h"
#include "net/resolver.h"
#include "route/router.h"
#include "testing/fake_clock.h"
#include "testing/memory_stream.h"

namespace weir::gateway {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using TimedList = std::vector<provider::Dialect::Timed>;

constexpr std::string_view kConfig = R"(
providers:
  local: {{api: simulator, timeouts: {{first_token: 5m, idle: 5m, total: {}}}}}
models:
  small: {{provider: local, price: {{input: 1, output: 2}}}}
routes:
  auto: {{model: small, deadline: 3h}}
)";
constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
constexpr std::string_view kFinish =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: [DONE]\n\n";
constexpr std::string_view kKeepAlive = ": keep-alive\n\n";

std::string ContentEvent(std::string_view text) {
  return fmt::format("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
                     text);
}

std::string Chunk(std::string_view bytes) {
  std::string chunk;
  http::AppendChunk(&chunk, bytes);
  return chunk;
}

// An event, 120 s of thought in the middle of the next one, then the rest.
TimedList ThinkInsideAnEvent(const provider::WireRequest&, const provider::Target&) {
  const std::string event = ContentEvent("two");
  return {{seconds(0), std::string(kHead) + Chunk(ContentEvent("one") + event.substr(0, 20))},
          {seconds(120), Chunk(event.substr(20) + std::string(kFinish)) + "0\r\n\r\n"}};
}

// A token a second for an hour.
TimedList SpeakForAnHour(const provider::WireRequest&, const provider::Target&) {
  TimedList list = {{seconds(0), std::string(kHead)}};
  for (int i = 0; i < 3600; ++i) list.push_back({seconds(1), Chunk(ContentEvent("t"))});
  list.push_back({seconds(1), Chunk(kFinish) + "0\r\n\r\n"});
  return list;
}

class KeepingLedger final : public ledger::Ledger {
 public:
  void Append(const ledger::Batch& batch) override {
    for (const std::string& row : batch.rows()) rows.push_back(*ledger::Decode(row));
  }
  ledger::LedgerHealth health() const override { return {}; }
  bool Drain(std::chrono::milliseconds) override { return true; }
  std::vector<ledger::Record> rows;
};

class LongStreamTest : public testing::Test {
 protected:
  ~LongStreamTest() override {
    if (plane_.open_connections() > 0) client_->End(net::IoStatus::kEof);
    Settle();
    EXPECT_EQ(plane_.open_connections(), 0U);
  }

  // Serves with a provider that answers so, and asks it for a stream.
  void Ask(TimedList (*answer)(const provider::WireRequest&, const provider::Target&),
           std::string_view total) {
    dialect_.answer = answer;
    ASSERT_NO_FATAL_FAILURE(Load(fmt::format(fmt::runtime(kConfig), total)));
    auto stream = std::make_unique<MemoryStream>();
    client_ = stream.get();
    plane_.Accept(std::move(stream));
    const std::string body =
        R"({"model":"auto","stream":true,"messages":[{"role":"user","content":"hi"}]})";
    client_->Feed(
        fmt::format("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n"
                    "content-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
                    body.size(), body));
    Settle();
  }

  void Pass(seconds time) {
    clock_.Advance(time);
    Settle();
  }
  // Nothing comes from outside: a few rounds do all there is to do. A step may end the connection,
  // and the stream with it.
  void Settle() {
    for (int i = 0; i < 8; ++i) {
      worker_.Poll();
      while (plane_.open_connections() > 0) {
        seen_ += client_->TakeWritten();
        if (!client_->Step()) break;
      }
    }
  }

  size_t Count(std::string_view what) const {
    size_t count = 0;
    for (size_t at = 0; (at = seen_.find(what, at)) != seen_.npos; at += what.size()) ++count;
    return count;
  }

  FakeClock clock_;
  KeepingLedger ledger_;
  std::string seen_;  // by the client

 private:
  void Load(const std::string& yaml) {
    constexpr std::array<std::string_view, 1> kDialects = {"simulator"};
    constexpr std::array<std::string_view, 1> kClassifiers = {"learned"};
    constexpr std::array<const route::ClassifierRow*, 1> kRows = {&route::kLearned};
    const config::Environment none = [](std::string_view) { return std::nullopt; };
    auto settings = config::Parse(yaml, "weir.yaml", none);
    ASSERT_TRUE(settings) << settings.error().message;
    auto directory = catalog::Resolve(*settings, none, kDialects, kClassifiers);
    ASSERT_TRUE(directory) << directory.error().message;
    auto router = route::Router::Make(
        std::make_shared<const catalog::Directory>(*std::move(directory)), kRows, {});
    ASSERT_TRUE(router) << router.error().message;
    const std::array<const provider::Dialect*, 1> dialects = {&dialect_};
    state_.snapshot = MakeSnapshot(*std::move(settings), *std::move(router), dialects, nullptr);
  }

  provider::Dialect dialect_ = provider::kSimulator;
  net::Worker worker_{0, clock_};
  Core core_{clock_, ledger_, 16 << 20, nullptr};
  WorkerState state_{core_, worker_, net::MakeResolver(), net::MakeTlsContexts()};
  DataPlane plane_{state_};
  MemoryStream* client_ = nullptr;
};

TEST_F(LongStreamTest, S15AGapIsFilledAtEventBoundariesEveryTenSeconds) {
  Ask(&ThinkInsideAnEvent, "10m");
  ASSERT_EQ(Count(ContentEvent("one")), 1U);
  for (size_t tens = 1; tens <= 11; ++tens) {
    Pass(seconds(9));
    EXPECT_EQ(Count(kKeepAlive), tens - 1);
    Pass(seconds(1));
    EXPECT_EQ(Count(kKeepAlive), tens);
    EXPECT_EQ(seen_.find("two"), std::string::npos);
  }
  Pass(seconds(10));
  EXPECT_EQ(Count(ContentEvent("two")), 1U) << "whole, though it came in two pieces";
  EXPECT_EQ(Count(kFinish), 1U);
}

TEST_F(LongStreamTest, S17AnHourOfOneTokenASecondComesWhole) {
  Ask(&SpeakForAnHour, "2h");
  for (int i = 0; i < 3601; ++i) Pass(seconds(1));
  EXPECT_EQ(Count(ContentEvent("t")), 3600U);
  EXPECT_EQ(Count(kFinish), 1U);
  EXPECT_EQ(Count(kKeepAlive), 0U);
  ASSERT_EQ(ledger_.rows.size(), 1U);
  EXPECT_EQ(ledger_.rows[0].outcome, "ok");
  EXPECT_EQ(ledger_.rows[0].total_us, 3601 * 1'000'000LL);
}

TEST_F(LongStreamTest, S17TheTotalLimitCutsItAndSaysSo) {
  Ask(&SpeakForAnHour, "10m");
  for (int i = 0; i < 700; ++i) Pass(seconds(1));
  EXPECT_GE(Count(ContentEvent("t")), 599U);
  EXPECT_LE(Count(ContentEvent("t")), 600U);
  EXPECT_EQ(Count("\"code\":\"stream_truncated\""), 1U);
  EXPECT_EQ(Count("[DONE]"), 0U);
  ASSERT_EQ(ledger_.rows.size(), 1U);
  EXPECT_EQ(ledger_.rows[0].outcome, "total_timeout");
  EXPECT_EQ(ledger_.rows[0].total_us, 600 * 1'000'000LL);
}

}  // namespace
}  // namespace weir::gateway
