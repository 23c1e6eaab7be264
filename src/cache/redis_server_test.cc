// The shared store with a real redis-server: killed, frozen, flapping, refusing.
#include <filesystem>
#include <thread>

#include "cache/redis_world_for_test.h"
#include "cache/store_contract.h"
#include "testing/certificates.h"

namespace weir::cache {
namespace {

class RedisServerTest : public RedisWorld {
 protected:
  void SetUp() override { WEIR_REQUIRE_REDIS(); }
  void Start(std::vector<std::string> arguments = {}) {
    server_ = std::make_unique<RedisServer>(std::move(arguments));
    OpenReady(server_->port());
  }
  static std::string Value(int i) { return fmt::format("answer with nonce {}", i * 7919); }

  std::unique_ptr<RedisServer> server_;
};

TEST_F(RedisServerTest, KeepsTheContractOfAStore) {
  server_ = std::make_unique<RedisServer>();
  std::shared_ptr<RedisShared> shared;
  RedisStore* last = nullptr;
  const auto make = [&]() -> std::unique_ptr<Store> {
    server_->Ask({"FLUSHALL"});
    shared = std::make_shared<RedisShared>(At(server_->port()), clock_);
    auto store = std::make_unique<RedisStore>(worker_, pool_, shared);
    EXPECT_TRUE(PollUntil(worker_, [&] { return store->ready(); }));
    last = store.get();
    return store;
  };
  const auto purge = [&](Store& store, const Selection& selection) {
    const uint64_t before = shared->figures().purged;
    static_cast<RedisStore&>(store).Purge(selection);
    EXPECT_TRUE(PollUntil(worker_, [&] { return shared->figures().purges_unfinished == 0; }));
    return shared->figures().purged - before;
  };
  const auto advance = [&](milliseconds by) {
    // Nothing is under way when time jumps, so that nothing is late.
    Await(worker_, last->Find(TestKey(keys_, "barrier").view()));
    clock_.Advance(by);
  };
  CheckStoreContract({make, purge, worker_, advance});
}

TEST_F(RedisServerTest, TwoNodesShare) {
  Start();
  Put("one", "1");
  EXPECT_EQ(BodyOf("one"), "1");
  const KeyMaker other_secret;
  auto other_shared = std::make_shared<RedisShared>(At(server_->port()), clock_);
  RedisStore other(worker_, pool_, other_shared);
  ASSERT_TRUE(PollUntil(worker_, [&] { return other.ready(); }));
  clock_.Advance(seconds(20));
  const Found found = Await(worker_, other.Find(TestKey(other_secret, "one").view()));
  ASSERT_NE(found.answer, nullptr);
  EXPECT_EQ(found.answer->body, "1");
  EXPECT_EQ(found.left, seconds(40)) << "and it is kept there for no longer";
}

TEST_F(RedisServerTest, RedisForgetsByItself) {
  Start();
  Put("one", "1", {}, milliseconds(60'000));
  EXPECT_EQ(BodyOf("one"), "1");
  const std::string left = server_->Ask({"PTTL", NameOf("one")});
  EXPECT_GT(std::stol(left), 0);
  EXPECT_LE(std::stol(left), 60'000);
}

// HARDENING C10.
TEST_F(RedisServerTest, C10OtherTypesAndHugeValuesAreMisses) {
  Start();
  server_->Ask({"RPUSH", NameOf("one"), "x"});
  EXPECT_EQ(BodyOf("one"), "(none)");
  EXPECT_EQ(shared_->figures().corrupt, 1U);
  server_->Ask({"DEL", NameOf("one")});
  server_->Ask({"SETRANGE", NameOf("one"), "50000000", "x"});
  EXPECT_EQ(BodyOf("one"), "(none)");
  EXPECT_EQ(shared_->figures().corrupt, 2U);
  EXPECT_LT(shared_->figures().received_bytes, 2U << 20) << "50 MB never travel";
  EXPECT_TRUE(store_->ready());
  Put("one", "1");
  EXPECT_EQ(BodyOf("one"), "1") << "and are replaced";
}

// HARDENING C05: 1,000 at once, with nonces, put and found over one connection.
TEST_F(RedisServerTest, C05AThousandPipelinedNoneCrossed) {
  Start();
  for (int i = 0; i < 1'000; ++i) Put(fmt::format("{}", i), Value(i));
  std::list<Running<Found>> finding;
  std::list<TestKey> keys;
  for (int i = 0; i < 1'000; ++i) {
    keys.emplace_back(keys_, fmt::format("{}", i));
    finding.emplace_back(store_->Find(keys.back().view()));
  }
  ASSERT_TRUE(PollUntil(worker_, [&] { return finding.back().done(); }));
  int i = 0;
  for (auto& one : finding) {
    ASSERT_NE(one.value().answer, nullptr) << i;
    EXPECT_EQ(one.value().answer->body, Value(i));
    ++i;
  }
  EXPECT_EQ(shared_->figures().hits, 1'000U);
}

TEST_F(RedisServerTest, AKilledRedisIsMissedAndComesBack) {
  Start();
  Put("one", "1");
  EXPECT_EQ(BodyOf("one"), "1");
  server_->Kill();
  EXPECT_EQ(BodyOf("one"), "(none)");
  Pass(seconds(3));
  EXPECT_TRUE(shared_->down());
  EXPECT_EQ(BodyOf("one"), "(none)");
  server_->Restart();
  EXPECT_TRUE(ReadyWithin(seconds(2))) << "D06";
  EXPECT_FALSE(shared_->down());
  EXPECT_EQ(BodyOf("one"), "(none)") << "it has forgotten";
  Put("one", "2");
  EXPECT_EQ(BodyOf("one"), "2");
}

// HARDENING D03, D11: what it had been asked while it was frozen it answers later, to nobody.
TEST_F(RedisServerTest, D03AFrozenRedisIsLeftAloneAndItsLateAnswersToo) {
  Start();
  for (int i = 0; i < 50; ++i) Put(fmt::format("{}", i), Value(i));
  EXPECT_EQ(BodyOf("49"), Value(49));
  server_->Freeze();
  std::list<Running<Found>> finding;
  std::list<TestKey> keys;
  for (int i = 0; i < 50; ++i) {
    keys.emplace_back(keys_, fmt::format("{}", i));
    finding.emplace_back(store_->Find(keys.back().view()));
  }
  Rounds();
  EXPECT_FALSE(finding.front().done());
  clock_.Advance(milliseconds(5));
  worker_.Poll();
  for (auto& one : finding) {
    ASSERT_TRUE(one.done());
    EXPECT_EQ(one.value().answer, nullptr);
  }
  EXPECT_TRUE(shared_->down()) << "fifty slow ones are more than five";
  Pass(seconds(10));
  EXPECT_FALSE(store_->ready()) << "a frozen one takes connections, and answers no greeting";
  EXPECT_LE(shared_->figures().connects, 11U);
  server_->Thaw();
  ASSERT_TRUE(ReadyWithin(seconds(2))) << "D06";
  for (int i = 49; i >= 0; --i) EXPECT_EQ(BodyOf(fmt::format("{}", i)), Value(i));
}

// HARDENING D04: killed and started again and again while it is asked.
TEST_F(RedisServerTest, D04AFlappingRedisCrossesNothing) {
  Start();
  int found = 0;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 100; ++i) Put(fmt::format("{}", i), Value(i));
    std::list<Running<Found>> finding;
    std::list<TestKey> keys;
    for (int i = 0; i < 200; ++i) {
      keys.emplace_back(keys_, fmt::format("{}", i % 100));
      finding.emplace_back(store_->Find(keys.back().view()));
      if (i == 20) worker_.Poll();
      if (i == 100) server_->Kill();
    }
    ASSERT_TRUE(PollUntil(worker_, [&] { return finding.back().done(); }));
    int i = 0;
    for (auto& one : finding) {
      ASSERT_TRUE(one.done());
      const AnswerPtr answer = one.value().answer;
      EXPECT_TRUE(answer == nullptr || answer->body == Value(i % 100)) << answer->body;
      found += answer != nullptr ? 1 : 0;
      ++i;
    }
    server_->Restart();
    ASSERT_TRUE(ReadyWithin(seconds(3)));
  }
  EXPECT_LE(shared_->figures().connects, 5U + 8U);
  RecordProperty("found", found);
}

// HARDENING D10, as the real one says it.
TEST_F(RedisServerTest, D10AReplicaAFullOneAndAClusterAreDown) {
  Start();
  Put("one", "1");
  EXPECT_EQ(BodyOf("one"), "1");
  server_->Ask({"REPLICAOF", "127.0.0.1", "1"});
  Put("two", "2");
  Rounds();
  EXPECT_TRUE(PollUntil(worker_, [this] { return !store_->ready(); })) << "READONLY";
  EXPECT_FALSE(ReadyWithin(seconds(3)));
  server_->Ask({"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(ReadyWithin(seconds(2)));
  server_->Ask({"CONFIG", "SET", "maxmemory", "1"});
  Put("two", "2");
  EXPECT_TRUE(PollUntil(worker_, [this] { return !store_->ready(); })) << "OOM";
  EXPECT_FALSE(ReadyWithin(seconds(3)));
  server_->Ask({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(ReadyWithin(seconds(2)));
  const RedisServer cluster({"--cluster-enabled", "yes"});
  Open(At(cluster.port()));
  EXPECT_FALSE(ReadyWithin(seconds(3))) << "CLUSTERDOWN";
  EXPECT_TRUE(shared_->down());
}

TEST_F(RedisServerTest, PasswordsUsersAndDatabases) {
  server_ = std::make_unique<RedisServer>(std::vector<std::string>{"--requirepass", "pass/word"});
  config::RedisSettings settings = At(server_->port());
  Open(settings);
  EXPECT_FALSE(ReadyWithin(seconds(2))) << "NOAUTH";
  settings.password = Secret("wrong");
  Open(settings);
  EXPECT_FALSE(ReadyWithin(seconds(2))) << "WRONGPASS";
  settings.password = Secret("pass/word");
  settings.database = 99;
  Open(settings);
  EXPECT_FALSE(ReadyWithin(seconds(2))) << "ERR DB index is out of range";
  settings.database = 3;
  Open(settings);
  ASSERT_TRUE(Ready());
  Put("one", "1");
  EXPECT_EQ(BodyOf("one"), "1");
  server_->Kill();

  // What the cache needs, and no more.
  const RedisServer acl({"--user", "default", "off", "--user", "weir", "on", ">secret", "~weir:*",
                         "-@all", "+set", "+getrange", "+scan", "+unlink", "+select"});
  settings.port = acl.port();
  settings.user = "weir";
  settings.password = Secret("secret");
  settings.database = 0;
  Open(settings);
  ASSERT_TRUE(Ready());
  Put("one", "1");
  EXPECT_EQ(BodyOf("one"), "1");
  store_->Purge({});
  EXPECT_TRUE(PurgeDone());
  EXPECT_EQ(BodyOf("one"), "(none)");
}

TEST_F(RedisServerTest, OverTls) {
  const std::string folder = std::filesystem::temp_directory_path() / "weir-redis-tls-XXXXXX";
  std::string made = folder;
  ASSERT_NE(mkdtemp(made.data()), nullptr);
  const Authority authority("Test Authority");
  authority.Save(made + "/ca.pem");
  SaveIdentity(authority.Issue({.ips = {"127.0.0.1"}}), made + "/cert.pem", made + "/key.pem");
  {
    const RedisServer server(
        {"--tls-cert-file", made + "/cert.pem", "--tls-key-file", made + "/key.pem",
         "--tls-ca-cert-file", made + "/ca.pem", "--tls-auth-clients", "no"},
        RedisServer::Port::kTls);
    config::RedisSettings settings = At(server.port());
    settings.tls = true;
    Open(settings);
    EXPECT_FALSE(ReadyWithin(seconds(2))) << "an authority that nobody knows";
    settings.ca_file = made + "/ca.pem";
    Open(settings);
    ASSERT_TRUE(Ready());
    const std::string large(700'000, 'x');
    Put("one", large);
    EXPECT_EQ(BodyOf("one"), large);
  }
  std::filesystem::remove_all(made);
}

TEST_F(RedisServerTest, APurgeFindsItsOwnAmongManyInSteps) {
  Start();
  const std::string_view a = "key-a";
  const KeyParts mine{.partition = PartitionOf({&a, 1}), .route = "auto"};
  const KeyParts others{.route = "support"};
  for (int i = 0; i < 1'500; ++i) {
    Put(fmt::format("{}", i), "mine", mine);
    Put(fmt::format("{}", i), "others", others);
    if (i % 500 == 0) Rounds();
  }
  EXPECT_EQ(BodyOf("1499", others), "others");
  server_->Ask({"SET", "unrelated", "1"});
  store_->Purge({{}, Sha256(a)});
  EXPECT_EQ(BodyOf("1", mine), "(none)") << "at once";
  ASSERT_TRUE(PurgeDone());
  EXPECT_EQ(shared_->figures().purged, 1'500U);
  EXPECT_GT(shared_->figures().commands, 3'000U + 10U) << "in many steps";
  EXPECT_EQ(BodyOf("1499", others), "others");
  store_->Purge({"support", {}});
  ASSERT_TRUE(PurgeDone());
  EXPECT_EQ(server_->Ask({"KEYS", "weir:answer*"}), "");
  EXPECT_EQ(server_->Ask({"GET", "unrelated"}), "1");
}

}  // namespace
}  // namespace weir::cache
