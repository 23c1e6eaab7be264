#include "limits/key_ring.h"

#include <gtest/gtest.h>

#include "base/moment.h"
#include "config/parse.h"
#include "limits/key_file.h"
#include "testing/temp_dir.h"

namespace weir::limits {
namespace {

constexpr std::string_view kWorld = R"(
providers: {local: {api: simulator}}
models:
  small: {provider: local, price: {input: 0.1, output: 0.2}}
  large: {provider: local, price: {input: 10, output: 20}}
routes:
  auto: {classifier: seed, tiers: {simple: small, complex: large}, baseline: large}
  other: {model: small}
)";

Result<std::shared_ptr<const KeyRing>> Make(std::string_view more, const StoredKeys& stored = {}) {
  constexpr std::string_view kDialects[] = {"simulator"};
  constexpr std::string_view kClassifiers[] = {"seed"};
  const config::Environment env = [](std::string_view) { return std::nullopt; };
  WEIR_TRY(const config::Settings settings,
           config::Parse(std::string(kWorld) + std::string(more), "weir.yaml", env));
  WEIR_TRY(const catalog::Directory directory,
           catalog::Resolve(settings, env, kDialects, kClassifiers));
  return KeyRing::Make(settings, stored, directory);
}

std::string ErrorOf(std::string_view more, const StoredKeys& stored = {}) {
  const auto made = Make(more, stored);
  return made ? "no error" : made.error().message;
}

TEST(KeyRing, FindsAKeyByItsTextOrDigest) {
  const std::string digest = ToHex(std::string_view(
      reinterpret_cast<const char*>(Sha256("second-key-of-32-characters").data()), 32));
  const auto ring = Make(
      "keys:\n  - {name: a, key: first-key-of-32-characters}\n  - {name: b, sha256: " + digest +
      "}\n");
  ASSERT_TRUE(ring) << ring.error().message;
  EXPECT_FALSE((*ring)->open());
  EXPECT_EQ((*ring)->Find("first-key-of-32-characters")->name, "a");
  EXPECT_EQ((*ring)->Find("first-key-of-32-characters")->shown, "first-");
  EXPECT_EQ((*ring)->Find("second-key-of-32-characters")->name, "b");
  EXPECT_EQ((*ring)->Find("first-key-of-32-character"), nullptr);
  EXPECT_EQ((*ring)->Find(""), nullptr);
}

TEST(KeyRing, AKeyOrItsTeamMayRefuseThatTextIsStored) {
  const auto ring = Make(
      "teams: {core: {}, shy: {bodies: false}}\n"
      "keys:\n"
      "  - {name: a, key: key-a-of-32-characters-012345678, team: core}\n"
      "  - {name: b, key: key-b-of-32-characters-012345678, team: core, bodies: false}\n"
      "  - {name: c, key: key-c-of-32-characters-012345678, team: shy, bodies: true}\n"
      "  - {name: d, key: key-d-of-32-characters-012345678, sample: false}\n");
  ASSERT_TRUE(ring) << ring.error().message;
  std::string may;
  for (const Key& key : (*ring)->keys()) may += key.may_keep_bodies() ? key.name : "";
  EXPECT_EQ(may, "ad");
}

TEST(KeyRing, IsOpenOnlyWhileNoKeyEverWas) {
  EXPECT_TRUE((*Make(""))->open());
  StoredKeys stored;
  stored.ever = true;
  EXPECT_FALSE((*Make("", stored))->open());
  EXPECT_EQ((*Make("", stored))->Find("anything"), nullptr);
}

TEST(KeyRing, TeamsNarrowWhatTheirKeysMay) {
  const auto ring = Make(R"(
teams: {core: {routes: [auto], models: [small], expires: 2027-01-01}}
keys: [{name: a, key: "0123456789abcdef0123", team: core, routes: [auto, other], allow_override: true}]
)");
  ASSERT_TRUE(ring) << ring.error().message;
  const Key& key = *(*ring)->Find("0123456789abcdef0123");
  EXPECT_TRUE(key.may_override());
  catalog::Route of_auto, of_other;
  of_other.id = 1;
  EXPECT_TRUE(key.MayAsk(of_auto));
  EXPECT_FALSE(key.MayAsk(of_other));
  EXPECT_TRUE(key.MayPin(0));
  EXPECT_FALSE(key.MayPin(1));
  EXPECT_FALSE(key.expired(*ParseMoment("2026-12-31T23:59:59.999999Z")));
  EXPECT_TRUE(key.expired(*ParseMoment("2027-01-01")));
}

TEST(KeyRing, StrongAreTheDearestTierAndTheBaseline) {
  const auto ring = Make("");
  EXPECT_FALSE((*ring)->IsStrong(0));
  EXPECT_TRUE((*ring)->IsStrong(1));
}

TEST(KeyRing, RefusesWhatContradictsItselfAndSaysWhere) {
  constexpr std::string_view kKey = R"(keys: [{name: a, key: "0123456789abcdef0123")";
  const std::string key(kKey);
  EXPECT_EQ(ErrorOf(key + ", team: cor}]\nteams: {core: {}}\n"),
            "weir.yaml:9:53: there is no team `cor`; did you mean `core`?");
  EXPECT_NE(ErrorOf(key + ", routes: [aut]}]\n").find("there is no route `aut`; did you mean"),
            std::string::npos);
  EXPECT_NE(ErrorOf(key + ", models: [smal]}]\n").find("there is no model `smal`"),
            std::string::npos);
  EXPECT_NE(ErrorOf(key + R"(}, {name: a, key: "x123456789abcdef0123"}])").find("is there already"),
            std::string::npos);
  EXPECT_NE(
      ErrorOf(key + R"(}, {name: b, key: "0123456789abcdef0123"}])").find("the same key as `a`"),
      std::string::npos);
}

TEST(KeyRing, AStoredKeyNeverWidensWhenTheConfigShrinks) {
  StoredKeys stored{"keys.json", {}, true};
  stored.keys = *config::ParseKeys(R"([{"name": "a", "sha256": ")" + std::string(64, 'a') +
                                       R"(", "routes": ["gone"]},
          {"name": "b", "sha256": ")" + std::string(64, 'b') +
                                       R"(", "team": "gone"}])",
                                   "keys.json");
  const auto ring = Make("", stored);
  ASSERT_TRUE(ring) << ring.error().message;
  ASSERT_EQ((*ring)->keys().size(), 1u) << "without its team's limits the second is no key";
  catalog::Route route;
  EXPECT_FALSE((*ring)->keys()[0].MayAsk(route));
  EXPECT_EQ((*ring)->warnings().size(), 2u);
}

