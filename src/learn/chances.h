// How well a classifier's chances of a good answer fit what models made of labelled prompts, and
// what choosing models by them is worth.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "learn/examples.h"
#include "route/classifier.h"

namespace weir::learn {

inline constexpr size_t kBins = 10;  // of equal width, as usual for ECE

struct ModelCalibration {
  std::string model;  // "all models" for the last one
  route::Basis basis = route::Basis::kNone;
  uint32_t labels = 0;  // own ones that the chances rest on
  size_t rows = 0;
  double said = 0, found = 0;  // means: of the chances, of the scores
  // Expected calibration error (Naeini, Cooper, Hauskrecht 2015): of each bin the difference of the
  // means, weighed by its rows.
  double ece = 0;
  double brier = 0;  // mean squared difference
  struct Bin {
    size_t rows = 0;
    double said = 0, found = 0;  // means
  };
  std::array<Bin, kBins> bins{};
};

// RouterBench's Average Improvement in Quality (Hu et al. 2024, arXiv 2403.12031, section 3): the
// area under the non-decreasing convex hull of (mean cost, mean quality) between the costs of the
// cheapest and the dearest model, by that range of costs; a curve that ends before goes on flat.
struct Aiq {
  size_t rows = 0, models = 0;
  double low_cost = 0, high_cost = 0;  // USD a prompt
  double singles = 0;                  // the hull of always one model
  // The model with the most chance - price * its expected cost, for all prices: its mean cost times
  // how much longer than the mean prompt and answer are expected to be.
  double router = 0;
  double oracle = 0;  // the same with the true scores and costs
};

struct PriceAndQuality {
  double cost = 0, quality = 0;
};
// The measure itself: `points` in any order.
double AreaUnderHull(std::vector<PriceAndQuality> points, double low_cost, double high_cost);

struct ChanceFigures {
  std::vector<ModelCalibration> models;  // by name; empty: no row says how a model did
  std::optional<Aiq> aiq;                // of the rows with scores and costs of all models
};

// Errors name the example's id. Nothing where the classifier knows nothing of models.
Result<ChanceFigures> JudgeChances(const route::Classifier& classifier,
                                   std::span<const Example> examples);

std::string ChancesTable(const ChanceFigures& figures);
// Two members of an object: "calibration":{MODEL:{…}},"aiq":{…} or null.
std::string ChancesMembers(const ChanceFigures& figures);

}  // namespace weir::learn
