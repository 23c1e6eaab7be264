#include "learn/figures.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/split_mix.h"

namespace weir::learn {
namespace {

// Quality and cost when the `strong_calls` rows of the highest scores go to the strong model.
struct Point {
  double strong_calls = 0;
  double quality = 0;
  double cost = 0;
};

std::vector<size_t> ByFallingScore(std::span<const double> scores) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  return order;
}

// One point a distinct score, from always-weak to always-strong. A row counts `weight` times.
template <class Weight>
std::vector<Point> Curve(std::span<const Outcome> rows, std::span<const double> scores,
                         std::span<const size_t> order, Weight weight) {
  Point at;
  for (size_t i = 0; i < rows.size(); ++i) {
    at.quality += weight(i) * rows[i].weak_score;
    at.cost += weight(i) * rows[i].weak_cost;
  }
  std::vector<Point> points = {at};
  for (size_t i = 0; i < order.size();) {
    const double score = scores[order[i]];
    for (; i < order.size() && scores[order[i]] == score; ++i) {
      const Outcome& row = rows[order[i]];
      at.strong_calls += weight(order[i]);
      at.quality += weight(order[i]) * (row.strong_score - row.weak_score);
      at.cost += weight(order[i]) * (row.strong_cost - row.weak_cost);
    }
    points.push_back(at);
  }
  return points;
}

std::optional<double> Apgr(std::span<const Point> points) {
  const double count = points.back().strong_calls;
  const double weak = points.front().quality;
  const double gap = points.back().quality - weak;
  if (gap == 0 || count == 0) return {};
  double area = 0;
  for (size_t i = 1; i < points.size(); ++i) {
    const double step = (points[i].strong_calls - points[i - 1].strong_calls) / count;
    area += step * ((points[i].quality + points[i - 1].quality) / 2 - weak);
  }
  return area / gap;
}

// Where between two points the quality reaches `target`: 0..1.
double Reach(const Point& from, const Point& to, double target) {
  if (to.quality == from.quality) return 1;
  return (target - from.quality) / (to.quality - from.quality);
}

// Percent of strong calls at which `share` of the gap is recovered.
double CallsFor(std::span<const Point> points, double share) {
  const double weak = points.front().quality;
  const double gap = points.back().quality - weak;
  const double target = weak + share * gap;
  for (size_t i = 1; i < points.size(); ++i) {
    const Point& from = points[i - 1];
    const Point& to = points[i];
    if ((to.quality - target) * (gap > 0 ? 1 : -1) < 0) continue;
    const double calls =
        from.strong_calls + (to.strong_calls - from.strong_calls) * Reach(from, to, target);
    return 100 * calls / points.back().strong_calls;
  }
  return 100;
}

struct Cheapest {
  std::optional<double> own, flat;  // cost; flat in units of an always-strong run
};

// The cheapest threshold whose quality is at least `share` of always-strong's.
Cheapest CheapestAt(std::span<const Point> points, double share, double price_ratio) {
  constexpr double kSlack = 1e-9;
  const double count = points.back().strong_calls;
  const double target = points.back().quality * share;
  Cheapest found;
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].quality < target - kSlack) continue;
    Point at = points[i];
    if (i > 0 && at.quality > points[i - 1].quality) {
      const Point& from = points[i - 1];
      const double part = std::clamp(Reach(from, at, target), 0.0, 1.0);
      at.strong_calls = from.strong_calls + part * (points[i].strong_calls - from.strong_calls);
      at.cost = from.cost + part * (points[i].cost - from.cost);
    }
    const double flat = (at.strong_calls + (count - at.strong_calls) * price_ratio) / count;
    if (!found.own || at.cost < *found.own) found.own = at.cost;
    if (!found.flat || flat < *found.flat) found.flat = flat;
  }
  return found;
}

