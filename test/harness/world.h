// The usual world of an end-to-end test: three scripted upstreams, one provider and model each, and
// the real binary in front of them.
//   small (first, 8k window, falls back to middle, then large) · middle (second, 8k) · large
//   (third, 100k) each 1 USD in, 2 USD out per million; on the wire they are small-v1, middle-v1,
//   large-v1 route auto: seed classifier, tiers small, middle, large
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "test/harness/http_client.h"
#include "test/harness/openai_shapes.h"
#include "test/harness/weir_process.h"
#include "testing/scripted_upstream.h"

namespace weir::e2e {

struct World {
  int workers = 1;
  std::string provider = "retries: 0";  // options of each provider
  std::string first_keys = "[key-of-first]";
  std::string first_more;  // further options of the first, from the comma on
  std::string first_url;   // instead of the first upstream's
  std::string limits = "max_attempts: 4";
  std::string more;  // further top-level YAML
};

class GatewayTest : public testing::Test {
 protected:
  void Start(const World& world = {});
  static std::string Config(const World& world, const ScriptedUpstream& first,
                            const ScriptedUpstream& second, const ScriptedUpstream& third);

  WeirProcess& weir() const { return *weir_; }
  uint16_t port() const { return weir_->data_port(); }
  HttpAnswer Ask(std::string_view body, const Headers& headers = {}) const {
    return Post(port(), "/v1/chat/completions", body, headers);
  }
  // A stream through `small`, with its head read. `more` as in ChatBody.
  struct OpenStream {
    std::unique_ptr<HttpClient> client;
    HttpAnswer head;
  };
  OpenStream Stream(std::string_view more = "", std::string_view model = "small") const;
  // Every event until the end.
  static std::string Drain(HttpClient& client);

  ScriptedUpstream first_;
  ScriptedUpstream second_;
  ScriptedUpstream third_;

 private:
  std::unique_ptr<WeirProcess> weir_;
};

// Value of a string member anywhere in a JSON text ("" when absent): enough for error bodies.
std::string Member(std::string_view json, std::string_view name);
// An error body of CONTRACT's shape with this type; `code` unless empty.
testing::AssertionResult IsError(const HttpAnswer& answer, int status, std::string_view type,
                                 std::string_view code = "");

}  // namespace weir::e2e
