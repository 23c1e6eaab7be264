#include "admin/query.h"

#include <gtest/gtest.h>

#include <array>

namespace weir::admin {
namespace {

constexpr std::array<std::string_view, 2> kKnown = {"route", "model"};

Error Refused(std::string_view query) {
  Result<Query> parsed = Query::Parse(query, kKnown);
  EXPECT_FALSE(parsed.has_value()) << query;
  return parsed ? Error{} : parsed.error();
}

TEST(Query, DecodesWhatItKnows) {
  Result<Query> query = Query::Parse("model=a%2Fb+c&&route=", kKnown);
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->Get("model"), "a/b c");
  EXPECT_EQ(query->Get("route"), "");
  EXPECT_TRUE(Query::Parse("", {}).has_value());
}

TEST(Query, NamesWhatItDoesNotTake) {
  EXPECT_EQ(Refused("mode=x").message, "unknown query parameter `mode`; did you mean `model`?");
  EXPECT_EQ(Refused("zz").message, "unknown query parameter `zz`; known here: route, model");
  EXPECT_EQ(Refused("model=a&model=a").param, "model");
  EXPECT_EQ(Query::Parse("x=1", {}).error().message,
            "unknown query parameter `x`; this path takes none");
}

TEST(Query, RefusesBrokenAndUnboundedValues) {
  for (const char* query : {"model=%2", "model=%00", "model=a%0ab", "model=%7f"}) {
    EXPECT_EQ(Refused(query).reason, Reason::kBadRequest);
  }
  EXPECT_TRUE(Query::Parse("model=" + std::string(Query::kMaxValue, 'x'), kKnown).has_value());
  EXPECT_EQ(Refused("model=" + std::string(Query::kMaxValue + 1, 'x')).param, "model");
  EXPECT_LT(Refused(std::string(8000, 'y')).message.size(), 200u);
}

}  // namespace
}  // namespace weir::admin
