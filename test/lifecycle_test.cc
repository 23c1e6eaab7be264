// Start, reload, drain (HARDENING L).
#include <thread>

#include "test/harness/world.h"

namespace weir::e2e {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LifecycleTest : public GatewayTest {
 protected:
  // The line "draining" is written just before the listeners are closed.
  bool RefusesConnections() const {
    const auto until = std::chrono::steady_clock::now() + seconds(5);
    while (std::chrono::steady_clock::now() < until) {
      try {
        HttpClient another(port());
      } catch (const std::runtime_error&) {
        return true;
      }
    }
    return false;
  }
  static Script EndlessStream() {
    const std::string begin = RoleEvent() + ContentEvent("a");
    return Script::Stream(begin + FinishEvent()).CutAt(begin.size(), Script::Ending::kHang);
  }
};

TEST_F(LifecycleTest, L01SigtermLetsAnOpenStreamFinish) {
  Start();
  auto released = std::make_shared<Gate>();
  const std::string begin = RoleEvent() + ContentEvent("a");
  first_.Enqueue(Script::Stream(begin + FinishEvent() + std::string(kDoneEvent))
                     .WaitAt(begin.size(), released));
  const auto [client, head] = Stream();
  ASSERT_TRUE(client->NextEvent());
  weir().Signal(SIGTERM);
  ASSERT_TRUE(weir().WaitForOutput("draining", seconds(5)));
  EXPECT_TRUE(RefusesConnections()) << "the listener is closed before the stream has ended";
  released->Open();
  EXPECT_NE(Drain(*client).find("[DONE]"), std::string::npos);
  EXPECT_EQ(weir().WaitExit(seconds(10)), 0);
}

TEST_F(LifecycleTest, L01AStreamPastTheDrainsLimitGetsAnError) {
  World world;
  world.limits = "drain_timeout: 300ms";
  Start(world);
  first_.Enqueue(EndlessStream());
  const auto [client, head] = Stream();
  ASSERT_TRUE(client->NextEvent());
  weir().Signal(SIGTERM);
  const std::string seen = Drain(*client);
  EXPECT_NE(seen.find("\"draining\""), std::string::npos) << seen;
  EXPECT_EQ(seen.find("[DONE]"), std::string::npos);
  EXPECT_EQ(weir().WaitExit(seconds(10)), 0);
}

TEST_F(LifecycleTest, L02ASecondSigtermLeavesAtOnce) {
  Start();
  first_.Enqueue(EndlessStream());
  const auto [client, head] = Stream();
  ASSERT_TRUE(client->NextEvent());
  weir().Signal(SIGTERM);
  ASSERT_TRUE(weir().WaitForOutput("draining", seconds(5)));
  weir().Signal(SIGTERM);
  EXPECT_EQ(weir().WaitExit(seconds(10)), 0);
}

TEST_F(LifecycleTest, L03ReloadsUnderLoadLoseNothing) {
  Start();
  second_.Always(Script::Json(ChatReply("ok")));
  std::atomic<bool> stop{false};
  std::atomic<int> asked{0}, failed{0};
  std::thread client([&] {
    while (!stop) {
      ++asked;
      if (Ask(ChatBody("middle", "hi")).status != 200) ++failed;
    }
  });
  for (int i = 0; i < 100; ++i) {
    const int before = asked;
    weir().Signal(SIGHUP);
    while (asked == before) std::this_thread::yield();
  }
  stop = true;
  client.join();
  EXPECT_EQ(failed, 0) << "of " << asked;
  EXPECT_TRUE(weir().WaitForOutput("reloaded", seconds(5)));
}

TEST_F(LifecycleTest, L04ABadFileLeavesTheOldConfigRunning) {
  Start();
  second_.Always(Script::Json(ChatReply("ok")));
  weir().Rewrite("fallbaks: {}\n");
  weir().Signal(SIGHUP);
  ASSERT_TRUE(weir().WaitForOutput("fallbacks", seconds(5))) << "the error says what was meant";
  EXPECT_EQ(Ask(ChatBody("middle", "hi")).status, 200);
}

TEST_F(LifecycleTest, L10APortInUseIsSaidAndExits1) {
  Start();
  const CommandResult second =
      RunWeir("serve --config " + weir().config_path() + " --port " + std::to_string(port()));
  EXPECT_EQ(second.exit_code, 1);
}

TEST_F(LifecycleTest, P12TwoServersOnOneDataDirAreRefused) {
  Start();
  const CommandResult second =
      RunWeir("serve --config " + weir().config_path() + " --port 0 --admin-port 0");
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.output.find("in use"), std::string::npos) << second.output;
}

TEST_F(LifecycleTest, O08ConnectionsThatComeAndGoLeaveNothingOpen) {
  Start();
  second_.Always(Script::Json(ChatReply("ok")));
  const std::string whole = RequestBytes("POST", "/v1/chat/completions", ChatBody("middle", "hi"),
                                         {{"content-type", "application/json"}});
  ASSERT_EQ(Ask(ChatBody("middle", "hi")).status, 200);
  const size_t before = weir().open_files();
  for (int i = 0; i < 5000; ++i) {
    HttpClient client(port());
    if (i % 5 == 0) continue;                              // says nothing
    const size_t cut[] = {0, whole.size() - 20, 5, 0, 0};  // from the end of the request
    client.Send(std::string_view(whole).substr(0, whole.size() - cut[i % 5]));
    if (i % 50 == 3) {
      ASSERT_EQ(client.ReadAnswer().status, 200);
    }
    if (i % 2 == 0) client.Abort();
  }
  const auto until = std::chrono::steady_clock::now() + seconds(20);
  while (weir().open_files() > before + 1 && std::chrono::steady_clock::now() < until) {
    Get(port(), "/healthz");
  }
  EXPECT_LE(weir().open_files(), before + 1) << "the one is a connection that we have just closed";
}

TEST_F(LifecycleTest, O14SignalsThatMeanNothingChangeNothing) {
  Start();
  first_.Handle([](const SeenRequest&) {
    return Script::Stream(WholeStream({"a", "b"})).SplitAt({40, 100, 150});
  });
  std::atomic<bool> stop{false};
  std::thread storm([this, &stop] {
    while (!stop) {
      // A process that was stopped sees EINTR from its waits even where it handles no signal.
      for (const int number : {SIGUSR1, SIGUSR2, SIGPIPE, SIGXFSZ, SIGSTOP, SIGCONT}) {
        weir().Signal(number);
      }
      std::this_thread::yield();
    }
  });
  int good = 0;
  for (int i = 0; i < 200; ++i) {
    try {
      const auto [client, head] = Stream();
      if (Drain(*client) == StreamWithoutUsage({"a", "b"})) ++good;
    } catch (const std::runtime_error&) {
      break;  // it has died
    }
  }
  stop = true;
  storm.join();
  EXPECT_EQ(good, 200);
  weir().Signal(SIGTERM);
  EXPECT_EQ(weir().WaitExit(seconds(10)), 0);
}

}  // namespace
}  // namespace weir::e2e
