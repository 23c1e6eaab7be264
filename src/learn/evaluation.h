// `weir eval`: the figures of a router on labelled prompts, per group and pooled.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "learn/examples.h"
#include "learn/figures.h"

namespace weir::learn {

struct EvaluationOptions {
  std::string by = "source";  // or category, lang, subject
  double price_ratio = kFlatPriceRatio;
  int bootstrap = 0;  // rounds of the interval; 0: none
};

struct GroupFigures {
  std::string name;
  Figures figures;
  std::optional<std::pair<double, double>> apgr_interval;
};

inline constexpr size_t kSmallestGroup = 30;  // rows; smaller ones count in "pooled" only

// Groups by name, then "macro" (their mean: pooled figures are those of the largest source) and
// "pooled" when there is more than one. `scores`: one an example; those without an outcome are left
// out. Empty without any row.
std::vector<GroupFigures> Evaluate(std::span<const Example> examples,
                                   std::span<const double> scores,
                                   const EvaluationOptions& options);

std::string EvaluationTable(std::span<const GroupFigures> groups);
// {"GROUP": {"n": …, "apgr": …, …}}; figures that are not defined are null.
std::string EvaluationJson(std::span<const GroupFigures> groups);

}  // namespace weir::learn
