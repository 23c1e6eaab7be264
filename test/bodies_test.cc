// Whose words are stored, where, and what can be made of them: `ledger.bodies`.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "ledger/report.h"
#include "test/harness/eventually.h"
#include "test/harness/keyed.h"
#include "test/harness/world.h"
#include "testing/temp_dir.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

// What a client asks and is answered: nowhere but where it was asked to be.
constexpr std::string_view kAsked = "canary-of-the-prompt";
constexpr std::string_view kTold = "canary-of-the-answer";
constexpr seconds kSoon{10};

constexpr std::string_view kMeasured = R"(
routes:
  auto:
    classifier: learned
    shares: {simple: 1}
    tiers: {simple: small, complex: large}
    baseline: large
    sticky: false
    quality: {sample: 100%, tiers: [simple], judge: priced, floor: 0.5}
)";

class BodiesTest : public KeyedTest {
 protected:
  void Begin(std::string_view bodies, std::string_view key = "allow_override: true") {
    const std::string more =
        bodies.empty() ? "" : fmt::format("ledger: {{bodies: \"{}\"}}\n", bodies);
    Start(fmt::format("\n  - {{name: a, key: {}, {}}}\n", kKey, key),
          std::string(kMeasured) + more);
    upstream_.Handle([](const SeenRequest& seen) {
      if (Member(seen.body, "model") == "priced") {
        return Script::Json(ChatReply(R"({"better":"tie","why":"alike"})"));
      }
      const std::string told = Member(seen.body, "model") + std::string(kTold);
      const bool stream = seen.body.find(R"("stream":true)") != std::string::npos;
      return stream ? Script::Stream(WholeStream({told})) : Script::Json(ChatReply(told));
    });
  }
  std::string Say(std::string_view model, std::string_view more = "",
                  std::string_view text = kAsked) const {
    const HttpAnswer answer =
        Post(port(), "/v1/chat/completions", ChatBody(model, text, more), Bearer());
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.Header("x-weir-id");
  }
  static bool Eventually(const std::function<bool()>& holds) {
    return EventuallyWithin(seconds(30), holds);
  }
  std::unique_ptr<ledger::Reader> Ledger() const {
    auto reader = ledger::Reader::Open(weir().data_dir());
    EXPECT_TRUE(reader) << reader.error().message;
    return std::move(*reader);
  }
  std::vector<ledger::Record> RowsOf(std::string_view kind) const {
    ledger::DecisionFilter filter;
    filter.kind = kind;
    filter.limit = 500;
    return *Ledger()->List(filter);
  }
  std::optional<ledger::Bodies> BodiesOf(const std::string& id) const {
    return *Ledger()->FindBodies(*ParseRequestId(id));
  }
  // Files of data_dir that have the text, by name.
  std::vector<std::string> FilesWith(std::string_view text) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(weir().data_dir())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(in), {});
      if (bytes.find(text) != std::string::npos) found.push_back(entry.path().filename());
    }
    return found;
  }
  void ExpectNowhere(std::string_view text) const {
    EXPECT_THAT(FilesWith(text), testing::IsEmpty());
    EXPECT_THAT(weir().output(), Not(HasSubstr(text)));
  }
};

TEST_F(BodiesTest, AreStoredNowhereUnlessAsked) {
  Begin("");
  const std::string id = Say("auto");
  Say("auto", R"(,"stream":true)");
  Say("small");
  EXPECT_TRUE(Eventually([&] { return RowsOf(ledger::kSample).size() == 2; }));
  for (const std::string_view path :
       {"/metrics", "/api/decisions", "/api/report", "/api/quality", "/api/health"}) {
    EXPECT_THAT(Admin("GET", path).body, Not(HasSubstr("canary"))) << path;
  }
  const std::string shown = Admin("GET", "/api/decisions/" + id).body;
  EXPECT_THAT(shown, HasSubstr(R"("bodies":null)"));
  EXPECT_THAT(shown, Not(HasSubstr("canary")));
  ExpectNowhere(kAsked);
  ExpectNowhere(kTold);
  StopAndRead();
  ExpectNowhere(kAsked);
  ExpectNowhere(kTold);
}

