// HARDENING 4.1, R: crowds, noise and absurdities. R07 and R08 (404, 405) are in shape_test.cc, R09
// (the end of a stream) and R10 (leavers) in stream_end_test.cc, R11 (clients that do not read) in
// bounds_test.cc.
#include <fmt/format.h>

#include <random>
#include <set>

#include "test/harness/edge.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

class EdgeRobustTest : public EdgeTest {
 protected:
  static void SetUpTestSuite() {
    EdgeTest::SetUpTestSuite();
    HttpClient(port()).Send(Chat("warm"));
    files_ = weir().open_files();
    resident_ = weir().resident_kib();
  }
  // All but a few, and `kept` connections to upstreams.
  static bool FilesComeBackWithin(seconds limit, size_t kept = 0) {
    const auto until = steady_clock::now() + limit;
    while (weir().open_files() > files_ + kept + 4) {
      if (steady_clock::now() > until) return false;
      Get(port(), "/healthz");
    }
    return true;
  }
  // Whatever came: no fault of ours, and errors in their shape.
  static void ExpectNoFault(const Talk& talk, std::string_view sent) {
    EXPECT_TRUE(talk.closed);
    for (const HttpAnswer& answer : talk.answers) {
      EXPECT_LT(answer.status, 500) << sent;
      EXPECT_TRUE(answer.status == 200 || IsError(answer, {answer.status})) << sent;
    }
  }

  static size_t files_;
  static int64_t resident_;
};
size_t EdgeRobustTest::files_ = 0;
int64_t EdgeRobustTest::resident_ = 0;

TEST_F(EdgeRobustTest, R01FiveHundredIdleConnections) {
  if (!MayOpen(2000)) GTEST_SKIP() << "needs 2,000 file descriptors (ulimit -n)";
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < 500; ++i) idle.push_back(std::make_unique<HttpClient>(port()));
  EXPECT_TRUE(Served(Say(Chat("among the idle")).answers.at(0)));
  idle.clear();
  EXPECT_TRUE(FilesComeBackWithin(seconds(10)));
}

TEST_F(EdgeRobustTest, R02TwoHundredResets) {
  const std::string request = Chat("then gone");
  for (size_t i = 0; i < 200; ++i) {
    HttpClient client(port());
    client.Send(request.substr(0, request.size() * i / 200));
    client.Abort();
  }
  EXPECT_TRUE(FilesComeBackWithin(seconds(10)));
}

TEST_F(EdgeRobustTest, R03ATlsHello) {
  const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  EXPECT_TRUE(Refused(Say(hello + std::string(500, '\x5a')), {400}));
}

TEST_F(EdgeRobustTest, R04RandomBytes) {
  std::mt19937 random(4);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(1 + random() % 4000, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const Talk talk = Say(bytes, 0);
    ExpectNoFault(talk, bytes);
    EXPECT_LE(talk.answers.size(), 1U);
  }
}

TEST_F(EdgeRobustTest, R05TwoHundredMutatedRequests) {
  std::mt19937 random(5);
  const std::string good = Chat("mutated", "x-a: b\r\nexpect: 100-continue\r\n");
  for (int i = 0; i < 200; ++i) {
    std::string bytes = good;
    for (int change = 0; change < 3; ++change) {
      const size_t at = random() % bytes.size();
      if (random() % 3 == 0) {
        bytes.erase(at, 1 + random() % 8);
      } else if (random() % 2 == 0) {
        bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 16));
      } else {
        bytes[at] = static_cast<char>(random());
      }
    }
    ExpectNoFault(Say(bytes, 0), bytes);
  }
}

