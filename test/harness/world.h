// An end-to-end test: the real binary in front of the upstreams of testing/world.h.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "test/harness/http_client.h"
#include "test/harness/openai_shapes.h"
#include "test/harness/weir_process.h"
#include "testing/world.h"

namespace weir::e2e {

class GatewayTest : public testing::Test {
 protected:
  void Start(const World& world = {});

  WeirProcess& weir() const { return *weir_; }
  uint16_t port() const { return weir_->data_port(); }
  HttpAnswer Ask(std::string_view body, const Headers& headers = {}) const {
    return Post(port(), "/v1/chat/completions", body, headers);
  }
  void AllAnswer(const Script& script);
  size_t AllRequests() const;
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

// Answers every request, plain or stream, with the first "nonce-" and its digits that stand in it:
// an answer that was crossed shows.
void AnswerNonces(ScriptedUpstream* upstream);

// Value of a string member anywhere in a JSON text ("" when absent): enough for error bodies.
std::string Member(std::string_view json, std::string_view name);
// An error body of CONTRACT's shape with this type; `code` unless empty.
testing::AssertionResult IsError(const HttpAnswer& answer, int status, std::string_view type,
                                 std::string_view code = "");

}  // namespace weir::e2e
