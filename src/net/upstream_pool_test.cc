#include "net/upstream_pool.h"

#include <gtest/gtest.h>

#include "net/loopback_test.h"
#include "net/resolver.h"

namespace weir::net {
namespace {

using std::chrono::milliseconds;

class UpstreamPoolTest : public LoopbackTest {
 protected:
  using Acquired = Result<UpstreamPool::Connection>;

  Endpoint Here() const { return {"127.0.0.1", listener_->port(), false, ""}; }
  Task<Acquired> Acquire(const Endpoint& endpoint, bool fresh = false,
                         CancelToken* cancel = nullptr) {
    return pool_.Acquire(endpoint, In(std::chrono::seconds(2)), fresh, cancel);
  }
  UpstreamPool::Connection Get(bool fresh = false) {
    const size_t before = accepted_.size();
    Acquired acquired = Await(worker_, Acquire(Here(), fresh));
    EXPECT_TRUE(acquired);
    if (!acquired->reused) {
      PollUntil(worker_, [this, before] { return accepted_.size() > before; });
    }
    return *std::move(acquired);
  }
  void SendFromFar(size_t which, std::string_view text) {
    WatchedOp write;
    write.Write(*accepted_[which], {&text, 1}, Soon());
    ASSERT_TRUE(write.result.ok());
  }

  UpstreamPool pool_{worker_, MakeResolver(), MakeTlsContexts(),
                     PoolLimits{.max_idle_per_endpoint = 2, .max_idle_time = milliseconds(1000)}};
};

TEST_F(UpstreamPoolTest, ReusesTheConnectionThatWasUsedLast) {
  auto first = Get();
  auto second = Get();
  EXPECT_FALSE(first.reused);
  Stream* last = second.stream.get();
  pool_.Release(Here(), std::move(first.stream));
  pool_.Release(Here(), std::move(second.stream));
  EXPECT_EQ(pool_.idle(), 2);
  const auto again = Get();
  EXPECT_TRUE(again.reused);
  EXPECT_EQ(again.stream.get(), last);
  EXPECT_EQ(pool_.idle(), 1);
}

TEST_F(UpstreamPoolTest, FreshMeansANewConnection) {
  pool_.Release(Here(), Get().stream);
  EXPECT_FALSE(Get(/*fresh=*/true).reused);
  EXPECT_EQ(pool_.idle(), 1);
}

TEST_F(UpstreamPoolTest, EndpointsThatDifferDoNotShare) {
  pool_.Release(Here(), Get().stream);
  Endpoint other = Here();
  other.host = "localhost";
  const auto acquired = Await(worker_, Acquire(other));
  ASSERT_TRUE(acquired);
  EXPECT_FALSE(acquired->reused);
  const Endpoint secure{"127.0.0.1", listener_->port(), true, ""};
  EXPECT_NE(secure.Key(), Here().Key());
}

TEST_F(UpstreamPoolTest, DropsAConnectionThatThePeerClosed) {
  pool_.Release(Here(), Get().stream);
  accepted_.clear();
  worker_.Poll();
  EXPECT_FALSE(Get().reused);
  EXPECT_EQ(pool_.idle(), 0);
}

TEST_F(UpstreamPoolTest, DropsAConnectionWithBytesNobodyAskedFor) {
  pool_.Release(Here(), Get().stream);
  SendFromFar(0, "HTTP/1.1 200 OK\r\n\r\n");
  worker_.Poll();
  EXPECT_FALSE(Get().reused);
}

TEST_F(UpstreamPoolTest, KeepsNoMoreThanItsBound) {
  std::vector<UpstreamPool::Connection> connections;
  for (int i = 0; i < 3; ++i) connections.push_back(Get());
  for (auto& connection : connections) pool_.Release(Here(), std::move(connection.stream));
  EXPECT_EQ(pool_.idle(), 2);
}

TEST_F(UpstreamPoolTest, SweepsWhatIsIdleTooLongOrClosed) {
  auto old = Get();
  auto young = Get();
  pool_.Release(Here(), std::move(old.stream));
  clock_.Advance(milliseconds(600));
  pool_.Release(Here(), std::move(young.stream));
  worker_.Poll();
  EXPECT_EQ(pool_.idle(), 2);
  clock_.Advance(milliseconds(400));
  worker_.Poll();
  EXPECT_EQ(pool_.idle(), 1);
  accepted_.clear();
  clock_.Advance(milliseconds(200));
  EXPECT_TRUE(PollUntil(worker_, [this] {
    clock_.Advance(milliseconds(1));
    return pool_.idle() == 0;
  }));
}

TEST_F(UpstreamPoolTest, ARefusedConnectionIsAnError) {
  const Endpoint closed = Here();
  listener_.reset();
  const auto refused = Await(worker_, Acquire(closed));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kUpstreamConnect);
}

TEST_F(UpstreamPoolTest, ACancelledTokenStopsBeforeAnythingIsDone) {
  pool_.Release(Here(), Get().stream);
  CancelToken cancel;
  cancel.Cancel();
  const auto refused = Await(worker_, Acquire(Here(), false, &cancel));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kClientGone);
  EXPECT_EQ(pool_.idle(), 1);
}

TEST_F(UpstreamPoolTest, CancelEndsAHandshakeWithASilentPeer) {
  CancelToken cancel;
  const Endpoint silent{"127.0.0.1", listener_->port(), true, ""};
  Running<Acquired> acquiring(Acquire(silent, false, &cancel));
  ASSERT_TRUE(PollUntil(worker_, [this] { return !accepted_.empty(); }));
  for (int i = 0; i < 20; ++i) worker_.Poll();
  ASSERT_FALSE(acquiring.done());
  cancel.Cancel();
  EXPECT_FALSE(acquiring.done());
  ASSERT_TRUE(PollUntil(worker_, [&acquiring] { return acquiring.done(); }));
  EXPECT_EQ(acquiring.value().error().reason, Reason::kClientGone);
}

TEST_F(UpstreamPoolTest, ThePoolMayEndWhileAConnectionIsMade) {
  auto pool =
      std::make_unique<UpstreamPool>(worker_, MakeResolver(), MakeTlsContexts(), PoolLimits{});
  Running<Acquired> acquiring(pool->Acquire(Here(), Soon(), false, nullptr));
  pool.reset();
  ASSERT_TRUE(PollUntil(worker_, [&acquiring] { return acquiring.done(); }));
  EXPECT_TRUE(acquiring.value());
}

}  // namespace
}  // namespace weir::net
