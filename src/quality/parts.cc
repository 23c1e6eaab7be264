#include "quality/parts.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

namespace weir::quality {
namespace {

constexpr size_t kSlices = 40;   // of equal traffic
constexpr double kLeast = 0.05;  // of an equal share: nobody is left without any
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

// The plan within the allowance, and its neighbour that is not.
std::pair<Plan, Plan> Around(std::span<const Entry> entries, double allowed) {
  Plan beyond = BestPlan(entries, 0);
  if (beyond.all <= allowed) return {beyond, beyond};
  double cheap = 0, dear = 1;
  Plan plan = BestPlan(entries, dear);
  while (plan.all > allowed && dear < kDearest) plan = BestPlan(entries, dear *= 4);
  for (int i = 0; i < kBisections; ++i) {
    const double price = (cheap + dear) / 2;
    Plan between = BestPlan(entries, price);
    const bool fits = between.all <= allowed;
    (fits ? dear : cheap) = price;
    (fits ? plan : beyond) = std::move(between);
  }
  return {std::move(plan), std::move(beyond)};
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
  std::vector<double> parts(sharers.size(), 1 / count);
  if (allowed <= 0) return parts;
  const auto [plan, beyond] = Around(entries, allowed);
  // What the plan leaves goes to who would lose more in the next one.
  double left = allowed, wanted = 0;
  std::vector<double> lost(entries.size()), more(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    lost[i] = std::max(plan.lost[i], 0.0);
    more[i] = std::max(beyond.lost[i] - lost[i], 0.0);
    left -= lost[i];
    wanted += more[i];
  }
  const double least = kLeast * allowed / count;
  double sum = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    const double share = wanted > 0 ? more[i] / wanted : 1 / count;
    parts[order[i]] = std::max(lost[i] + std::max(left, 0.0) * share, least);
    sum += parts[order[i]];
  }
  for (double& part : parts) part /= sum;
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
