// A chat request read, and its model's name replaced. The argument: bytes of the prompt.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/shelves.h"
#include "bench/prose.h"
#include "chat/request.h"
#include "chat/rewrite.h"
#include "json/patch.h"
#include "json/scan.h"

namespace weir::chat {
namespace {

void PromptSizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(300)->Arg(8 << 10)->Arg(200 << 10);
}

void CountBytes(benchmark::State& state, const std::string& body) {
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(body.size()));
}

void BM_JsonWalk(benchmark::State& state) {
  const std::string body = bench::ChatBody(static_cast<size_t>(state.range(0)), json::kPadding);
  json::Index index;
  for (auto _ : state) {
    auto cursor = index.Begin(body, json::Check::kWhole);
    if (!cursor) return state.SkipWithError("the body is refused");
    benchmark::DoNotOptimize(cursor->Skip());
    if (!cursor->Finish()) return state.SkipWithError("the body is refused");
  }
  CountBytes(state, body);
}
BENCHMARK(BM_JsonWalk)->Apply(PromptSizes);

void BM_ChatParse(benchmark::State& state) {
  const std::string body = bench::ChatBody(static_cast<size_t>(state.range(0)), json::kPadding);
  RequestParser parser;
  for (auto _ : state) {
    auto request = parser.Parse(Endpoint::kChatCompletions, body);
    if (!request) return state.SkipWithError("the body is refused");
    benchmark::DoNotOptimize(request->text_bytes);
  }
  CountBytes(state, body);
}
BENCHMARK(BM_ChatParse)->Apply(PromptSizes);

// As it is sent: the pieces that stay are not copied.
void BM_ChatPatch(benchmark::State& state) {
  const std::string body = bench::ChatBody(static_cast<size_t>(state.range(0)), json::kPadding);
  RequestParser parser;
  auto request = parser.Parse(Endpoint::kChatCompletions, body);
  if (!request) return state.SkipWithError("the body is refused");
  const Rewrite rewrite{.model = "gpt-4o-mini"};
  ShelvedVector<std::string_view> pieces;
  for (auto _ : state) {
    json::Patched patched(body, EditsFor(*request, body, rewrite));
    pieces.clear();
    patched.AppendPieces(&pieces);
    benchmark::DoNotOptimize(pieces.data());
  }
}
BENCHMARK(BM_ChatPatch)->Apply(PromptSizes);

}  // namespace
}  // namespace weir::chat
