// A client of Redis with a scripted Redis on loopback, under a clock that moves only when the test
// says so.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "net/fake_redis_test.h"
#include "net/loopback_test.h"
#include "net/redis_client.h"
#include "net/resolver.h"
#include "testing/fake_clock.h"
#include "testing/poll.h"

namespace weir::net {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Words = FakeRedis::Words;

class RedisClientTest : public testing::Test {
 protected:
  void Start() { Start(Target(redis_.port())); }
  void Start(RedisTarget target) {
    client_ = std::make_unique<RedisClient>(
        worker_, pool_, RedisClient::Options{std::move(target), {}, {}},
        RedisClient::Shared{traffic_, outage_}, [this] { ++readies_; });
  }
  static RedisTarget Target(uint16_t port) {
    RedisTarget target;
    target.endpoint = {"127.0.0.1", port, false, ""};
    target.probe_key = "probe";
    return target;
  }
  bool Ready() {
    return PollUntil(worker_, [this] { return client_->ready(); });
  }
  void StartReady() {
    Start();
    ASSERT_TRUE(Ready());
  }
  // Rounds in which what is on its way over loopback arrives; time stands still.
  void Rounds() {
    for (int i = 0; i < 20; ++i) worker_.Poll();
  }
  void Pass(milliseconds time) {
    clock_.Advance(time);
    Rounds();
  }
  // In steps as a loop sees them.
  void PassSlowly(milliseconds time) {
    for (milliseconds passed{0}; passed < time; passed += milliseconds(50)) Pass(milliseconds(50));
  }
  static RedisCommand Get(std::string_view key) {
    return {{"GETRANGE", key, "0", "1000"}, RedisReply::Kind::kBytes};
  }
  RedisAnswer Ask(std::string_view key) { return Await(worker_, client_->Ask(Get(key))); }

  FakeClock clock_;
  Worker worker_{0, clock_};
  UpstreamPool pool_{worker_, MakeResolver(), MakeTlsContexts(), {}};
  FakeRedis redis_{worker_};
  RedisTraffic traffic_;
  std::vector<Outage::Line> lines_;
  Outage outage_{clock_, [this](const Outage::Line& line) { lines_.push_back(line); }};
  int readies_ = 0;
  std::unique_ptr<RedisClient> client_;
};

}  // namespace weir::net
