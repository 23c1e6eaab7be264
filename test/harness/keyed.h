// A gateway whose clients show keys, in front of one scripted upstream.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "test/harness/http_client.h"
#include "test/harness/openai_shapes.h"
#include "test/harness/weir_process.h"
#include "testing/scripted_upstream.h"

namespace weir::e2e {

class KeyedTest : public testing::Test {
 protected:
  // `small` has no price for input and 1 USD a million for output: ChatReply's answer costs
  // kCost, which is also the most that an answer of 5 tokens can cost. `large` is ten times as
  // dear, `priced` costs 1 USD a million for input too, `nameless` has no price.
  static constexpr int64_t kCost = 5'000;  // nano-dollars
  static constexpr std::string_view kKey = "key-of-the-tests-0123456789";

  // `keys` is what stands behind "keys:" and may bring further sections.
  void Start(std::string_view keys, std::string_view routes = kRoutes);
  std::string Config(std::string_view keys, std::string_view routes = kRoutes) const;
  void StartWith(std::string config);

  WeirProcess& weir() const { return *weir_; }
  uint16_t port() const { return weir_->data_port(); }

  static Headers Bearer(std::string_view key = kKey) {
    return {{"authorization", "Bearer " + std::string(key)}, {"content-type", "application/json"}};
  }
  HttpAnswer Ask(std::string_view model = "small", std::string_view more = R"(,"max_tokens":5)",
                 std::string_view key = kKey) const;
  // So many at one time: all are sent before the first is read. Clients whose server goes away
  // get the status 0.
  std::vector<HttpAnswer> AskTogether(size_t count, std::string_view model = "small",
                                      std::string_view more = R"(,"max_tokens":5)",
                                      std::string_view key = kKey) const;
  static int64_t Count(const std::vector<HttpAnswer>& answers, int status);

  HttpAnswer Admin(std::string_view method, std::string_view path,
                   std::string_view body = "") const;
  // A sample without labels, or -1.
  double Metric(std::string_view name) const;
  // "$.000123…" of GET /api/keys, for this key and period, or "absent".
  std::string SpentUsd(std::string_view key, std::string_view period = "total") const;
  // Of all rows in the store, once the server has stopped: their cost, and how many of this kind.
  struct Rows {
    int64_t cost = 0, rows = 0, lost = 0, strong = 0, cache_saved = 0, attempts = 0;
  };
  Rows StopAndRead();

  static constexpr std::string_view kRoutes = R"(
routes:
  auto: {classifier: seed, tiers: {simple: small, complex: large}, baseline: large}
)";

  ScriptedUpstream upstream_;

 private:
  std::unique_ptr<WeirProcess> weir_;
};

}  // namespace weir::e2e