TEST_F(EdgeRobustTest, R06AnswersHaveTheHeadersOfOneAnswer) {
  upstream().Enqueue(Script::Json(ChatReply("ok"))
                         .WithHeader("server", "their-server")
                         .WithHeader("set-cookie", "a=b")
                         .WithHeader("x-powered-by", "x")
                         .WithHeader("connection", "keep-alive")
                         .WithHeader("access-control-allow-origin", "*"));
  const Talk talk = Say(Chat("hi"));
  ASSERT_EQ(talk.answers.size(), 1U);
  EXPECT_TRUE(Served(talk.answers[0]));
  std::set<std::string> names;
  for (const auto& [name, value] : talk.answers[0].headers) {
    EXPECT_TRUE(names.insert(name).second) << name << " twice";
  }
  for (const char* name : {"content-type", "content-length", "x-weir-id", "x-weir-model"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  for (const char* name : {"server", "set-cookie", "x-powered-by", "access-control-allow-origin"}) {
    EXPECT_FALSE(names.contains(name)) << name;
  }
}

// The route's patterns are walked in time that grows with the text, not with its traps.
TEST_F(EdgeRobustTest, R12PromptsThatTrapPatterns) {
  const std::string traps[] = {
      std::string(100'000, 'a') + "!",   std::string(50'000, '('),
      std::string(100'000, ' ') + "x",   std::string(100'000, '\n') + "\t",
      "```" + std::string(100'000, '`'), std::string(30'000, 'x') + std::string(30'000, '=')};
  for (const std::string& trap : traps) {
    const auto began = steady_clock::now();
    const HttpAnswer answer = Post(port(), "/v1/chat/completions", ChatBody("auto", trap));
    EXPECT_LT(steady_clock::now() - began, seconds(2));
    EXPECT_EQ(answer.status, 200) << trap.substr(0, 10) << answer.body;
  }
}

TEST_F(EdgeRobustTest, R13OddUnicodePassesByteForByte) {
  for (const char* text :
       {"\u202Eright to left\u202C", "zero\u200B\u200D\uFEFFwidth", "e\u0301\u0301\u0301\u0301",
        "\U0001F468\u200D\U0001F469\u200D\U0001F467", "\uFFFE\uFFFF\U0010FFFF", "\u2028\u2029",
        "\U000E0041\U000E0042 tags", "\uFF21\uFF22 wide", "\u0430 is not a"}) {
    for (const char* model : {"large", "auto"}) {
      ASSERT_EQ(Post(port(), "/v1/chat/completions", ChatBody(model, text)).status, 200) << text;
    }
    EXPECT_TRUE(Served(Say(Chat(text)).answers.at(0)));
    EXPECT_EQ(upstream().requests().back().body, ChatBody("large-v1", text));
  }
}

TEST_F(EdgeRobustTest, R14TwoHundredErrorsOnOneConnection) {
  const std::string errors[] = {Framed("content-length: 1\r\n", "{"),
                                "GET /v1/nothing HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
                                "GET /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
                                "GET /v1/models/nobody HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"};
  const int statuses[] = {400, 404, 405, 404};
  HttpClient client(port());
  for (size_t i = 0; i < 200; ++i) {
    client.Send(errors[i % 4]);
    ASSERT_TRUE(IsError(client.ReadAnswer(), {statuses[i % 4]})) << i;
  }
  client.Send(Chat("at last"));
  EXPECT_TRUE(Served(client.ReadAnswer()));
}

TEST_F(EdgeRobustTest, R15FiftyAtOnceGetTheirOwn) {
  upstream().Handle([](const SeenRequest& seen) {
    const size_t at = seen.body.find("nonce-");
    return Script::Json(ChatReply(at == std::string::npos ? "ok" : seen.body.substr(at, 9)));
  });
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->Send(Chat(fmt::format("nonce-{:03}", i)));
  }
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(clients[static_cast<size_t>(i)]->ReadAnswer().body,
              ChatReply(fmt::format("nonce-{:03}", i)));
  }
}

TEST_F(EdgeRobustTest, R16AbsurdOverridesAreNamesOfNoModel) {
  const std::string body = ChatBody("large", "hi");
  for (const std::string& name :
       {std::string(5000, 'm'), std::string("../../etc/passwd"), std::string("large,large"),
        std::string("LARGE"), std::string("lar"), std::string("large large")}) {
    EXPECT_TRUE(
        IsError(Post(port(), "/v1/chat/completions", body, {{"x-weir-model", name}}), {400, 404}))
        << name;
  }
  for (const char* query : {"model=", "model=%", "model=large&model=large", "model=large%00",
                            "model=%6carge%20", "model=third"}) {
    EXPECT_TRUE(
        IsError(Post(port(), std::string("/v1/chat/completions?") + query, body), {400, 404}))
        << query;
  }
}

TEST_F(EdgeRobustTest, R17AfterAllOfThatItIsAsBefore) {
  EXPECT_TRUE(Served(Say(Chat("the last")).answers.at(0)));
  EXPECT_TRUE(FilesComeBackWithin(seconds(10), 50)) << "R15 has made so many connections";
  if (MemoryIsOurs()) {
    EXPECT_LT(weir().resident_kib() - resident_, 32 << 10) << "KiB";
  }
}

}  // namespace
}  // namespace weir::e2e
