#include "net/connect.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "net/loopback_test.h"

namespace weir::net {
namespace {

using std::chrono::milliseconds;

Addresses Make(const std::vector<std::string>& literals) {
  auto addresses = std::make_shared<std::vector<Address>>();
  for (const auto& literal : literals) addresses->push_back(*ParseLiteral(literal, 0));
  return addresses;
}

class ConnectTest : public LoopbackTest {
 protected:
  Task<Result<std::unique_ptr<Stream>>> Dial(const std::vector<std::string>& literals,
                                             uint16_t port, CancelToken* cancel = nullptr) {
    return ConnectAny(worker_, Make(literals), port, "api.test", In(std::chrono::seconds(2)),
                      cancel);
  }
};

TEST_F(ConnectTest, GoesToTheNextAddressAtOnceWhenOneRefuses) {
  const auto stream = Await(worker_, Dial({"127.0.0.2", "127.0.0.1"}, listener_->port()));
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ((*stream)->Detail(), "127.0.0.1:" + std::to_string(listener_->port()));
}

TEST_F(ConnectTest, SaysWhyTheLastAddressFailed) {
  const uint16_t port = listener_->port();
  const auto refused = Await(worker_, Dial({"127.0.0.2", "127.0.0.3"}, port));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kUpstreamConnect);
  EXPECT_EQ(refused.error().message,
            "cannot connect to api.test:" + std::to_string(port) + ": Connection refused");
}

TEST_F(ConnectTest, StartsTheNextAddressWhenOneDoesNotAnswer) {
  const BlackHole hole("127.0.0.2", listener_->port());
  Running<Result<std::unique_ptr<Stream>>> dialling(
      Dial({"127.0.0.2", "127.0.0.1"}, listener_->port()));
  for (int i = 0; i < 50; ++i) worker_.Poll();
  EXPECT_FALSE(dialling.done());
  EXPECT_TRUE(accepted_.empty());
  clock_.Advance(milliseconds(250));
  ASSERT_TRUE(PollUntil(worker_, [&dialling] { return dialling.done(); }));
  ASSERT_TRUE(dialling.value());
  EXPECT_EQ((*dialling.value())->Detail(), "127.0.0.1:" + std::to_string(listener_->port()));
}

TEST_F(ConnectTest, EndsAtItsDeadline) {
  const BlackHole hole("127.0.0.2");
  Running<Result<std::unique_ptr<Stream>>> dialling(Dial({"127.0.0.2"}, hole.port()));
  for (int i = 0; i < 50; ++i) worker_.Poll();
  EXPECT_FALSE(dialling.done());
  clock_.Advance(std::chrono::seconds(2));
  worker_.Poll();
  ASSERT_TRUE(dialling.done());
  EXPECT_EQ(dialling.value().error().reason, Reason::kConnectTimeout);
}

TEST_F(ConnectTest, EndsWhenCancelled) {
  const BlackHole hole("127.0.0.2");
  CancelToken cancel;
  Running<Result<std::unique_ptr<Stream>>> dialling(Dial({"127.0.0.2"}, hole.port(), &cancel));
  worker_.Poll();
  cancel.Cancel();
  worker_.Poll();
  ASSERT_TRUE(dialling.done());
  EXPECT_EQ(dialling.value().error().reason, Reason::kClientGone);
}

TEST_F(ConnectTest, AWorkerMayEndInTheMiddle) {
  const BlackHole hole("127.0.0.2");
  FakeClock clock;
  auto worker = std::make_unique<Worker>(1, clock);
  CancelToken cancel;
  Running<Result<std::unique_ptr<Stream>>> dialling(ConnectAny(
      *worker, Make({"127.0.0.2"}), hole.port(), "api.test", SteadyTime::max(), &cancel));
  worker->Poll();
  cancel.Cancel();
  worker->Poll();
  EXPECT_TRUE(dialling.done());
  worker.reset();
}

}  // namespace
}  // namespace weir::net