void AddSavings(std::span<const Outcome> rows, std::span<const Point> points, double price_ratio,
                Figures* figures) {
  double strong_cost = 0;
  for (const Outcome& row : rows) strong_cost += row.strong_cost;
  const auto at = [&](double share, std::optional<double>* own, std::optional<double>* flat) {
    const Cheapest cheapest = CheapestAt(points, share, price_ratio);
    if (cheapest.own && strong_cost != 0) *own = 100 * (1 - *cheapest.own / strong_cost);
    if (cheapest.flat) *flat = 100 * (1 - *cheapest.flat);
  };
  at(0.95, &figures->saved95, &figures->flat95);
  at(0.99, &figures->saved99, &figures->flat99);
  at(1.00, &figures->saved100, &figures->flat100);
}

// The sum of the ranks of rows where strong is better, equal scores sharing their middle rank.
std::optional<double> Auroc(std::span<const Outcome> rows, std::span<const double> scores,
                            std::span<const size_t> falling) {
  double positives = 0;
  double ranks = 0;
  const size_t count = falling.size();
  for (size_t i = 0; i < count;) {
    size_t end = i;
    double here = 0;
    for (; end < count && scores[falling[end]] == scores[falling[i]]; ++end) {
      const Outcome& row = rows[falling[end]];
      here += row.strong_score > row.weak_score ? 1 : 0;
    }
    // Ranks rise with the score: the last in falling order has rank 1.
    ranks += here * (static_cast<double>(count - end + 1 + count - i) / 2);
    positives += here;
    i = end;
  }
  const double negatives = static_cast<double>(count) - positives;
  if (positives == 0 || negatives == 0) return {};
  return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

double Quantile(std::span<const double> sorted, double share) {
  const double place = static_cast<double>(sorted.size() - 1) * share;
  const auto below = static_cast<size_t>(place);
  const double next = sorted[std::min(below + 1, sorted.size() - 1)];
  return sorted[below] + (next - sorted[below]) * (place - static_cast<double>(below));
}

struct Decile {
  double share = 0;  // of strong calls
  double quality = 0;
};

// At RouteLLM's thresholds: `>=` each decile of the scores, `>` the last.
std::vector<Decile> Deciles(std::span<const Outcome> rows, std::span<const double> scores) {
  std::vector<double> sorted(scores.begin(), scores.end());
  std::ranges::sort(sorted);
  std::vector<double> thresholds;
  for (int i = 0; i <= 10; ++i) thresholds.push_back(Quantile(sorted, i / 10.0));
  std::ranges::sort(thresholds);
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
  std::vector<Decile> deciles;
  for (size_t t = 0; t < thresholds.size(); ++t) {
    Decile at;
    for (size_t i = 0; i < rows.size(); ++i) {
      const bool last = t + 1 == thresholds.size();
      const bool strong = last ? scores[i] > thresholds[t] : scores[i] >= thresholds[t];
      at.share += strong ? 1 : 0;
      at.quality += strong ? rows[i].strong_score : rows[i].weak_score;
    }
    const auto count = static_cast<double>(rows.size());
    deciles.push_back({at.share / count, at.quality / count});
  }
  std::ranges::sort(deciles, [](const Decile& a, const Decile& b) {
    return std::pair(a.share, a.quality) < std::pair(b.share, b.quality);
  });
  return deciles;
}

std::optional<double> ApgrOfDeciles(std::span<const Decile> deciles, const Figures& figures) {
  double area = 0;
  for (size_t i = 1; i < deciles.size(); ++i) {
    const Decile& from = deciles[i - 1];
    area += (deciles[i].share - from.share) * (deciles[i].quality + from.quality) / 2;
  }
  const double span = deciles.back().share - deciles.front().share;
  const double gap = figures.strong - figures.weak;
  if (gap == 0 || span == 0) return {};
  return (area - figures.weak * span) / (gap * span);
}

// numpy.interp of the calls over the quality, which need not rise: its bisection decides.
double CallsByDeciles(std::span<const Decile> deciles, double quality) {
  if (quality <= deciles.front().quality) return 100 * deciles.front().share;
  if (quality >= deciles.back().quality) return 100 * deciles.back().share;
  size_t low = 0;
  size_t high = deciles.size() - 1;
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    (deciles[middle].quality <= quality ? low : high) = middle;
  }
  const Decile& from = deciles[low];
  const Decile& to = deciles[high];
  if (to.quality == from.quality) return 100 * from.share;
  const double part = (quality - from.quality) / (to.quality - from.quality);
  return 100 * (from.share + (to.share - from.share) * part);
}

