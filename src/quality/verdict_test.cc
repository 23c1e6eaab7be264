#include "quality/verdict.h"

#include <gtest/gtest.h>

namespace weir::quality {
namespace {

TEST(Verdict, NamesAreTheLedgersAndLeadBack) {
  EXPECT_EQ(OutcomeName(Outcome::kWin), "win");
  EXPECT_EQ(OutcomeName(Outcome::kTie), "tie");
  EXPECT_EQ(OutcomeName(Outcome::kLoss), "loss");
  EXPECT_EQ(DecidedByName(DecidedBy::kExact), "exact");
  EXPECT_EQ(DecidedByName(DecidedBy::kJson), "json");
  EXPECT_EQ(DecidedByName(DecidedBy::kNumber), "number");
  EXPECT_EQ(DecidedByName(DecidedBy::kJudge), "judge");
  EXPECT_EQ(OutcomeByName("loss"), Outcome::kLoss);
  EXPECT_EQ(DecidedByName("judge"), DecidedBy::kJudge);
  EXPECT_EQ(OutcomeByName("draw"), std::nullopt);
  EXPECT_EQ(DecidedByName(std::string_view()), std::nullopt);
}

TEST(Verdict, AWhyIsOneBoundedLine) {
  EXPECT_EQ(BoundedWhy(" A is\nright\t. "), "A is right .");
  const std::string why = BoundedWhy(std::string(255, 'x') + "é");
  EXPECT_EQ(why, std::string(255, 'x')) << "no half character";
  EXPECT_EQ(BoundedWhy("\x9c\xdf fine"), "\ufffd\ufffd fine");
  for (const std::string& odd : {std::string(255, 'x') + "\n\n", std::string(300, '\xff'),
                                 std::string("\0\x7f", 2), std::string(200, '\x80') + " a\r"}) {
    EXPECT_EQ(BoundedWhy(BoundedWhy(odd)), BoundedWhy(odd));
    EXPECT_LE(BoundedWhy(odd).size(), kMaxWhy);
  }
}

}  // namespace
}  // namespace weir::quality
