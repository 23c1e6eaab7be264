// The answer cache of the real binary, with several workers and clients at once (HARDENING C).
#include <gmock/gmock.h>

#include <thread>

#include "base/hash.h"
#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using testing::HasSubstr;

constexpr std::string_view kAllSimple = ", rules: [{name: all, match: \".\", tier: simple}]";

class CacheTest : public GatewayTest {
 protected:
  void StartCached(std::string_view options = "mode: exact",
                   std::string_view limits = "cache: 64MiB") {
    World world;
    world.workers = 2;
    world.auto_more = fmt::format("{}, cache: {{{}}}", kAllSimple, options);
    world.limits = limits;
    Start(world);
  }
  // `count` requests over `threads` connections; what `check` says of each answer is counted.
  template <class Ask>
  static int InParallel(int threads, int count, Ask ask) {
    std::atomic<int> next{0};
    std::atomic<int> good{0};
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t) {
      workers.emplace_back([&] {
        for (int i = next++; i < count; i = next++) good += ask(i) ? 1 : 0;
      });
    }
    for (std::thread& worker : workers) worker.join();
    return good;
  }
  std::string Metric(const std::string& sample) const {
    const HttpAnswer page =
        Get(weir().admin_port(), "/metrics", {{"authorization", "Bearer admin-key-of-the-tests"}});
    const size_t at = page.body.find("\n" + sample + " ");
    if (at == std::string::npos) return "absent";
    const size_t value = at + sample.size() + 2;
    return page.body.substr(value, page.body.find('\n', value) - value);
  }
};

TEST_F(CacheTest, C05AThousandDistinctPromptsAtOnceCrossNoAnswers) {
  StartCached();
  AnswerNonces(&first_);
  for (int round = 0; round < 2; ++round) {
    const int right = InParallel(16, 1'000, [this](int i) {
      const std::string nonce = fmt::format("nonce-{}", i);
      const bool stream = i % 2 == 0;
      const HttpAnswer answer = Ask(ChatBody("auto", nonce, stream ? R"(,"stream":true)" : ""));
      const bool whole = answer.status == 200 && answer.complete;
      return whole && answer.body.find("\"" + nonce + "\"") != std::string::npos;
    });
    EXPECT_EQ(right, 1'000) << "round " << round;
  }
  EXPECT_EQ(first_.requests().size(), 1'000U) << "the second round is answered from memory";
  EXPECT_EQ(Metric(R"(weir_cache_requests_total{route="auto",result="hit"})"), "1000");
}

TEST_F(CacheTest, C14EqualRequestsOfAllWorkersAreOneCall) {
  StartCached();
  const auto gate = Gate::Make();
  for (const bool stream : {false, true}) {
    const size_t before = first_.requests().size();
    Script script = stream ? Script::Stream(WholeStream({"one"})) : Script::Json(ChatReply("one"));
    first_.Enqueue(script.WaitBeforeHead(gate));
    const std::string body = ChatBody("auto", "same", stream ? R"(,"stream":true)" : "");
    const std::string request =
        RequestBytes("POST", "/v1/chat/completions", body, {{"content-type", "application/json"}});
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < 200; ++i) {
      clients.push_back(std::make_unique<HttpClient>(port(), std::chrono::seconds(30)));
      clients.back()->Send(request);
    }
    ASSERT_TRUE(first_.WaitForRequests(before + 1, std::chrono::seconds(10)));
    gate->Open();
    std::map<std::string, int> how;
    for (auto& client : clients) {
      const HttpAnswer answer = client->ReadAnswer();
      EXPECT_TRUE(answer.complete);
      EXPECT_THAT(answer.body, HasSubstr("\"one\""));
      ++how[answer.Header("x-weir-cache")];
    }
    EXPECT_EQ(how["miss"], 1);
    EXPECT_EQ(how["hit"] + how["shared"], 199);
    EXPECT_EQ(first_.requests().size(), before + 1);
  }
}

