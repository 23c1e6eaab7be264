#include "cache/redis_purges.h"

#include <gtest/gtest.h>

#include "cache/entries_for_test.h"
#include "testing/fake_clock.h"

namespace weir::cache {
namespace {

using std::chrono::seconds;

class RedisPurgesTest : public testing::Test {
 protected:
  std::shared_ptr<const Key> OfRoute(std::string_view route) const {
    return TestKey(keys_, "{}", {.route = route}).Kept();
  }
  FakeClock clock_;
  KeyMaker keys_;
  RedisPurges purges_{clock_};
};

TEST_F(RedisPurgesTest, HidesWhatWasWrittenBefore) {
  const auto key = OfRoute("auto");
  const WallMicros before = clock_.Wall();
  EXPECT_FALSE(purges_.Hides(*key, before));
  purges_.Begin({"auto", {}});
  EXPECT_TRUE(purges_.Hides(*key, before));
  EXPECT_FALSE(purges_.Hides(*OfRoute("support"), before));
  clock_.Advance(seconds(1));
  EXPECT_FALSE(purges_.Hides(*key, clock_.Wall())) << "written since";
  clock_.Advance(std::chrono::hours(24));
  EXPECT_TRUE(purges_.Hides(*key, before)) << "as long as it is not done";
}

TEST_F(RedisPurgesTest, GoesOnForALittleWhatIsOnItsWay) {
  const auto key = OfRoute("auto");
  const WallMicros before = clock_.Wall();
  const uint64_t id = purges_.Begin({"auto", {}});
  EXPECT_EQ(purges_.unfinished(), 1U);
  purges_.Finish(id);
  EXPECT_EQ(purges_.unfinished(), 0U);
  EXPECT_TRUE(purges_.Hides(*key, before));
  clock_.Advance(seconds(10));
  purges_.Finish(purges_.Begin({"other", {}}));
  EXPECT_FALSE(purges_.Hides(*key, before));
}

TEST_F(RedisPurgesTest, TooManyAreOneOfEverything) {
  const WallMicros before = clock_.Wall();
  for (int i = 0; i < 64; ++i) purges_.Begin({fmt::format("r{}", i), {}});
  EXPECT_FALSE(purges_.Hides(*OfRoute("auto"), before));
  purges_.Begin({"r64", {}});
  EXPECT_TRUE(purges_.Hides(*OfRoute("r64"), before));
  EXPECT_TRUE(purges_.Hides(*OfRoute("auto"), before));
  EXPECT_EQ(purges_.unfinished(), 64U);
}

}  // namespace
}  // namespace weir::cache
