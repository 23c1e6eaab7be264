#include "cache/redis_key.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <set>

#include "cache/entries_for_test.h"

namespace weir::cache {
namespace {

Partition OfKey(std::string_view key) {
  return PartitionOf({&key, 1});
}

class RedisKeyTest : public testing::Test {
 protected:
  std::string NameOf(std::string body, Partition partition, std::string_view route) const {
    return RedisKeyOf(
               *TestKey(keys_, std::move(body), {.partition = partition, .route = route}).Kept())
        .name;
  }
  static bool Holds(const Selection& selection, const std::string& name) {
    return fnmatch(RedisPatternOf(selection).c_str(), name.c_str(), 0) == 0;
  }
  KeyMaker keys_;
};

TEST_F(RedisKeyTest, TheSameRequestHasTheSameNameInEveryProcess) {
  const KeyMaker other;
  const TestKey one(keys_, R"({"n":1})", {.partition = OfKey("a"), .route = "auto"});
  const TestKey two(other, R"({"n":1})", {.partition = OfKey("a"), .route = "auto"});
  ASSERT_NE(one.view().hash, two.view().hash);
  EXPECT_EQ(RedisKeyOf(*one.Kept()).name, RedisKeyOf(*two.Kept()).name);
  EXPECT_EQ(RedisKeyOf(*one.Kept()).digest, Sha256(one.Kept()->bytes));
}

TEST_F(RedisKeyTest, OthersHaveOtherNamesAndShowNothing) {
  std::set<std::string> names;
  for (const Partition& partition : {OfKey("secret-key"), OfKey("other-key"), Partition{}}) {
    for (const std::string_view route : {"auto", "support*"}) {
      for (const std::string body : {R"({"n":1})", R"({"n":2})"}) {
        names.insert(NameOf(body, partition, route));
      }
    }
  }
  EXPECT_EQ(names.size(), 12U);
  for (const std::string& name : names) {
    EXPECT_EQ(name.size(), 112U);
    EXPECT_TRUE(name.starts_with("weir:answer:1:"));
    EXPECT_EQ(name.find_first_not_of("0123456789abcdef:", 14), std::string::npos) << name;
  }
}

TEST_F(RedisKeyTest, APatternHoldsWhatItsSelectionHolds) {
  const std::string mine = NameOf("{}", OfKey("a"), "auto");
  EXPECT_TRUE(Holds({}, mine));
  EXPECT_TRUE(Holds({"auto", {}}, mine));
  EXPECT_TRUE(Holds({{}, Sha256("a")}, mine));
  EXPECT_TRUE(Holds({"auto", Sha256("a")}, mine));
  EXPECT_FALSE(Holds({"support", {}}, mine));
  EXPECT_FALSE(Holds({{}, Sha256("b")}, mine));
  EXPECT_FALSE(Holds({"*", {}}, mine)) << "a route's name is no pattern";
  EXPECT_FALSE(
      Holds({{}, Sha256("a")}, NameOf("{}", {Partition::Kind::kAll, Sha256("a")}, "auto")));
  EXPECT_FALSE(Holds({}, "weir:probe"));
  EXPECT_FALSE(Holds({}, "other:answer:1:a:b:c"));
}

}  // namespace
}  // namespace weir::cache
