// A gateway of one worker for the tests of this folder: the real data plane, config and sockets to
// the upstreams of testing/world.h, under a clock that moves only when the test says so. Clients
// are memory streams.
#pragma once

#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/chain.h"
#include "gateway/data_plane.h"
#include "testing/fake_clock.h"
#include "testing/memory_stream.h"
#include "testing/poll.h"
#include "testing/world.h"

namespace weir::gateway {

using std::chrono::milliseconds;
using std::chrono::seconds;

// `before` may be null; a config that does not load ends the test.
std::shared_ptr<const Snapshot> SnapshotOf(std::string_view yaml, const Snapshot* before);

// Texts in OpenAI's shapes. An answer used 10 prompt and 5 completion tokens.
std::string ChatBody(std::string_view model, std::string_view more = "");
std::string ChatReply(std::string_view content);
std::string ErrorReply(std::string_view message, std::string_view code = "");
std::string RoleEvent();
std::string ContentEvent(std::string_view content);
std::string FinishEvent();
std::string UsageEvent();
inline constexpr std::string_view kDoneEvent = "data: [DONE]\n\n";
std::string WholeStream(std::string_view content);  // role, content, finish, usage, [DONE]

class RowKeeper final : public ledger::Ledger {
 public:
  void Append(const ledger::Batch& batch) override {
    if (!keeps) return;
    for (const std::string& row : batch.rows()) {
      rows.push_back(*ledger::Decode(row));
      const ledger::BodiesView said = ledger::View(row)->bodies;
      bodies.push_back(
          {std::string(said.request), std::string(said.answer), std::string(said.other)});
    }
  }
  ledger::LedgerHealth health() const override { return {}; }
  bool Drain(milliseconds) override { return true; }
  std::vector<ledger::Record> rows;
  std::vector<ledger::Bodies> bodies;  // of each row
  bool keeps = true;
};

// What a client has got so far. The stream is freed with its connection.
class Client {
 public:
  struct Answer {
    int status = 0;
    std::string head;
    std::string body;  // without chunked framing
    bool whole = false;
    std::string Header(std::string_view name) const;  // "" when absent
  };

  explicit Client(DataPlane& plane);
  ~Client() { Leave(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(std::string bytes);
  void Post(std::string_view path, std::string_view body, std::string_view headers = "");
  void Leave(net::IoStatus how = net::IoStatus::kEof);
  void Step();  // moves bytes
  bool closed() const { return stream_ == nullptr; }
  Answer answer() const;  // the first one

 private:
  class Kept;
  MemoryStream* stream_ = nullptr;
  std::string written_;
};

class GatewayTest : public testing::Test {
 protected:
  GatewayTest();
  ~GatewayTest() override;

  void Load(const World& options = {});
  // Turns the loop until `done`; false when it takes too long.
  bool Until(const std::function<bool()>& done);
  // Moves the clock, then lets what is due happen.
  void Pass(milliseconds time);
  Client& Connect();
  Client::Answer Ask(std::string_view body, std::string_view headers = "",
                     std::string_view path = "/v1/chat/completions");
  ledger::Record row() const;  // the last one
  catalog::ModelId IdOf(std::string_view model) const;
  Breaker& BreakerOf(std::string_view model) const;

  FakeClock clock_;
  ScriptedUpstream first_, second_, third_;
  RowKeeper ledger_;
  Core core_{clock_, ledger_, 16 << 20, nullptr};
  net::Worker worker_{0, clock_};
  WorkerState state_;
  DataPlane plane_{state_};
  std::list<Client> clients_;
};

// One run of the attempt chain without a client's connection.
class ChainRun {
 public:
  ChainRun(WorkerState& state, std::string_view model, bool stream, milliseconds deadline);
  ~ChainRun();
  ChainRun(const ChainRun&) = delete;
  ChainRun& operator=(const ChainRun&) = delete;

  bool done() const { return run_ && run_->done(); }
  Result<Answer>& answer() { return run_->value(); }
  AttemptChain& chain() { return *chain_; }
  net::CancelToken& cancel() { return cancel_; }
  // Outcomes of the attempts: "small:upstream_status middle:ok".
  std::string Story() const;

 private:
  net::Worker& worker_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::string body_;
  chat::Request request_;
  route::Decision decision_;
  http::HeaderList headers_;
  net::CancelToken cancel_;
  ledger::Record row_;
  std::optional<Payment> payment_;
  std::optional<AttemptChain> chain_;
  std::optional<Running<Result<Answer>>> run_;
};

class ChainTest : public GatewayTest {
 protected:
  std::unique_ptr<ChainRun> Start(std::string_view model = "small", bool stream = false,
                                  milliseconds deadline = seconds(600)) {
    return std::make_unique<ChainRun>(state_, model, stream, deadline);
  }
  // To its end.
  std::unique_ptr<ChainRun> Run(std::string_view model = "small", bool stream = false) {
    auto run = Start(model, stream);
    EXPECT_TRUE(Until([&] { return run->done(); })) << run->Story();
    return run;
  }
  bool Asked(const ScriptedUpstream& upstream, size_t requests) {
    return Until([&] { return upstream.requests().size() >= requests; });
  }
};

}  // namespace weir::gateway
