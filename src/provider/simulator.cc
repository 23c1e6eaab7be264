#include "base/strings.h"
#include "http/write.h"
#include "provider/openai.h"
#include "provider/simulated/ask.h"
#include "provider/simulated/completion.h"
#include "provider/simulated/embedding.h"
#include "provider/simulated/manner.h"
#include "provider/simulated/speech.h"

namespace weir::provider {
namespace {

using simulated::Ask;
using simulated::Manner;
using simulated::Speech;
using std::chrono::microseconds;
using TimedList = std::vector<Dialect::Timed>;

std::string PlainAnswer(int status, std::string_view body) {
  std::string out;
  http::HeadWriter head(&out);
  head.Status(status).Field("content-type", "application/json");
  head.Field("content-length", static_cast<uint64_t>(body.size()));
  if (status == 503) head.Field("retry-after", uint64_t{1});
  head.End();
  return out.append(body);
}

std::string ErrorAnswer(int status, std::string_view message, std::string_view param) {
  std::string body = R"({"error":{"message":)";
  AppendJsonString(&body, message);
  body += status < 500 ? R"(,"type":"invalid_request_error","param":)"
                       : R"(,"type":"server_error","param":)";
  if (param.empty()) {
    body += "null";
  } else {
    AppendJsonString(&body, param);
  }
  return PlainAnswer(status, body + R"(,"code":null}})");
}

// Tokens without a pause between them leave in one piece.
TimedList StreamAnswer(const Ask& ask, const std::vector<Speech>& speeches, microseconds latency,
                       microseconds interval) {
  TimedList list(1);
  list[0].delay = latency;
  http::HeadWriter head(&list[0].bytes);
  head.Status(200).Field("content-type", "text/event-stream");
  head.Field("cache-control", "no-cache").Field("transfer-encoding", "chunked").End();
  const auto events = simulated::CompletionEvents(ask, speeches);
  const size_t roles = ask.kind == simulated::Kind::kChat ? speeches.size() : 0;
  const size_t at_once = roles + speeches.size();  // roles come with the first tokens
  for (size_t i = 0; i < events.size(); ++i) {
    if (interval.count() > 0 && i >= at_once) list.push_back({interval, {}});
    http::AppendChunk(&list.back().bytes, events[i]);
  }
  list.back().bytes += http::kLastChunk;
  return list;
}

TimedList AnswerAsk(const Ask& ask, const Manner& manner) {
  const microseconds latency = manner.latency;
  const microseconds interval = manner.token_interval;
  if (simulated::Fails(ask, manner)) {
    return {{latency, ErrorAnswer(503, "the simulated provider is overloaded (failure_rate)", "")}};
  }
  if (ask.kind == simulated::Kind::kEmbedding) {
    return {{latency, PlainAnswer(200, simulated::EmbeddingJson(ask, manner.seed))}};
  }
  std::vector<Speech> speeches;
  size_t tokens = 0;
  for (int64_t i = 0; i < ask.n; ++i) {
    speeches.push_back(simulated::Speak(ask, manner, i));
    tokens = std::max(tokens, speeches.back().tokens.size());
  }
  if (ask.stream) return StreamAnswer(ask, speeches, latency, interval);
  return {{latency + interval * static_cast<int64_t>(tokens),
           PlainAnswer(200, simulated::CompletionJson(ask, speeches))}};
}

TimedList Answer(const WireRequest& request, const Target& target) {
  const config::SimulatorSettings& settings = target.provider->simulator;
  const std::string body = request.body.Whole();
  const auto ask = simulated::ReadAsk(request.path, body, settings.seed);
  if (ask) return AnswerAsk(*ask, simulated::MannerOf(settings, ask->model));
  return {
      {microseconds(0), ErrorAnswer(ask.error().status(), ask.error().message, ask.error().param)}};
}

}  // namespace

const Dialect kSimulator = {
    .name = "simulator",
    .doc = "answers offline, deterministically, with configurable latency, failures and quality",
    .encode = EncodeOpenAi,
    .decode_reply = DecodeOpenAiReply,
    .new_stream = NewOpenAiStream,
    .decode_event = DecodeOpenAiEvent,
    .decode_error = DecodeOpenAiError,
    .answer = Answer,
};

}  // namespace weir::provider