TEST(KeyFile, WhatIsWrittenIsReadAgain) {
  weir::TempDir folder;
  EXPECT_FALSE(ReadKeyFile(folder.path())->ever);
  auto order = ReadKeyOrder(R"({"name": "team-a", "team": "core", "routes": ["auto"], "rpm": 60,
    "tpm": "2M", "budget": [{"usd": "0.5", "per": "day"}, {"usd": 10}], "strong_usd": 3,
    "strong_over": "refuse", "expires": "2027-01-01", "sample": false, "bodies": false,
    "user_budget": {"usd": 1, "per": "day"}, "allow_override": true, "max_inflight": 4})");
  ASSERT_TRUE(order) << order.error().message;
  const Secret secret = NewKey();
  SetSecret(secret, &*order);
  ASSERT_TRUE(WriteKeyFile(folder.path(), {&*order, 1}));
  const auto read = ReadKeyFile(folder.path());
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->keys.size(), 1u);
  EXPECT_EQ(KeyJson(read->keys[0]), KeyJson(*order));
  EXPECT_FALSE(read->keys[0].allowance.bodies);
  EXPECT_EQ(read->keys[0].digest, Sha256(secret.Reveal()));
  EXPECT_EQ(read->keys[0].allowance.budgets[1].limit.nano, 10'000'000'000);
  ASSERT_TRUE(WriteKeyFile(folder.path(), {}));
  EXPECT_TRUE(ReadKeyFile(folder.path())->ever);
}

TEST(KeyFile, OrdersThatAreNoKeyAreRefusedWithTheReason) {
  EXPECT_FALSE(ReadKeyOrder(""));
  EXPECT_FALSE(ReadKeyOrder("[]"));
  EXPECT_FALSE(ReadKeyOrder("{}"));
  EXPECT_FALSE(ReadKeyOrder("#{}\n"));
  const auto typo = ReadKeyOrder(R"({"name": "a", "butget": 5})");
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().reason, Reason::kBadRequest);
  EXPECT_NE(typo.error().message.find("did you mean `budget`"), std::string::npos)
      << typo.error().message;
  EXPECT_FALSE(ReadKeyOrder(R"({"name": "a"}, {"name": "b"})"));
}

}  // namespace
}  // namespace weir::limits
