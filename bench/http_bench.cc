// Heads as clients and upstreams send them, and events of a stream.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "http/head.h"
#include "http/sse.h"

namespace weir::http {
namespace {

constexpr std::string_view kRequest =
    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: application/json\r\n"
    "Content-Type: application/json\r\nUser-Agent: OpenAI/Python 1.51.0\r\nX-Stainless-Lang: "
    "python\r\n"
    "X-Stainless-OS: Linux\r\nX-Stainless-Runtime: CPython\r\nX-Stainless-Async: false\r\n"
    "Authorization: Bearer sk-bench-0123456789\r\nAccept-Encoding: gzip, deflate\r\n"
    "Connection: keep-alive\r\nContent-Length: 412\r\n\r\n";

constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 05:00:00 GMT\r\nContent-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\nServer: bench\r\nX-Request-Id: "
    "req_0123\r\n"
    "X-RateLimit-Remaining-Requests: 9999\r\nX-RateLimit-Remaining-Tokens: 1999970\r\n"
    "Strict-Transport-Security: max-age=31536000\r\n\r\n";

void BM_RequestHead(benchmark::State& state) {
  RequestHead head;
  const Limits limits;
  for (auto _ : state) {
    auto size = ParseRequestHead(kRequest, limits, &head);
    if (!size || *size != kRequest.size()) return state.SkipWithError("the head is refused");
  }
}
BENCHMARK(BM_RequestHead);

void BM_ResponseHead(benchmark::State& state) {
  ResponseHead head;
  const Limits limits;
  for (auto _ : state) {
    auto size = ParseResponseHead(kResponse, limits, &head);
    if (!size || *size != kResponse.size()) return state.SkipWithError("the head is refused");
  }
}
BENCHMARK(BM_ResponseHead);

std::string Events(size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) {
    all += R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
           R"("model":"bench-1","choices":[{"index":0,"delta":{"content":" word)" +
           std::to_string(i) + R"("},"logprobs":null,"finish_reason":null}]})" + "\n\n";
  }
  return all;
}

// Per event; the argument: bytes that come with one read.
void BM_SseSplit(benchmark::State& state) {
  constexpr size_t kCount = 100;
  const std::string bytes = Events(kCount);
  const auto piece = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    SseSplitter splitter;
    SseEvent event;
    size_t seen = 0;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      if (!splitter.Feed(std::string_view(bytes).substr(at, piece))) break;
      while (splitter.Next(&event)) seen += event.has_data ? 1 : 0;
    }
    if (seen != kCount) return state.SkipWithError("events are missing");
  }
  state.SetItemsProcessed(state.iterations() * kCount);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes.size()));
}
BENCHMARK(BM_SseSplit)->Arg(100)->Arg(1 << 10)->Arg(16 << 10);

}  // namespace
}  // namespace weir::http