TEST_F(BodiesTest, OnKeepsEveryRequestAlsoThroughAKill) {
  Begin("on");
  EXPECT_TRUE(weir().WaitForOutput("prompts and answers of all requests are stored in", kSoon));
  EXPECT_THAT(RunWeir("check --config " + weir().config_path()).output,
              HasSubstr("ledger.bodies: prompts and answers of all requests are stored in"));
  const std::string plain = Say("small");
  const std::string stream = Say("small", R"(,"stream":true)");
  weir().Kill();
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_TRUE(Eventually([&] { return BodiesOf(stream).has_value(); }));
  for (const auto& [id, more] : {std::pair{plain, ""}, std::pair{stream, R"(,"stream":true)"}}) {
    const auto said = BodiesOf(id);
    ASSERT_TRUE(said);
    EXPECT_EQ(said->request, ChatBody("small", kAsked, more));
    EXPECT_EQ(said->answer, "small" + std::string(kTold));
    EXPECT_EQ(said->other, "");
  }
  EXPECT_THAT(Admin("GET", "/api/decisions/" + plain).body, HasSubstr(kAsked));
  EXPECT_THAT(Admin("GET", "/api/decisions").body, Not(HasSubstr("canary")));
  EXPECT_THAT(Admin("GET", "/metrics").body, Not(HasSubstr("canary")));
  EXPECT_THAT(weir().output(), Not(HasSubstr("canary")));
  for (const auto& entry : std::filesystem::directory_iterator(weir().data_dir())) {
    if (entry.path().filename() == "ports.json") continue;  // two numbers, for anybody
    struct stat status{};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << entry.path();
  }
  EXPECT_THAT(FilesWith(kKey), testing::IsEmpty()) << "what lets a request in is not of its body";
  struct stat folder{};
  ASSERT_EQ(stat(weir().data_dir().c_str(), &folder), 0);
  EXPECT_EQ(folder.st_mode & 0777, 0700u);
}

TEST_F(BodiesTest, SampledKeepsWhatWasDrawnAndNothingElse) {
  Begin("sampled");
  EXPECT_TRUE(weir().WaitForOutput("of sampled requests are stored in", kSoon));
  const std::string drawn = Say("auto", "", "drawn");
  const std::string other = Say("small");
  EXPECT_TRUE(Eventually([&] { return RowsOf(ledger::kSample).size() == 1; }));
  const auto samples = RowsOf(ledger::kSample);
  EXPECT_EQ(samples[0].parent, drawn);
  const auto said = *Ledger()->FindBodies(samples[0].id);
  ASSERT_TRUE(said);
  EXPECT_THAT(said->request, HasSubstr(R"("content":"drawn")"));
  EXPECT_EQ(said->answer, "small" + std::string(kTold));
  EXPECT_EQ(said->other, "large" + std::string(kTold)) << "so that a verdict can be audited";
  EXPECT_FALSE(BodiesOf(drawn)) << "it stands with its sample";
  EXPECT_FALSE(BodiesOf(other));
  StopAndRead();
  ExpectNowhere(kAsked);
}

TEST_F(BodiesTest, AKeyOrARequestThatRefusesIsNotStored) {
  for (const char* bodies : {"on", "sampled"}) {
    Begin(bodies, "allow_override: true, bodies: false");
    Say("auto");
    Say("small");
    EXPECT_TRUE(Eventually([&] { return RowsOf(ledger::kSample).size() == 1; }))
        << "measured still";
    StopAndRead();
    ExpectNowhere(kAsked);
    ExpectNowhere(kTold);
  }
  Begin("on");
  Say("auto", R"(,"store":false)");
  EXPECT_TRUE(Eventually([&] { return RowsOf(ledger::kSample).size() == 1; }));
  EXPECT_EQ(RunWeir("keys add shy --no-bodies --config " + weir().config_path()).exit_code, 0);
  EXPECT_THAT(Admin("GET", "/api/keys").body, HasSubstr(R"("bodies":false)"));
  StopAndRead();
  ExpectNowhere(kAsked);
  ExpectNowhere(kTold);
}

TEST_F(BodiesTest, P14_AMebibyteIsStoredBoundedWithAMarker) {
  Begin("on");
  const std::string prompt(1 << 20, 'p');
  const std::string whole = ChatBody("small", prompt);
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(Say("small", "", prompt));
  weir().Kill();
  ASSERT_TRUE(weir().Start()) << weir().output();
  EXPECT_TRUE(Eventually([&] { return BodiesOf(ids.back()).has_value(); }));
  for (const std::string& id : ids) {
    const auto said = BodiesOf(id);
    ASSERT_TRUE(said) << id;
    EXPECT_LE(said->request.size(), ledger::kMaxRequestBytes);
    EXPECT_TRUE(said->request.ends_with(fmt::format("p…[cut: 262080 of {} bytes]", whole.size())));
  }
  EXPECT_THAT(Admin("GET", "/api/decisions/" + ids[0]).body, HasSubstr(R"("cut":true)"));
  EXPECT_EQ(StopAndRead().rows, 20);
}

