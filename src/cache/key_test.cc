#include "cache/key.h"

#include <gtest/gtest.h>

#include <set>

#include "cache/entries_for_test.h"

namespace weir::cache {
namespace {

Partition OfKey(std::string_view key) {
  return PartitionOf(std::array{key});
}

TEST(CacheKey, EqualRequestsHaveEqualKeys) {
  const KeyMaker keys;
  const KeyParts parts{.partition = OfKey("a"), .endpoint = 'c', .route = "auto"};
  const TestKey one(keys, R"({"messages":[]})", parts);
  const TestKey two(keys, R"({"messages":[]})", parts);
  EXPECT_EQ(one.view().hash, two.view().hash);
  EXPECT_TRUE(one.Kept()->Is(two.view()));
}

TEST(CacheKey, EveryPartCounts) {
  const KeyMaker keys;
  const KeyParts usual{.partition = OfKey("a"),
                       .endpoint = 'c',
                       .route = "auto",
                       .query = "x=1",
                       .headers = "h: v\n"};
  std::vector<KeyParts> others(8, usual);
  others[0].partition = OfKey("b");
  others[1].partition = {};
  others[2].partition = {Partition::Kind::kAll, {}};
  others[3].endpoint = 'e';
  others[4].route = "auto2";
  others[5].query = "x=2";
  others[6].headers = "h: w\n";
  others[7].query = others[7].headers = "";
  const std::string body = R"({"messages":[],"n":1})";
  const TestKey key(keys, body, usual);
  for (const KeyParts& parts : others) {
    const TestKey other(keys, body, parts);
    EXPECT_NE(other.view().hash, key.view().hash);
    EXPECT_FALSE(key.Kept()->Is(other.view()));
  }
  EXPECT_FALSE(key.Kept()->Is(TestKey(keys, R"({"messages":[],"n":2})", usual).view()));
}

// C07: whatever may change the answer is in the key.
TEST(CacheKey, EveryMemberOfTheBodyCounts) {
  const KeyMaker keys;
  const TestKey usual(keys, R"({"messages":[{"role":"user","content":"hi"}]})");
  constexpr std::string_view kOthers[] = {
      R"({"messages":[{"role":"user","content":"hi "}]})",
      R"({"messages":[{"role":"user","content":"h i"}]})",
      R"({"messages":[{"role":"system","content":"hi"}]})",
      R"({"messages":[{"role":"user","content":"hi"}],"temperature":0})",
      R"({"messages":[{"role":"user","content":"hi"}],"temperature":0.0})",
      R"({"messages":[{"role":"user","content":"hi"}],"tools":[]})",
      R"({"messages":[{"role":"user","content":"hi"}],"seed":1})",
      R"({"messages":[{"role":"user","content":"hi"}],"n":2})",
      R"({"messages":[{"role":"user","content":"hi"}],"response_format":{"type":"json_object"}})",
      R"({"messages":[{"role":"user","content":"hi"}],"user":"a"})",
      R"({"messages":[{"role":"user","content":"hi"}],"stream":true})",
      R"({"messages":[{"role":"user","content":"hi"}],"anything":null})",
      R"({"messages":[{"role":"user","content":"hi"}],"models":"m"})",
      R"({"messages":[{"content":"hi","role":"user"}]})",
  };
  std::set<std::string> bytes{usual.Kept()->bytes};
  for (std::string_view other : kOthers)
    bytes.insert(TestKey(keys, std::string(other)).Kept()->bytes);
  EXPECT_EQ(bytes.size(), std::size(kOthers) + 1);
}

TEST(CacheKey, TheWayABodyIsWrittenDoesNotCount) {
  const KeyMaker keys;
  const TestKey usual(keys,
                      R"({"model":"auto","messages":[{"role":"user","content":"a b"}],"n":1})");
  constexpr std::string_view kSame[] = {
      R"({"n":1,"messages":[{"role":"user","content":"a b"}]})",
      "{ \"n\" : 1 ,\r\n\t\"model\": \"other\", \"messages\" : [ { \"role\":\"user\", \"content\" "
      ": \"a b\" } ] }",
      R"({"mode\u006c":"x","n":1,"messages":[{"role":"user","content":"a b"}]})",
  };
  for (std::string_view same : kSame) {
    EXPECT_EQ(TestKey(keys, std::string(same)).Kept()->bytes, usual.Kept()->bytes) << same;
  }
}

// Unknown members may stand twice; both are sent, in their order.
TEST(CacheKey, RepeatedAndManyMembersKeepTheirOrder) {
  const KeyMaker keys;
  EXPECT_NE(TestKey(keys, R"({"a":1,"a":2})").Kept()->bytes,
            TestKey(keys, R"({"a":2,"a":1})").Kept()->bytes);
  std::string up = "{\"a\":0";
  for (int i = 0; i < 100; ++i) up += fmt::format(",\"m{}\":{}", i, i);
  std::string other = "{";
  for (int i = 99; i >= 0; --i) other += fmt::format("\"m{}\":{},", i, i);
  EXPECT_EQ(TestKey(keys, up + "}").Kept()->bytes, TestKey(keys, other + "\"a\":0}").Kept()->bytes);
}

// What stands at the end of one part must not be taken for the beginning of the next.
TEST(CacheKey, PartsDoNotRunIntoEachOther) {
  const KeyMaker keys;
  std::set<std::string> bytes;
  for (size_t cut = 0; cut <= 4; ++cut) {
    const std::string_view text = "abcd";
    bytes.insert(TestKey(keys, "{}", {.route = text.substr(0, cut), .query = text.substr(cut)})
                     .Kept()
                     ->bytes);
    bytes.insert(TestKey(keys, "{}", {.query = text.substr(0, cut), .headers = text.substr(cut)})
                     .Kept()
                     ->bytes);
  }
  EXPECT_EQ(bytes.size(), 9U) << "an empty route and an empty header list meet once";
}

TEST(CacheKey, ACollisionIsNoMatch) {
  const KeyMaker keys;
  const TestKey mine(keys, "mine");
  const TestKey other(keys, "thei");
  KeyView crafted = other.view();
  crafted.hash = mine.view().hash;
  EXPECT_FALSE(mine.Kept()->Is(crafted));
  KeyView longer = mine.view();
  const std::string more = std::string(longer.bytes) + "more";
  longer.bytes = more;
  EXPECT_FALSE(mine.Kept()->Is(longer));
}

TEST(CacheKey, NobodyOutsideKnowsTheHash) {
  const KeyMaker one;
  const KeyMaker two;
  EXPECT_NE(TestKey(one, "x").view().hash, TestKey(two, "x").view().hash);
}

TEST(CacheKey, PartitionsAreOfCredentials) {
  EXPECT_EQ(PartitionOf({}), Partition{});
  EXPECT_EQ(OfKey("a").kind, Partition::Kind::kKey);
  EXPECT_EQ(OfKey("a").digest, Sha256("a"));
  EXPECT_NE(OfKey("a"), OfKey("b"));
  using Texts = std::vector<std::string_view>;
  EXPECT_EQ(PartitionOf(Texts{"a", "a"}), OfKey("a"));
  EXPECT_EQ(PartitionOf(Texts{"a", "b"}).kind, Partition::Kind::kSeveral);
  EXPECT_NE(PartitionOf(Texts{"a", "b"}), PartitionOf(Texts{"b", "a"}));
  EXPECT_NE(PartitionOf(Texts{"ab", "c"}), PartitionOf(Texts{"a", "bc"}));
  EXPECT_NE(OfKey(""), Partition{}) << "an empty credential is none of ours, and not the same";
}

TEST(CacheKey, ASelectionHoldsRouteAndKey) {
  const KeyMaker keys;
  const auto kept = [&](std::string_view route, Partition partition) {
    return TestKey(keys, "{}", {.partition = partition, .route = route}).Kept();
  };
  const auto mine = kept("auto", OfKey("a"));
  EXPECT_EQ(mine->route(), "auto");
  EXPECT_EQ(mine->partition(), OfKey("a"));
  EXPECT_TRUE(Selection{}.Holds(*mine));
  EXPECT_TRUE((Selection{"auto", Sha256("a")}).Holds(*mine));
  EXPECT_FALSE((Selection{"aut", {}}).Holds(*mine));
  EXPECT_FALSE((Selection{"", {}}).Holds(*mine));
  EXPECT_FALSE((Selection{"auto", Sha256("b")}).Holds(*mine));
  EXPECT_FALSE((Selection{{}, Sha256("a")}).Holds(*kept("auto", {})));
  const Partition all{Partition::Kind::kAll, Sha256("a")};
  EXPECT_FALSE((Selection{{}, Sha256("a")}).Holds(*kept("auto", all)));
}

}  // namespace
}  // namespace weir::cache
