#include "test/harness/world.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace weir::e2e {

void GatewayTest::Start(const World& world) {
  weir_ = std::make_unique<WeirProcess>(WorldYaml(world, first_, second_, third_));
  ASSERT_TRUE(weir_->Start()) << weir_->output();
}

GatewayTest::OpenStream GatewayTest::Stream(std::string_view more, std::string_view model) const {
  OpenStream stream;
  stream.client = std::make_unique<HttpClient>(port());
  stream.client->Send(
      RequestBytes("POST", "/v1/chat/completions",
                   ChatBody(model, "tell me", fmt::format(R"(,"stream":true{})", more)),
                   {{"content-type", "application/json"}}));
  stream.head = stream.client->ReadHead();
  return stream;
}

void GatewayTest::AllAnswer(const Script& script) {
  for (ScriptedUpstream* upstream : {&first_, &second_, &third_}) upstream->Always(script);
}

size_t GatewayTest::AllRequests() const {
  return first_.requests().size() + second_.requests().size() + third_.requests().size();
}

std::string GatewayTest::Drain(HttpClient& client) {
  std::string all;
  while (auto event = client.NextEvent()) all += event->raw;
  return all;
}

void AnswerNonces(ScriptedUpstream* upstream) {
  upstream->Handle([](const SeenRequest& seen) {
    const size_t begin = std::min(seen.body.find("nonce-"), seen.body.size());
    const size_t end = seen.body.find_first_not_of("-0123456789", begin + 5);
    const std::string nonce = seen.body.substr(begin, end - begin);
    const bool stream = seen.body.find("\"stream\":true") != std::string::npos;
    return stream ? Script::Stream(WholeStream({nonce})) : Script::Json(ChatReply(nonce));
  });
}

std::string Member(std::string_view json, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view text;
  if (parser.parse(json.data(), json.size()).get(root)) return {};
  for (const char* parent : {"/error/", "/"}) {
    if (!root.at_pointer(parent + std::string(name)).get(text)) return std::string(text);
  }
  return {};
}

testing::AssertionResult IsError(const HttpAnswer& answer, int status, std::string_view type,
                                 std::string_view code) {
  const auto failure = testing::AssertionFailure() << answer.status << " " << answer.body << " ";
  simdjson::dom::parser parser;
  simdjson::dom::element error;
  if (answer.status != status) return testing::AssertionResult(failure) << "status";
  if (parser.parse(answer.body)["error"].get(error)) {
    return testing::AssertionResult(failure) << "no error object";
  }
  for (const char* member : {"message", "type", "param", "code"}) {
    if (error[member].error()) return testing::AssertionResult(failure) << "lacks " << member;
  }
  if (Member(answer.body, "message").empty()) return testing::AssertionResult(failure) << "message";
  if (Member(answer.body, "type") != type) return testing::AssertionResult(failure) << "type";
  if (!code.empty() && Member(answer.body, "code") != code) {
    return testing::AssertionResult(failure) << "code";
  }
  return testing::AssertionSuccess();
}

}  // namespace weir::e2e
