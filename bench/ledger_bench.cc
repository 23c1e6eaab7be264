// What a row of the ledger costs: on the worker (encode, append) and on the ledger's thread
// (decode, store), and the whole way from Append() to the store.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "ledger/journal.h"
#include "ledger/ledger.h"
#include "ledger/record.h"
#include "ledger/sink.h"

namespace weir::ledger {
namespace {

constexpr int kFloodRows = 600'000;
constexpr size_t kBatchRows = 1000;

class Directory {
 public:
  Directory() {
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / "weir-ledger-bench-XXXXXX";
};

// A routed request of one attempt, ten a millisecond.
Record Row(int64_t n) {
  Record record;
  record.time = 1'764'000'000'000'000 + n * 100;
  record.id = NewRequestId(record.time);
  record.endpoint = "chat";
  record.route = record.requested = "auto";
  record.tier = "simple";
  record.reason = "tier:simple";
  record.model = "bench/small";
  record.outcome = "ok";
  record.status = 200;
  record.tokens = {.prompt = 75, .cached = 0, .completion = 110, .reasoning = 0};
  record.cost = NanoUsd{77'250};
  record.priced = true;
  record.baseline = "bench/large";
  record.baseline_cost = NanoUsd{1'287'500};
  record.first_token_us = 812;
  record.total_us = 845 + n % 100;
  record.score = 0.27;
  record.candidates = R"([{"model":"bench/small","expected_cost_nano":91250},)"
                      R"({"model":"bench/large","expected_cost_nano":1520833}])";
  record.rejected = "[]";
  record.signals = R"({"prompt_tokens":75,"code":0,"reasoning":0,"turns":1,"language":"en"})";
  record.config_version = 1;
  record.attempts = {{.model = record.model,
                      .provider = "bench",
                      .outcome = "ok",
                      .status = 200,
                      .tokens = record.tokens,
                      .priced = true,
                      .cost = record.cost,
                      .started_us = 35,
                      .first_byte_us = 760,
                      .total_us = 790}};
  return record;
}

std::vector<Record> Rows(size_t count) {
  std::vector<Record> rows;
  for (size_t n = 0; n < count; ++n) rows.push_back(Row(static_cast<int64_t>(n)));
  return rows;
}

void LedgerEncode(benchmark::State& state) {
  const Record record = Row(1);
  std::string scratch;
  for (auto _ : state) {
    EncodeInto(record, &scratch);
    benchmark::DoNotOptimize(scratch.data());
  }
  state.counters["bytes"] = static_cast<double>(scratch.size());
}
BENCHMARK(LedgerEncode);

void LedgerDecode(benchmark::State& state) {
  const std::string payload = Encode(Row(1));
  for (auto _ : state) benchmark::DoNotOptimize(View(payload));
}
BENCHMARK(LedgerDecode);

void LedgerJournalAppend(benchmark::State& state) {
  const Directory directory;
  auto journal = Journal::Open(directory.path(), FileCalls::System());
  const std::string payload = Encode(Row(1));
  for (auto _ : state) {
    if (!journal || !(*journal)->Append(payload)) return state.SkipWithError("the disk refuses");
  }
}
BENCHMARK(LedgerJournalAppend)->Iterations(200'000);

void LedgerSinkBatch(benchmark::State& state) {
  const Directory directory;
  auto sink = kSqliteSink.open(directory.path());
  int64_t stored = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<Record> rows = Rows(kBatchRows);
    for (Record& row : rows) {
      row.time += stored++ * 100;
      row.id = NewRequestId(row.time);
    }
    state.ResumeTiming();
    if (!sink || !(*sink)->Store(rows, {1, 500})) return state.SkipWithError("the store refuses");
  }
  state.SetItemsProcessed(stored);
}
BENCHMARK(LedgerSinkBatch)->Iterations(200)->Unit(benchmark::kMicrosecond);

// A full disk cache's worth of rows as fast as one worker appends them, until all are in the store.
void LedgerFlood(benchmark::State& state) {
  for (auto _ : state) {
    const Directory directory;
    LedgerOptions options;
    options.data_dir = directory.path();
    auto ledger = Ledger::Open(options, kSqliteSink, SystemClock());
    if (!ledger) return state.SkipWithError("the ledger does not open");
    Record row = Row(0);
    Batch batch;
    const std::clock_t cpu_before = std::clock();
    for (int n = 0; n < kFloodRows; ++n) {
      row.time += 100;
      row.id = NewRequestId(row.time);
      batch.Clear();
      batch.Add(row);
      (*ledger)->Append(batch);
    }
    if (!(*ledger)->Drain(std::chrono::minutes(5))) return state.SkipWithError("rows are missing");
    state.counters["cpu_ns_per_row"] =
        static_cast<double>(std::clock() - cpu_before) * 1e9 / CLOCKS_PER_SEC / kFloodRows;
  }
  state.SetItemsProcessed(kFloodRows * state.iterations());
}
BENCHMARK(LedgerFlood)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir::ledger
