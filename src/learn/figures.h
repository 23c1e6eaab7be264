// How well a router's scores tell which prompts need the strong model of a pair. Definitions:
// RouteLLM (arXiv 2406.18665, routellm/evals), with exact curves instead of deciles where not said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace weir::learn {

// What the two models of a pair made of one prompt. Scores in [0,1], costs in USD (0: not known).
struct Outcome {
  double weak_score = 0;
  double strong_score = 0;
  double weak_cost = 0;
  double strong_cost = 0;
};

// Shares are 0..1, cpt and saved are percents. Nothing where the rows do not define it (no
// difference between the models, one class only, no costs).
struct Figures {
  size_t rows = 0;
  double weak = 0;      // mean score of always-weak
  double strong = 0;    // mean score of always-strong
  double positive = 0;  // share of rows where strong is better
  // Area under the performance-gap-recovered curve over the share of strong calls: every threshold
  // is a point, equal scores are one step joined by a line.
  std::optional<double> apgr;
  std::optional<double> apgr_deciles;  // RouteLLM's own estimate from the deciles of the scores
  // Least percent of strong calls that recovers 50, 80, 95 % of the gap, on the exact curve.
  double cpt50 = 100, cpt80 = 100, cpt95 = 100;
  // The same by numpy.interp over the deciles, as RouteLLM does.
  double cpt50_deciles = 100, cpt80_deciles = 100;
  std::optional<double> auroc;  // of "strong is better", ties by mid-rank
  // Percent of the always-strong cost saved at 95, 99, 100 % of its quality: with the rows' own
  // costs, and with one flat price ratio and equal tokens.
  std::optional<double> saved95, saved99, saved100;
  std::optional<double> flat95, flat99, flat100;
};

inline constexpr double kFlatPriceRatio = 0.05;  // weak / strong

// `scores`: need for the strong model, any monotone scale; as many as rows.
Figures Judge(std::span<const Outcome> rows, std::span<const double> scores,
              double price_ratio = kFlatPriceRatio);

// The 95 % interval of apgr over `rounds` bootstrap resamples of the rows. Deterministic.
std::pair<double, double> ApgrInterval(std::span<const Outcome> rows,
                                       std::span<const double> scores, int rounds);

// The arithmetic mean of each figure over groups of rows; nothing where no group has it.
Figures Mean(std::span<const Figures> groups);

}  // namespace weir::learn