// A user's traffic, in which the cheap model knows all of cats and nothing of dogs.
class OwnVerdictsTest : public BodiesTest {
 protected:
  void Begin(std::string_view bodies) {
    BodiesTest::Begin(bodies);
    upstream_.Handle([](const SeenRequest& seen) {
      if (Member(seen.body, "model") == "priced") {
        const bool first = seen.body.find("wrong:") < seen.body.find("right:");
        return Script::Json(
            ChatReply(fmt::format(R"({{"better":"{}","why":"it is"}})", first ? "B" : "A")));
      }
      const bool right =
          Member(seen.body, "model") == "large" || seen.body.find("dog") == std::string::npos;
      return Script::Json(ChatReply(right ? "right: 42" : "wrong: 41"));
    });
  }
  void Judge(size_t verdicts) {
    int asked = 0;
    EXPECT_TRUE(Eventually([&] {
      for (int i = 0; i < 10; ++i, ++asked) {
        Say("auto", "",
            fmt::format("tell me fact {} about my {}", asked,
                        asked % 3 == 0 ? "dog Rex" : "cat Tom"));
      }
      return RowsOf(ledger::kSample).size() >= verdicts;
    }));
  }
  CommandResult Train(std::string_view more = "") const {
    return RunWeir(fmt::format("train --from-ledger --config {} --out {} {}", weir().config_path(),
                               dir_ / "own.weights", more));
  }
  // A config of the same models that decides by a floor with those weights.
  std::string FloorConfig() {
    std::ifstream in(weir().config_path());
    std::string text(std::istreambuf_iterator<char>(in), {});
    const size_t routes = text.find("routes:"), keys = text.find("keys:\n", routes);
    text.replace(routes, keys - routes,
                 "routes:\n  auto: {models: [small, large], floor: 0.8, baseline: large}\n");
    const std::string path = dir_ / "floor.yaml";
    std::ofstream(path) << "weights: own.weights\n" << text;
    return path;
  }
  TempDir dir_;
};

TEST_F(OwnVerdictsTest, TeachTheClassifierBesideARunningServer) {
  Begin("sampled");
  Judge(150);
  const HttpAnswer rated = Post(
      port(), "/v1/feedback",
      fmt::format(R"({{"id":"{}","score":1}})", std::string(RowsOf(ledger::kSample)[0].parent)),
      Bearer());
  EXPECT_EQ(rated.status, 200);
  EXPECT_TRUE(Eventually([&] { return RowsOf(ledger::kFeedback).size() == 1; }));
  const CommandResult trained = Train();
  EXPECT_EQ(trained.exit_code, 0) << trained.output;
  EXPECT_THAT(trained.output, testing::ContainsRegex("ledger: [0-9]+ verdicts and 1 ratings"));
  EXPECT_THAT(trained.output, HasSubstr(", 0 without, 0 cut, 0 no chat\n"));
  EXPECT_THAT(trained.output, testing::ContainsRegex("  small: [0-9]+ labels\n"));
  EXPECT_THAT(trained.output, testing::ContainsRegex("  large: [0-9]+ labels\n"));

  const std::string floor = FloorConfig();
  const auto explain = [&](std::string_view prompt) {
    return RunWeir(fmt::format("explain --config {} '{}'", floor, prompt)).output;
  };
  const std::string cat = explain("tell me fact 901 about my cat Tom");
  EXPECT_THAT(cat, HasSubstr("reason      floor\n"));
  EXPECT_THAT(cat, testing::ContainsRegex("1\\.  up/small")) << cat;
  const std::string dog = explain("tell me fact 902 about my dog Rex");
  EXPECT_THAT(dog, testing::ContainsRegex("rejected +up/small +below_floor")) << dog;

  // What other weights would have made of it can be told, since the text is there.
  const CommandResult replayed =
      RunWeir(fmt::format("replay --ledger --config {} --against {}", weir().config_path(), floor));
  EXPECT_EQ(replayed.exit_code, 0) << replayed.output;
  EXPECT_THAT(replayed.output, HasSubstr("up/small -> up/large"));
}

TEST_F(OwnVerdictsTest, SayWhatIsMissingWhereThereAreNone) {
  Begin("");
  Judge(5);
  const CommandResult trained = Train();
  EXPECT_EQ(trained.exit_code, 1);
  EXPECT_THAT(trained.output,
              testing::ContainsRegex("ledger: [0-9]+ verdicts and 0 ratings; 0 with"));
  EXPECT_THAT(trained.output, HasSubstr("ledger.bodies is off: set `ledger: {bodies: sampled}`"));
  EXPECT_FALSE(std::filesystem::exists(dir_ / "own.weights"));
  EXPECT_EQ(RunWeir("train --out x --config " + weir().config_path()).exit_code, 2);
}

}  // namespace
}  // namespace weir::e2e
