// The edge (HARDENING 4.1): raw bytes before one gateway that serves a whole suite. After each test
// it must still serve, and its upstreams must have seen nothing that was only smuggled in.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "test/harness/http_client.h"
#include "test/harness/openai_shapes.h"
#include "test/harness/weir_process.h"
#include "testing/world.h"

namespace weir::e2e {

// A row of a table of cases: what a client sends, and the status of the one answer it may get.
struct EdgeRow {
  const char* id;  // "H02LengthBeforeChunked"
  std::string bytes;
  std::vector<int> statuses;
};
std::ostream& operator<<(std::ostream& out, const EdgeRow& row);  // the id

// What came back on a connection.
struct Talk {
  std::vector<HttpAnswer> answers;
  bool closed = false;  // by the server, behind the last answer
};

class EdgeTest : public testing::Test {
 protected:
  // What stands only in bytes that are never a request of their own.
  static constexpr std::string_view kCanary = "edge-canary";

  static void SetUpTestSuite() { StartShared(World()); }
  // Ends it by SIGTERM: a leak or a fault that a sanitizer saw is a bad exit.
  static void TearDownTestSuite();
  static void StartShared(const World& world);
  void TearDown() override;

  static WeirProcess& weir() { return *shared_->weir; }
  static uint16_t port() { return weir().data_port(); }
  // Where the model `large` is, which has no fallback.
  static ScriptedUpstream& upstream() { return shared_->third; }

  // Head and body of a good request; `fields` are ready lines.
  static std::string Chat(std::string_view text, std::string_view fields = "");
  // The same with framing of the test's own: `framing` are ready lines, `wire` is behind the head.
  static std::string Framed(std::string_view framing, std::string_view wire);
  static std::string Smuggled() { return Chat(kCanary); }

  // Sends `bytes` on a new connection and takes `expected` answers; then the client sends no more
  // and takes whatever else comes.
  static Talk Say(std::string_view bytes, size_t expected = 1);
  // One error of one of these statuses, small and in CONTRACT's shape, and the connection closed.
  static testing::AssertionResult Refused(const Talk& talk, const std::vector<int>& statuses);
  static testing::AssertionResult Served(const HttpAnswer& answer);
  // An error body: bounded, JSON, with a message.
  static testing::AssertionResult IsError(const HttpAnswer& answer,
                                          const std::vector<int>& statuses);

 private:
  struct Shared {
    ScriptedUpstream first, second, third;
    std::unique_ptr<WeirProcess> weir;
    std::array<size_t, 3> judged{};  // of what each upstream has seen
  };
  static std::unique_ptr<Shared> shared_;
};

}  // namespace weir::e2e