TEST_F(CacheTest, C09JunkStaysWithinTheBoundOfMemory) {
  StartCached("mode: exact", "cache: 16MiB");
  const std::string filler(30'000, 'x');
  first_.Handle([filler](const SeenRequest&) { return Script::Json(ChatReply(filler)); });
  EXPECT_EQ(Ask(ChatBody("auto", "hot")).Header("x-weir-cache"), "miss");
  EXPECT_EQ(Ask(ChatBody("auto", "hot")).Header("x-weir-cache"), "hit");
  InParallel(4, 100, [this](int i) { return Ask(ChatBody("auto", fmt::format("w{}", i))).status; });
  const int64_t before = weir().resident_kib();
  const int answered = InParallel(4, 4'000, [this](int i) {  // 120 MB of answers
    return Ask(ChatBody("auto", fmt::format("junk {}", i))).status == 200;
  });
  EXPECT_EQ(answered, 4'000);
  EXPECT_EQ(Ask(ChatBody("auto", "hot")).Header("x-weir-cache"), "hit") << "scan-resistant";
  if (MemoryIsOurs()) {
    EXPECT_LT(weir().resident_kib() - before, 40 << 10);
  }
}

TEST_F(CacheTest, C15APurgeWorksUnderLoad) {
  StartCached();
  AnswerNonces(&first_);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::thread load([&] {
    for (int i = 0; !stop; ++i) {
      const std::string nonce = fmt::format("nonce-{}", i % 50);
      const HttpAnswer answer = Ask(ChatBody("auto", nonce), {{"x-api-key", "team-a"}});
      if (answer.body.find("\"" + nonce + "\"") == std::string::npos) ++wrong;
    }
  });
  EXPECT_EQ(Ask(ChatBody("auto", "nonce-7"), {{"x-api-key", "team-b"}}).status, 200);
  const Sha256Digest digest = Sha256("team-a");
  const std::string of_a = ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
  for (int i = 0; i < 20; ++i) {
    const CommandResult purged =
        RunWeir("cache purge --key-sha256 " + of_a + " --config " + weir().config_path());
    EXPECT_EQ(purged.exit_code, 0) << purged.output;
    EXPECT_THAT(purged.output, HasSubstr("{\"purged\":"));
  }
  EXPECT_EQ(Ask(ChatBody("auto", "nonce-7"), {{"x-api-key", "team-b"}}).Header("x-weir-cache"),
            "hit");
  stop = true;
  load.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(first_.requests().size(), 51U) << "team-a asked again after purges";
}

TEST_F(CacheTest, ThePurgeCommandExplainsItself) {
  StartCached();
  const std::string config = " --config " + weir().config_path();
  EXPECT_EQ(RunWeir("cache purge --route auto" + config).output, "{\"purged\":0}\n");
  const CommandResult unknown = RunWeir("cache purge --route nope" + config);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.output, HasSubstr("no route is called `nope`"));
  EXPECT_THAT(RunWeir("cache purge --key-sha256 12" + config).output, HasSubstr("64 hex digits"));
  EXPECT_EQ(RunWeir("cache" + config).exit_code, 2);
  EXPECT_EQ(RunWeir("cache purge --help").exit_code, 0);
  weir().Signal(SIGTERM);
  ASSERT_EQ(weir().WaitExit(std::chrono::seconds(20)), 0);
  const CommandResult nobody = RunWeir("cache purge" + config);
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.output, HasSubstr("no server"));
}

TEST_F(CacheTest, AReloadKeepsTheCacheAndNamesItsBound) {
  StartCached();
  AnswerNonces(&first_);
  EXPECT_EQ(Ask(ChatBody("auto", "nonce-1")).Header("x-weir-cache"), "miss");
  World world;
  world.workers = 2;
  world.auto_more = std::string(kAllSimple) + ", cache: {mode: exact}";
  world.limits = "cache: 32MiB";
  weir().Rewrite(WorldYaml(world, first_, second_, third_));
  const CommandResult reloaded = RunWeir("reload --config " + weir().config_path());
  EXPECT_THAT(reloaded.output, HasSubstr("\"limits.cache\""));
  EXPECT_EQ(Ask(ChatBody("auto", "nonce-1")).Header("x-weir-cache"), "hit");
  world.auto_more = ", cache: {mode: off}";
  weir().Rewrite(WorldYaml(world, first_, second_, third_));
  ASSERT_EQ(RunWeir("reload --config " + weir().config_path()).exit_code, 0);
  EXPECT_EQ(Ask(ChatBody("auto", "nonce-1")).Header("x-weir-cache"), "off");
}

}  // namespace
}  // namespace weir::e2e
