#include "quality/crest.h"

#include <gtest/gtest.h>

namespace weir::quality {
namespace {

// Scores are uniform; a fifth of the hardest requests is lost, and none of the easiest.
LossRow Seen(double verdicts) {
  LossRow row{};
  for (size_t bin = 0; bin < kScoreBins; ++bin) {
    const double count = verdicts / kScoreBins;
    row[bin] = {.count = count,
                .traffic = 1.0 / kScoreBins,
                .net = 0.2 * MiddleOf(bin) * count,
                .square = 0.3 * count};
  }
  return row;
}

TEST(HighestCrest, StandsWhereWhatIsAllowedIsLost) {
  const LossRow row = Seen(1e8);
  const Crest crest = HighestCrest(row, LossCurve(row), 1, 0.0256, 1, kSlack);
  EXPECT_NEAR(crest.crest, 0.5, 1e-9) << "0.1 * 0.5 * 0.5";
  EXPECT_NEAR(crest.loss, 0.025, 1e-4);
}

TEST(HighestCrest, KeepsErrorsFromWhatIsAllowedAndTheSlack) {
  const LossRow row = Seen(2'000);
  const LossCurve curve(row);
  constexpr double kAllowed = 0.01;
  double last = 1;
  for (const double slack : {0.002, 0.001, 0.0}) {
    for (const double caution : {0.5, 1.0, 2.0}) {
      const Crest crest = HighestCrest(row, curve, 1, kAllowed, caution, slack);
      const LossCurve::Estimate next = LossAt(row, curve, 1, crest.crest + 1.0 / kScoreBins);
      ASSERT_GT(crest.crest, 0) << slack << " " << caution;
      EXPECT_LE(crest.loss + caution * crest.error, kAllowed + slack + 1e-12);
      EXPECT_GT(next.loss + caution * next.error, kAllowed + slack);
      if (caution == 2) {
        EXPECT_LE(crest.crest, last);
        last = crest.crest;
      }
    }
  }
}

TEST(HighestCrest, SlackIsNoExcuseForAnExpectedLoss) {
  const LossRow row = Seen(1e8);
  const Crest crest = HighestCrest(row, LossCurve(row), 1, 0.0245, 0, kSlack);
  EXPECT_NEAR(crest.crest, 0.475, 1e-9) << "0.1 * 0.5 * 0.5 is within the slack, but expected";
}

}  // namespace
}  // namespace weir::quality
