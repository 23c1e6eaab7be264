// HARDENING P13 with the real binary: WEIR_LARGE_ROWS rows (default 10^6) of 120 days, of which 30
// are beyond retention.
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "ledger/report.h"
#include "ledger/sink.h"
#include "ledger/sqlite.h"
#include "ledger/store.h"
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::steady_clock;

constexpr int64_t kUsualRows = 1'000'000;
constexpr int64_t kBatch = 5'000;
constexpr WallMicros kDay = 86'400'000'000;
constexpr WallMicros kSpan = 120 * kDay;
constexpr WallMicros kRetention = 90 * kDay;
constexpr std::string_view kConfig = R"(
workers: 1
providers: {local: {api: simulator, simulator: {latency: 1ms, output_tokens: 5}}}
models: {small: {provider: local, price: {input: 1, output: 2}}}
routes: {auto: {model: small}}
ledger: {retention: 90d}
log: {level: error}
)";

int64_t RowsWanted() {
  const char* said = getenv("WEIR_LARGE_ROWS");
  return said == nullptr ? kUsualRows : atoll(said);
}

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(steady_clock::now() - begin_).count();
  }

 private:
  steady_clock::time_point begin_ = steady_clock::now();
};

// A routed request of one attempt, as large as they are.
ledger::Record Sample() {
  ledger::Record row;
  row.endpoint = "chat";
  row.route = row.requested = "auto";
  row.reason = "learned";
  row.status = 200;
  row.tokens = {.prompt = 1'200, .cached = 400, .completion = 310};
  row.priced = true;
  row.baseline = "maker/m0";
  row.score = 0.27;
  row.candidates = R"([{"model":"maker/m3","expected_cost_nano":91250},)"
                   R"({"model":"maker/m0","expected_cost_nano":1520833}])";
  row.rejected = R"([{"model":"maker/m1","why":"dearer","detail":""}])";
  row.signals = R"({"prompt_tokens":1200,"code":0,"reasoning":0,"turns":1})";
  row.config_version = 1;
  row.key = "team-a";
  row.attempts = {{.provider = "maker", .outcome = "ok", .status = 200, .priced = true}};
  return row;
}

void Number(int64_t n, WallMicros time, ledger::Record* row) {
  row->time = time;
  row->id = NewRequestId(time);
  row->tier = n % 3 == 0 ? "complex" : "simple";
  row->model = fmt::format("maker/m{}", n % 6);
  row->outcome = n % 100 == 7 ? "upstream_reset" : "ok";
  row->cost = NanoUsd{1'000'000 + n % 7'919};
  row->baseline_cost = NanoUsd{5'000'000 + n % 104'729};
  row->first_token_us = 400'000 + n % 90'001;
  row->total_us = 2'000'000 + n % 900'001;
  ledger::Attempt& attempt = row->attempts[0];
  attempt.model = row->model;
  attempt.tokens = row->tokens;
  attempt.cost = row->cost;
  attempt.total_us = row->total_us;
}

void Fill(const std::string& data_dir, int64_t count, WallMicros end) {
  std::filesystem::create_directories(data_dir);
  auto sink = ledger::kSqliteSink.open(data_dir);
  ASSERT_TRUE(sink) << sink.error().message;
  std::vector<ledger::Record> rows(kBatch, Sample());
  for (int64_t n = 0; n < count; n += kBatch) {
    for (int64_t i = 0; i < kBatch; ++i) {
      Number(n + i, end - kSpan + (n + i) * (kSpan / count), &rows[static_cast<size_t>(i)]);
    }
    ASSERT_TRUE((*sink)->Store(rows, {}));
  }
}

double PageSeconds(ledger::Reader& reader, const ledger::DecisionFilter& filter) {
  const Stopwatch watch;
  const auto page = reader.List(filter);
  EXPECT_TRUE(page) << page.error().message;
  EXPECT_EQ(page ? page->size() : 0, static_cast<size_t>(filter.limit));
  return watch.Seconds();
}

void LookAtPages(const std::string& data_dir, WallMicros end) {
  auto reader = ledger::Reader::Open(data_dir);
  ASSERT_TRUE(reader) << reader.error().message;
  const WallMicros middle = end - 60 * kDay;
  for (const auto& filter : {ledger::DecisionFilter{}, ledger::DecisionFilter{.until = middle},
                             ledger::DecisionFilter{.since = middle, .until = middle + kDay},
                             ledger::DecisionFilter{.model = "maker/m4"},
                             ledger::DecisionFilter{.until = middle, .model = "maker/m4"},
                             ledger::DecisionFilter{.outcome = "upstream_reset"}}) {
    const double seconds = PageSeconds(**reader, filter);
    std::cout << fmt::format("page: {:.1f} ms\n", seconds * 1e3);
    EXPECT_LT(seconds, 1);
  }
}

void LookAtReports(const WeirProcess& weir, int64_t rows) {
  for (const std::string arguments :
       {"--since 30d", "--since 1d --by day", "--since 90d --by route"}) {
    const Stopwatch watch;
    const CommandResult report =
        RunWeir("report --format json " + arguments + " --config " + weir.config_path());
    EXPECT_EQ(report.exit_code, 0) << report.output;
    rusage children{};
    getrusage(RUSAGE_CHILDREN, &children);
    std::cout << fmt::format("report {}: {:.2f} s, at most {} MiB\n", arguments, watch.Seconds(),
                             children.ru_maxrss / 1024);
    EXPECT_LT(children.ru_maxrss, 256 << 10) << "KiB";
    EXPECT_LT(watch.Seconds(), 5 + 60 * static_cast<double>(rows) / 1e7);
  }
}

// Until nothing older than the retention is left; the resident memory meanwhile, at most.
int64_t AwaitExpiry(const WeirProcess& weir, WallMicros before, double limit) {
  auto reader = ledger::Reader::Open(weir.data_dir());
  EXPECT_TRUE(reader) << reader.error().message;
  const Stopwatch watch;
  int64_t most = 0;
  double slowest = 0;
  while (reader && watch.Seconds() < limit) {
    most = std::max(most, weir.resident_kib());
    const auto old = (*reader)->List({.until = before, .limit = 1});
    EXPECT_TRUE(old) << old.error().message;
    if (!old || old->empty()) {
      std::cout << fmt::format("expired in {:.1f} s, slowest answer meanwhile {:.1f} ms\n",
                               watch.Seconds(), slowest * 1e3);
      return most;
    }
    const Stopwatch asked;
    EXPECT_EQ(Post(weir.data_port(), "/v1/chat/completions", ChatBody("auto", "hello"), {}).status,
              200);
    slowest = std::max(slowest, asked.Seconds());
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  ADD_FAILURE() << "rows beyond their retention are still there";
  return most;
}

TEST(LargeLedgerTest, DISABLED_LongP13StartsAtOnceAndStaysSmall) {
  const int64_t rows = RowsWanted();
  WeirProcess weir{std::string(kConfig)};
  const WallMicros end = SystemClock().Wall();
  {
    const Stopwatch watch;
    Fill(weir.data_dir(), rows, end);
    std::cout << fmt::format("{} rows in {:.1f} s, {} MiB\n", rows, watch.Seconds(),
                             std::filesystem::file_size(weir.data_dir() + "/ledger.db") >> 20);
  }
  const Stopwatch watch;
  ASSERT_TRUE(weir.Start()) << weir.output();
  std::cout << fmt::format("start: {:.2f} s\n", watch.Seconds());
  EXPECT_LT(watch.Seconds(), 5);
  const int64_t begun = weir.resident_kib();
  LookAtPages(weir.data_dir(), end);
  LookAtReports(weir, rows);
  const int64_t most = AwaitExpiry(weir, end - kRetention, 60 + static_cast<double>(rows) / 1'000);
  std::cout << fmt::format("resident: {} MiB at first, {} MiB at most\n", begun >> 10, most >> 10);
  EXPECT_LT(most, begun + (64 << 10));
}

// Users are named by clients. As many of them and as many days as a store of an older weir may
// have; what it keeps of them afterwards is a few rows each.
constexpr int64_t kUsers = 100'000, kUserDays = 20;
constexpr std::string_view kKeyed = R"(
workers: 1
providers: {local: {api: simulator, simulator: {latency: 1ms, output_tokens: 5}}}
models: {small: {provider: local, price: {input: 1, output: 2}}}
routes: {auto: {model: small}}
keys: [{name: a, key: key-of-the-tests-0123456789, user_budget: {usd: 1, per: day}}]
log: {level: error}
)";

int64_t CountSpend(const std::string& data_dir) {
  auto store =
      ledger::Database::Open(ledger::StorePath(data_dir), ledger::Database::Mode::kReadOnly);
  return store ? *store->QueryInt("SELECT count(*) FROM spend") : -1;
}

void FillSpend(const std::string& data_dir) {
  std::filesystem::create_directories(data_dir);
  ASSERT_TRUE(ledger::kSqliteSink.open(data_dir));
  auto store =
      ledger::Database::Open(ledger::StorePath(data_dir), ledger::Database::Mode::kReadWrite);
  ASSERT_TRUE(store);
  const int64_t today = DayOf(SystemClock().Wall());
  const auto filled = store->Execute(fmt::format(
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {}) "
      "INSERT INTO spend SELECT printf('user:a%cu-%06d', 31, i / {}), {} - i % {}, 5000, 0 FROM n",
      kUsers * kUserDays, kUserDays, today, kUserDays));
  ASSERT_TRUE(filled) << filled.error().message;
}

TEST(LargeLedgerTest, DISABLED_LongP13AccountsOfManyUsersAreLoadedAtOnceAndBecomeFew) {
  WeirProcess weir{std::string(kKeyed)};
  FillSpend(weir.data_dir());
  for (const bool folded : {false, true}) {
    const Stopwatch watch;
    ASSERT_TRUE(weir.Start(std::chrono::seconds(60))) << weir.output();
    std::cout << fmt::format("start with {} sums: {:.2f} s, {} MiB\n", CountSpend(weir.data_dir()),
                             watch.Seconds(), weir.resident_kib() >> 10);
    EXPECT_LT(watch.Seconds(), 5);
    const Stopwatch folding;
    while (!folded && CountSpend(weir.data_dir()) > 6 * kUsers && folding.Seconds() < 900) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    std::cout << fmt::format("{:.0f} s later {}\n", folding.Seconds(), CountSpend(weir.data_dir()));
    EXPECT_LE(CountSpend(weir.data_dir()), 6 * kUsers);
    weir.Signal(SIGTERM);
    EXPECT_EQ(weir.WaitExit(std::chrono::seconds(60)), 0);
  }
}

}  // namespace
}  // namespace weir::e2e
