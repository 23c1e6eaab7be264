// Names that fail, hang, move or lead nowhere (HARDENING U17), from the pool's side.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <mutex>

#include "net/loopback_test.h"
#include "net/resolver.h"
#include "net/upstream_pool.h"
#include "testing/gate.h"

namespace weir::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Acquired = Result<UpstreamPool::Connection>;

// Shared with the lookup's threads, which may outlive a test that failed.
struct Zone {
  std::mutex mutex;
  std::map<std::string, std::vector<std::string>> names;
  std::shared_ptr<Gate> slow = Gate::Make();  // "slow.test" is answered once it is open

  Result<std::vector<Address>> Find(const std::string& host) {
    if (host == "slow.test") slow->WaitFor(seconds(60));
    const std::lock_guard lock(mutex);
    std::vector<Address> addresses;
    for (const std::string& literal : names[host]) addresses.push_back(*ParseLiteral(literal, 0));
    if (addresses.empty()) return MakeError(Reason::kUpstreamConnect, "cannot resolve " + host);
    return addresses;
  }
};

class DnsFaultTest : public LoopbackTest {
 protected:
  ~DnsFaultTest() override { zone_->slow->Open(); }

  void Name(const std::string& host, std::vector<std::string> literals) {
    const std::lock_guard lock(zone_->mutex);
    zone_->names[host] = std::move(literals);
  }
  Task<Acquired> Dial(const std::string& host, std::chrono::milliseconds limit = seconds(2)) {
    const Endpoint endpoint{host, listener_->port(), false, ""};
    return pool_.Acquire(endpoint, In(limit), true, nullptr);
  }
  // Where the connection leads, or why there is none.
  std::string Reach(const std::string& host) {
    const Acquired acquired = Await(worker_, Dial(host));
    return acquired ? acquired->stream->Detail() : acquired.error().message;
  }
  std::string At(const std::string& host) const {
    return host + ":" + std::to_string(listener_->port());
  }

  const std::shared_ptr<Zone> zone_ = std::make_shared<Zone>();
  UpstreamPool pool_{worker_, std::make_shared<Resolver>([zone = zone_](const std::string& host) {
                       return zone->Find(host);
                     }),
                     MakeTlsContexts(), PoolLimits{}};
};

TEST_F(DnsFaultTest, U17AnUnknownNameIsAnErrorOfItsOwn) {
  Name("here.test", {"127.0.0.1"});
  EXPECT_EQ(Reach("gone.test"), "cannot resolve gone.test");
  EXPECT_EQ(Reach("here.test"), At("127.0.0.1"));
}

TEST_F(DnsFaultTest, U17ASlowLookupHoldsUpNobodyElse) {
  Name("here.test", {"127.0.0.1"});
  Name("slow.test", {"127.0.0.1"});
  Running<Acquired> slow(Dial("slow.test"));
  EXPECT_EQ(Reach("here.test"), At("127.0.0.1"));
  EXPECT_FALSE(slow.done());
  clock_.Advance(seconds(2));
  ASSERT_TRUE(PollUntil(worker_, [&slow] { return slow.done(); }));
  EXPECT_EQ(slow.value().error().reason, Reason::kConnectTimeout);
  zone_->slow->Open();
  EXPECT_EQ(Reach("slow.test"), At("127.0.0.1"));
}

TEST_F(DnsFaultTest, U17ANameThatMovesIsFollowed) {
  Name("api.test", {"127.0.0.1"});
  EXPECT_EQ(Reach("api.test"), At("127.0.0.1"));
  auto moved =
      Listener::Open(worker_, "127.0.0.2", listener_->port(), [](std::unique_ptr<Stream>) {});
  ASSERT_TRUE(moved) << moved.error().message;
  Name("api.test", {"127.0.0.2"});
  clock_.Advance(minutes(2));
  EXPECT_EQ(Reach("api.test"), At("127.0.0.2"));
}

TEST_F(DnsFaultTest, U17AnAnswerOutlivesTheNameServer) {
  Name("api.test", {"127.0.0.1"});
  EXPECT_EQ(Reach("api.test"), At("127.0.0.1"));
  Name("api.test", {});
  clock_.Advance(minutes(3));
  EXPECT_EQ(Reach("api.test"), At("127.0.0.1"));
}

TEST_F(DnsFaultTest, U17AV6BlackHoleCostsNoMoreThanItsHeadStart) {
  if (!std::ifstream("/proc/net/if_inet6").good()) GTEST_SKIP() << "this machine has no IPv6";
  const BlackHole hole("::1", listener_->port());
  Name("api.test", {"::1", "127.0.0.1"});
  Running<Acquired> dialling(Dial("api.test", hours(1)));
  for (int i = 0; i < 50; ++i) worker_.Poll();
  EXPECT_FALSE(dialling.done());
  // The lookup may come after many steps: the head start counts from there. Waiting for the hole
  // itself would take the whole hour.
  ASSERT_TRUE(PollUntil(worker_, [&] {
    clock_.Advance(milliseconds(10));
    return dialling.done();
  }));
  ASSERT_TRUE(dialling.value()) << dialling.value().error().message;
  EXPECT_EQ(dialling.value()->stream->Detail(), At("127.0.0.1"));
}

}  // namespace
}  // namespace weir::net
