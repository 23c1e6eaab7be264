#include "quality/reach_json.h"

#include <gtest/gtest.h>

namespace weir::quality {
namespace {

TEST(ReachJson, IsReadAsItWasWritten) {
  Calibration calibration;
  calibration.crest = 0.42;
  calibration.tasks = {{"code", 0.06, false, 12, 0.1}, {"law", 0, true}, {"chat", 0, false}};
  std::string text;
  json::Writer writer(&text);
  WriteReach(calibration, &writer);
  const auto read = ReadReach(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->crest, 0.42);
  const std::vector<TaskTerms> wanted = {{"code", 0.06, false}, {"law", 0, true}};
  EXPECT_EQ(read->tasks, wanted) << "what is as it was before has nothing to say";
}

TEST(ReachJson, RubbishIsNone) {
  for (const std::string_view text : {"", "[]", "{}", R"({"crest":"high","tasks":[]})",
                                      R"({"crest":1})", R"({"crest":1,"tasks":[1]})"}) {
    EXPECT_FALSE(ReadReach(text)) << text;
  }
}

}  // namespace
}  // namespace weir::quality
