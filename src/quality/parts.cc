#include "quality/parts.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>

namespace weir::quality {
namespace {

constexpr size_t kSlices = 40;   // of equal traffic
constexpr double kLeast = 0.05;  // shared equally, so that nobody is left without any
constexpr double kStep = 0.02;   // of the allowance
constexpr int kBisections = 30;
constexpr double kDearest = 1e12;
constexpr double kAll = std::numeric_limits<double>::infinity();

// What a model would lose of each slice, a request of all; where it has no traffic, infinitely
// much.
using Losses = std::array<double, kSlices>;

Losses LossesOf(const Sharer& sharer) {
  Losses losses{};
  double before = 0;  // share of the traffic
  for (size_t bin = 0; bin < kScoreBins; ++bin) {
    const double after = before + sharer.row[bin].traffic / sharer.traffic;
    const double loss = sharer.curve.At(MiddleOf(bin));
    for (size_t slice = 0; slice < kSlices; ++slice) {
      const double begins = static_cast<double>(slice) / kSlices;
      const double inside = std::min(after, begins + 1.0 / kSlices) - std::max(before, begins);
      if (inside > 0) losses[slice] += inside * loss;
    }
    before = after;
  }
  constexpr double kAlmost = 1e-9;
  for (size_t slice = 0; slice < kSlices; ++slice) {
    const bool whole = static_cast<double>(slice + 1) / kSlices <= before + kAlmost;
    if (!whole) losses[slice] = kAll;
  }
  return losses;
}

struct Entry {
  double saving = 0;
  Losses losses;
};

struct Plan {
  std::vector<double> lost;  // by each model
  double all = 0;
};

// The best one when a loss of 1 costs `price`.
Plan BestPlan(std::span<const Entry> entries, double price) {
  const size_t models = entries.size();
  // best[i]: of the slices so far, the last of which model i answers; i == models: the baseline.
  std::vector<double> best(models + 1, 0);
  std::vector<std::array<size_t, kSlices>> from(models + 1);
  for (size_t slice = 0; slice < kSlices; ++slice) {
    size_t leader = 0;
    std::vector<double> next(models + 1);
    for (size_t i = 0; i <= models; ++i) {
      if (best[i] > best[leader]) leader = i;
      from[i][slice] = leader;
      next[i] = best[leader];
      if (i == models) continue;
      const double loss = entries[i].losses[slice];
      next[i] = loss == kAll ? -kAll : next[i] + entries[i].saving / kSlices - price * loss;
    }
    best = std::move(next);
  }
  Plan plan{std::vector<double>(models, 0)};
  auto model = static_cast<size_t>(std::ranges::max_element(best) - best.begin());
  for (size_t slice = kSlices; slice-- > 0;) {
    if (model < models) plan.lost[model] += entries[model].losses[slice];
    model = from[model][slice];
  }
  plan.all = std::accumulate(plan.lost.begin(), plan.lost.end(), 0.0);
  return plan;
}

}  // namespace

std::vector<double> BestParts(std::span<const Sharer> sharers) {
  const auto count = static_cast<double>(sharers.size());
  std::vector<size_t> order(sharers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](size_t i) { return sharers[i].saving; });
  std::vector<Entry> entries;
  double allowed = 0;
  for (const size_t i : order) {
    entries.push_back({sharers[i].saving, LossesOf(sharers[i])});
    allowed += sharers[i].allowed / count;
  }
  double dear = 1;
  while (BestPlan(entries, dear).all > allowed && dear < kDearest) dear *= 4;
  double cheap = 0;
  for (int i = 0; i < kBisections; ++i) {
    const double price = (cheap + dear) / 2;
    (BestPlan(entries, price).all > allowed ? cheap : dear) = price;
  }
  const Plan plan = BestPlan(entries, dear);
  std::vector<double> parts(sharers.size());
  double used = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    parts[order[i]] = std::max(plan.lost[i], 0.0);
    used += parts[order[i]];
  }
  const double rest = std::max(allowed - used, kLeast * allowed) / count;
  const double sum = used + count * rest;
  for (double& part : parts) part = sum > 0 ? (part + rest) / sum : 1 / count;
  return parts;
}

void MoveParts(std::span<const double> wanted, std::vector<double>* parts) {
  double sum = 0;
  for (size_t i = 0; i < parts->size(); ++i) {
    (*parts)[i] += std::clamp(wanted[i] - (*parts)[i], -kStep, kStep);
    sum += (*parts)[i];
  }
  for (double& part : *parts) part /= sum;
}

}  // namespace weir::quality
