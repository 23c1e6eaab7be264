// The gateway of world_for_test.h whose route `auto` has a cache, for the tests of repeats.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <string>
#include <string_view>

#include "gateway/world_for_test.h"

namespace weir::gateway {

// Whatever is asked goes to `small`, at the first upstream.
inline constexpr std::string_view kAllSimple = ", rules: [{name: all, match: \".\", tier: simple}]";

class ExchangeCacheTest : public GatewayTest {
 protected:
  void Cached(std::string options = "mode: exact") {
    World world;
    world.auto_more = fmt::format("{}, cache: {{{}}}", kAllSimple, options);
    Load(world);
    first_.Handle([this](const SeenRequest& seen) { return Answered(seen); });
    second_.Always(Script::Json(ChatReply("of the second")));
  }
  // Each call of the upstream has an answer of its own.
  Script Answered(const SeenRequest& seen) {
    const std::string content = fmt::format("answer {}", ++calls_);
    return seen.body.find("\"stream\":true") == std::string::npos
               ? Script::Json(ChatReply(content))
               : Script::Stream(WholeStream(content));
  }
  static std::string Body(std::string_view text, std::string_view more = "") {
    return fmt::format(R"({{"model":"auto","messages":[{{"role":"user","content":"{}"}}]{}}})",
                       text, more);
  }
  Client& Post(std::string_view body, std::string_view headers = "") {
    Client& client = Connect();
    client.Post("/v1/chat/completions", body, headers);
    return client;
  }
  static std::string How(const Client::Answer& answer) { return answer.Header("x-weir-cache"); }
  std::string How(std::string_view body, std::string_view headers = "") {
    return How(Ask(body, headers));
  }
  static std::string Shown(std::string_view content) {
    return RoleEvent() + ContentEvent(content) + FinishEvent() + std::string(kDoneEvent);
  }
  void Finished(Client& client) {
    ASSERT_TRUE(Until([&] { return client.answer().whole; })) << client.answer().body;
  }

  std::atomic<int> calls_{0};
};

inline constexpr std::string_view kStream = R"(,"stream":true)";

}  // namespace weir::gateway