void AddDeciles(std::span<const Decile> deciles, Figures* figures) {
  const double gap = figures->strong - figures->weak;
  figures->apgr_deciles = ApgrOfDeciles(deciles, *figures);
  figures->cpt50_deciles = CallsByDeciles(deciles, figures->weak + 0.5 * gap);
  figures->cpt80_deciles = CallsByDeciles(deciles, figures->weak + 0.8 * gap);
}

void AddShares(std::span<const Outcome> rows, Figures* figures) {
  const auto count = static_cast<double>(rows.size());
  for (const Outcome& row : rows) {
    figures->weak += row.weak_score / count;
    figures->strong += row.strong_score / count;
    figures->positive += (row.strong_score > row.weak_score ? 1 : 0) / count;
  }
}

}  // namespace

Figures Judge(std::span<const Outcome> rows, std::span<const double> scores, double price_ratio) {
  Figures figures;
  figures.rows = rows.size();
  if (rows.empty()) return figures;
  AddShares(rows, &figures);
  const std::vector<size_t> order = ByFallingScore(scores);
  const std::vector<Point> points = Curve(rows, scores, order, [](size_t) { return 1.0; });
  figures.apgr = Apgr(points);
  AddDeciles(Deciles(rows, scores), &figures);
  figures.cpt50 = CallsFor(points, 0.5);
  figures.cpt80 = CallsFor(points, 0.8);
  figures.cpt95 = CallsFor(points, 0.95);
  figures.auroc = Auroc(rows, scores, order);
  AddSavings(rows, points, price_ratio, &figures);
  return figures;
}

std::pair<double, double> ApgrInterval(std::span<const Outcome> rows,
                                       std::span<const double> scores, int rounds) {
  if (rows.empty() || rounds < 1) return {0, 0};
  const std::vector<size_t> order = ByFallingScore(scores);
  SplitMix64 dice(1);  // seeded: the same resamples everywhere
  std::vector<double> areas;
  std::vector<double> times(rows.size());
  for (int round = 0; round < rounds; ++round) {
    std::ranges::fill(times, 0.0);
    for (size_t i = 0; i < rows.size(); ++i) ++times[dice.Next() % rows.size()];
    areas.push_back(
        Apgr(Curve(rows, scores, order, [&](size_t i) { return times[i]; })).value_or(0));
  }
  std::ranges::sort(areas);
  const auto at = [&](double share) {
    return areas[std::min(areas.size() - 1, static_cast<size_t>(share * rounds))];
  };
  return {at(0.025), at(0.975)};
}

Figures Mean(std::span<const Figures> groups) {
  Figures mean;
  const auto average = [&](auto member) {
    std::optional<double> sum;
    double count = 0;
    for (const Figures& group : groups) {
      const std::optional<double> value = group.*member;
      if (!value) continue;
      sum = sum.value_or(0) + *value;
      ++count;
    }
    if (sum) *sum /= count;
    return sum;
  };
  for (const Figures& group : groups) mean.rows += group.rows;
  for (auto member :
       {&Figures::weak, &Figures::strong, &Figures::positive, &Figures::cpt50, &Figures::cpt80,
        &Figures::cpt95, &Figures::cpt50_deciles, &Figures::cpt80_deciles}) {
    mean.*member = average(member).value_or(0);
  }
  for (auto member : {&Figures::apgr, &Figures::apgr_deciles, &Figures::auroc, &Figures::saved95,
                      &Figures::saved99, &Figures::saved100, &Figures::flat95, &Figures::flat99,
                      &Figures::flat100}) {
    mean.*member = average(member);
  }
  return mean;
}

}  // namespace weir::learn
