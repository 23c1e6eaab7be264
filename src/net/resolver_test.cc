#include "net/resolver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "testing/fake_clock.h"
#include "testing/poll.h"

namespace weir::net {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// What the lookups answer, from the test's thread; each may be held back.
class FakeDns {
 public:
  Resolver::Lookup Function() {
    return [this](const std::string& host) { return Answer(host); };
  }
  void Set(const std::string& literal) {
    const std::lock_guard lock(mutex_);
    literal_ = literal;
  }
  void Hold(bool hold) {
    const std::lock_guard lock(mutex_);
    hold_ = hold;
    changed_.notify_all();
  }
  int lookups() const { return lookups_; }

 private:
  Result<std::vector<Address>> Answer(const std::string& host) {
    ++lookups_;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !hold_; });
    if (literal_.empty()) return MakeError(Reason::kUpstreamConnect, "cannot resolve " + host);
    return std::vector<Address>{*ParseLiteral(literal_, 0)};
  }

  std::atomic<int> lookups_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string literal_ = "192.0.2.1";
  bool hold_ = false;
};

class ResolverTest : public testing::Test {
 protected:
  Task<Result<Addresses>> Ask(const std::string& host, CancelToken* cancel = nullptr) {
    return resolver_->Resolve(worker_, host, clock_.Steady() + seconds(2), cancel);
  }
  std::string Resolve(const std::string& host) {
    const auto answer = Await(worker_, Ask(host));
    return answer ? (**answer).front().Text() : answer.error().message;
  }

  FakeDns dns_;
  FakeClock clock_;
  Worker worker_{0, clock_};
  std::unique_ptr<Resolver> resolver_ = std::make_unique<Resolver>(dns_.Function());
};

TEST_F(ResolverTest, LiteralsNeedNoLookup) {
  EXPECT_EQ(Resolve("127.0.0.1"), "127.0.0.1:0");
  EXPECT_EQ(Resolve("[::1]"), "[::1]:0");
  EXPECT_EQ(dns_.lookups(), 0);
}

TEST_F(ResolverTest, OneLookupServesEveryoneWhoWaits) {
  dns_.Hold(true);
  Running<Result<Addresses>> first(Ask("a.test")), second(Ask("a.test"));
  dns_.Hold(false);
  ASSERT_TRUE(PollUntil(worker_, [&] { return first.done() && second.done(); }));
  EXPECT_EQ((*first.value())->front().Text(), "192.0.2.1:0");
  EXPECT_EQ(dns_.lookups(), 1);
}

TEST_F(ResolverTest, ANameThatHangsDoesNotHoldUpOthers) {
  dns_.Hold(true);
  Running<Result<Addresses>> hanging(Ask("a.test"));
  ASSERT_TRUE(PollUntil(worker_, [this] { return dns_.lookups() == 1; }));
  Running<Result<Addresses>> other(Ask("b.test"));
  EXPECT_TRUE(PollUntil(worker_, [this] { return dns_.lookups() == 2; }));
  dns_.Hold(false);
  EXPECT_TRUE(PollUntil(worker_, [&] { return hanging.done() && other.done(); }));
}

TEST_F(ResolverTest, KeepsAnAnswerThenRenewsItBehindTheCaller) {
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1:0");
  dns_.Set("192.0.2.2");
  clock_.Advance(seconds(29));
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1:0");
  EXPECT_EQ(dns_.lookups(), 1);
  clock_.Advance(seconds(1));
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1:0");
  EXPECT_TRUE(PollUntil(worker_, [this] { return Resolve("a.test") == "192.0.2.2:0"; }));
  EXPECT_EQ(dns_.lookups(), 2);
}

TEST_F(ResolverTest, AnOldAnswerWaitsForTheNewOne) {
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1:0");
  dns_.Set("192.0.2.2");
  clock_.Advance(minutes(2));
  EXPECT_EQ(Resolve("a.test"), "192.0.2.2:0");
}

TEST_F(ResolverTest, ServesTheOldAnswerWhileDnsFailsForTenMinutes) {
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1:0");
  dns_.Set("");
  clock_.Advance(minutes(9));
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1:0");
  clock_.Advance(minutes(1));
  EXPECT_EQ(Resolve("a.test"), "cannot resolve a.test");
}

TEST_F(ResolverTest, RemembersAFailureForASecond) {
  dns_.Set("");
  EXPECT_EQ(Resolve("a.test"), "cannot resolve a.test");
  dns_.Set("192.0.2.3");
  EXPECT_EQ(Resolve("a.test"), "cannot resolve a.test");
  EXPECT_EQ(dns_.lookups(), 1);
  clock_.Advance(seconds(1));
  EXPECT_EQ(Resolve("a.test"), "192.0.2.3:0");
}

TEST_F(ResolverTest, TheCallersDeadlineAndCancelEndTheWait) {
  dns_.Hold(true);
  CancelToken cancel;
  Running<Result<Addresses>> late(Ask("a.test")), cancelled(Ask("a.test", &cancel));
  worker_.Poll();
  cancel.Cancel();
  worker_.Poll();
  ASSERT_TRUE(cancelled.done());
  EXPECT_EQ(cancelled.value().error().reason, Reason::kClientGone);
  clock_.Advance(seconds(2));
  worker_.Poll();
  ASSERT_TRUE(late.done());
  EXPECT_EQ(late.value().error().reason, Reason::kConnectTimeout);
  dns_.Hold(false);
  EXPECT_EQ(Resolve("a.test"), "192.0.2.1:0") << "the answer nobody waited for is kept";
  EXPECT_EQ(dns_.lookups(), 1);
}

TEST_F(ResolverTest, MayEndBeforeALookupThatHangs) {
  auto dns = std::make_shared<FakeDns>();  // the thread that hangs needs it longer than the test
  dns->Hold(true);
  auto hanging = std::make_unique<Resolver>(
      [dns, answer = dns->Function()](const std::string& host) { return answer(host); });
  CancelToken cancel;
  Running<Result<Addresses>> asked(
      hanging->Resolve(worker_, "a.test", clock_.Steady() + seconds(2), &cancel));
  ASSERT_TRUE(PollUntil(worker_, [&dns] { return dns->lookups() == 1; }));
  hanging.reset();
  cancel.Cancel();
  EXPECT_TRUE(PollUntil(worker_, [&asked] { return asked.done(); }));
  dns->Hold(false);
}

TEST(LookUpHost, KnowsLocalhostAndSaysWhyNot) {
  const auto local = LookUpHost("localhost");
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_FALSE(local->empty());
  const auto unknown = LookUpHost("no-such-host.invalid");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message.find("cannot resolve no-such-host.invalid: "), 0u);
}

}  // namespace
}  // namespace weir::net
