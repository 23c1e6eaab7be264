// A process' side of the shared cache for the tests of this folder: one worker under a clock that
// moves only when the test says so, and as many stores as wanted.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <string>

#include "cache/entries_for_test.h"
#include "cache/redis_key.h"
#include "cache/redis_store.h"
#include "net/resolver.h"
#include "testing/fake_clock.h"
#include "testing/poll.h"
#include "testing/redis_server.h"

namespace weir::cache {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RedisWorld : public testing::Test {
 protected:
  static config::RedisSettings At(uint16_t port) {
    config::RedisSettings settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    return settings;
  }
  void Open(const config::RedisSettings& settings) {
    store_.reset();
    shared_ = std::make_shared<RedisShared>(settings, clock_);
    store_ = std::make_unique<RedisStore>(worker_, pool_, shared_);
  }
  bool Ready() {
    return PollUntil(worker_, [this] { return store_->ready(); });
  }
  void OpenReady(uint16_t port) {
    Open(At(port));
    ASSERT_TRUE(Ready());
  }
  // Rounds in which time stands still.
  void Rounds() {
    for (int i = 0; i < 20; ++i) worker_.Poll();
  }
  // Time passes as a loop sees it. What Redis does takes real time, in which ours stands.
  void Pass(milliseconds time) {
    for (milliseconds passed{0}; passed < time; passed += milliseconds(50)) {
      clock_.Advance(milliseconds(50));
      Rounds();
    }
  }
  // Ready again within so much time, as this process counts it. A greeting under way has real time
  // to be answered, in which ours stands.
  bool ReadyWithin(milliseconds time) {
    for (milliseconds passed{0}; passed < time && !store_->ready(); passed += milliseconds(50)) {
      const RedisFigures before = shared_->figures();
      clock_.Advance(milliseconds(50));
      Rounds();
      if (shared_->figures().connects == before.connects) continue;
      PollUntil(worker_, [&] {
        const RedisFigures now = shared_->figures();
        return store_->ready() || now.errors + now.timeouts > before.errors + before.timeouts;
      });
    }
    return store_->ready();
  }

  Found Find(const std::string& body, KeyParts parts = {}) {
    return Await(worker_, store_->Find(TestKey(keys_, body, parts).view()));
  }
  std::string BodyOf(const std::string& body, KeyParts parts = {}) {
    const Found found = Find(body, parts);
    return found.answer ? found.answer->body : "(none)";
  }
  void Put(const std::string& body, std::string answer, KeyParts parts = {},
           milliseconds ttl = seconds(60)) {
    store_->Put(TestKey(keys_, body, parts).Kept(), AnswerOf(std::move(answer)), ttl);
  }
  std::string NameOf(const std::string& body, KeyParts parts = {}) const {
    return RedisKeyOf(*TestKey(keys_, body, parts).Kept()).name;
  }
  bool PurgeDone() {
    return PollUntil(worker_, [this] { return shared_->figures().purges_unfinished == 0; });
  }

  FakeClock clock_;
  net::Worker worker_{0, clock_};
  net::UpstreamPool pool_{worker_, net::MakeResolver(), net::MakeTlsContexts(), {}};
  KeyMaker keys_;
  std::shared_ptr<RedisShared> shared_;
  std::unique_ptr<RedisStore> store_;
};

}  // namespace weir::cache
