// A worker that speaks TLS with fake servers on loopback, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "net/loopback_test.h"
#include "net/resolver.h"
#include "net/tls_stream.h"
#include "testing/tls_peer.h"

namespace weir::net {
using std::chrono::milliseconds;
using Acquired = Result<UpstreamPool::Connection>;
using Manner = TlsPeer::Manner;

inline constexpr char kHost[] = "api.test";

// Every name is this machine.
inline std::shared_ptr<Resolver> LoopbackResolver() {
  return std::make_shared<Resolver>([](const std::string&) -> Result<std::vector<Address>> {
    return std::vector<Address>{*ParseLiteral("127.0.0.1", 0)};
  });
}

class TlsLoopbackTest : public testing::Test {
 protected:
  TlsLoopbackTest()
      : ca_file_(std::filesystem::temp_directory_path() /
                 ("weir-ca-" + std::to_string(::getpid()) + ".pem")) {
    authority_.Save(ca_file_);
  }
  ~TlsLoopbackTest() override { std::filesystem::remove(ca_file_); }

  SteadyTime In(milliseconds delay) const { return clock_.Steady() + delay; }
  SteadyTime Soon() const { return In(std::chrono::hours(1)); }
  Identity Good() const { return authority_.Issue({.dns_names = {kHost}}); }

  Task<Acquired> Dial(const TlsPeer& peer, const std::string& host = kHost, bool fresh = true) {
    const Endpoint endpoint{host, peer.port(), true, ca_file_};
    return pool_.Acquire(endpoint, In(std::chrono::seconds(2)), fresh, nullptr);
  }
  std::unique_ptr<Stream> Connect(const TlsPeer& peer) {
    Acquired acquired = Await(worker_, Dial(peer));
    EXPECT_TRUE(acquired) << acquired.error().message;
    return std::move(acquired->stream);
  }
  IoResult Write(Stream& stream, std::string_view text) {
    WatchedOp write;
    write.Write(stream, {&text, 1}, Soon());
    EXPECT_TRUE(PollUntil(worker_, [&write] { return write.times == 1; }));
    return write.result;
  }
  // Reads until `size` bytes or another status than kOk.
  std::string Read(Stream& stream, size_t size, IoStatus* status) {
    std::string all;
    *status = IoStatus::kOk;
    while (all.size() < size && *status == IoStatus::kOk) {
      char buffer[20000];
      WatchedOp read;
      read.Read(stream, buffer, Soon());
      const bool ended = PollUntil(worker_, [&read] { return read.times == 1; });
      EXPECT_TRUE(ended) << "the read hangs";
      if (!ended) break;
      all.append(buffer, read.result.bytes);
      *status = read.result.status;
    }
    return all;
  }
  // The peer is refused with this message and no byte of plain text has reached it.
  void ExpectRefused(const Identity& identity, const std::string& message,
                     Manner manner = Manner::kEcho, const std::string& host = kHost) {
    TlsPeer peer(identity, manner);
    const Acquired refused = Await(worker_, Dial(peer, host));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::kUpstreamTls);
    EXPECT_EQ(refused.error().message, message);
    EXPECT_EQ(peer.PlainTextAfter(1), "");
  }

  const Authority authority_{"Test Authority"};
  const std::string ca_file_;
  FakeClock clock_;
  Worker worker_{0, clock_};
  std::shared_ptr<TlsContexts> contexts_ = MakeTlsContexts();
  UpstreamPool pool_{worker_, LoopbackResolver(), contexts_, PoolLimits{}};
};

}  // namespace weir::net
