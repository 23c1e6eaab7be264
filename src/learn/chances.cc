#include "learn/chances.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "route/features.h"
#include "route/learned/weights.h"

namespace weir::learn {
namespace {

using route::Chance;

// Of a token of the answer, in those of the prompt: what most price lists have, within a factor
// of 2.
constexpr double kOutputPrice = 3;

// What a model is expected to make and made of a prompt.
struct Asked {
  size_t model = 0;
  double good = 0;
};

struct Judged {
  std::vector<Chance> chances;  // by model
  std::vector<Asked> asked;
  std::vector<std::optional<double>> costs;  // by model
  double load = 0;                           // of prompt and answer, as expected
};

class Names {
 public:
  size_t Of(const std::string& name) {
    return places_.try_emplace(name, places_.size()).first->second;
  }
  size_t size() const { return places_.size(); }
  // In the order of their places.
  std::vector<std::string> List() const {
    std::vector<std::string> list(places_.size());
    for (const auto& [name, place] : places_) list[place] = name;
    return list;
  }

 private:
  std::map<std::string, size_t, std::less<>> places_;
};

void AddBin(double said, double found, ModelCalibration* figures) {
  const auto bin = std::min(kBins - 1, static_cast<size_t>(said * kBins));
  ++figures->rows;
  figures->said += said;
  figures->found += found;
  figures->brier += (said - found) * (said - found);
  ModelCalibration::Bin& at = figures->bins[bin];
  ++at.rows;
  at.said += said;
  at.found += found;
}

void Finish(ModelCalibration* figures) {
  const auto rows = static_cast<double>(figures->rows);
  if (figures->rows == 0) return;
  for (ModelCalibration::Bin& bin : figures->bins) {
    if (bin.rows == 0) continue;
    figures->ece += std::fabs(bin.said - bin.found) / rows;
    bin.said /= static_cast<double>(bin.rows);
    bin.found /= static_cast<double>(bin.rows);
  }
  figures->said /= rows;
  figures->found /= rows;
  figures->brier /= rows;
}

std::vector<ModelCalibration> CalibrationsOf(std::span<const Judged> rows,
                                             const std::vector<std::string>& names) {
  std::vector<ModelCalibration> models(names.size() + 1);
  models.back().model = "all models";
  for (size_t i = 0; i < names.size(); ++i) models[i].model = names[i];
  for (const Judged& row : rows) {
    for (const Asked& asked : row.asked) {
      const Chance& chance = row.chances[asked.model];
      if (chance.basis == route::Basis::kNone) continue;
      ModelCalibration& model = models[asked.model];
      model.basis = chance.basis;
      model.labels = chance.labels;
      AddBin(chance.good, asked.good, &model);
      AddBin(chance.good, asked.good, &models.back());
    }
  }
  for (ModelCalibration& model : models) Finish(&model);
  std::erase_if(models, [](const ModelCalibration& model) { return model.rows == 0; });
  return models;
}

// Of a prompt that every model of a set was asked, by the set's order.
struct Full {
  std::vector<double> chance, good, cost;
  double load = 0;
};

// The models of the first row with costs, and the rows that have all of them.
std::vector<Full> FullRows(std::span<const Judged> rows) {
  std::vector<size_t> set;
  std::vector<Full> full;
  for (const Judged& row : rows) {
    if (set.empty()) {
      for (const Asked& asked : row.asked) {
        if (row.costs[asked.model]) set.push_back(asked.model);
      }
    }
    Full made;
    made.load = row.load;
    for (const size_t model : set) {
      const auto asked = std::ranges::find(row.asked, model, &Asked::model);
      if (asked == row.asked.end() || !row.costs[model]) break;
      made.chance.push_back(row.chances[model].good);
      made.good.push_back(asked->good);
      made.cost.push_back(*row.costs[model]);
    }
    if (made.good.size() == set.size() && set.size() > 1) full.push_back(std::move(made));
  }
  return full;
}

std::vector<PriceAndQuality> MeansOf(std::span<const Full> rows) {
  std::vector<PriceAndQuality> means(rows.front().good.size());
  for (const Full& row : rows) {
    for (size_t m = 0; m < means.size(); ++m) {
      means[m].cost += row.cost[m] / static_cast<double>(rows.size());
      means[m].quality += row.good[m] / static_cast<double>(rows.size());
    }
  }
  return means;
}

// What comes of taking in each row the model with the most `worth(row, model, price)`, for prices
// of quality from next to nothing to next to all of the `range` of costs.
template <class Worth>
std::vector<PriceAndQuality> Sweep(std::span<const Full> rows, double range, Worth worth) {
  constexpr int kPrices = 240;
  constexpr double kLowest = 1e-4, kDecades = 8;
  std::vector<PriceAndQuality> points;
  for (int step = -1; step <= kPrices; ++step) {
    const double price = step < 0 ? 0 : kLowest * std::pow(10, kDecades * step / kPrices) / range;
    PriceAndQuality& point = points.emplace_back();
    for (const Full& row : rows) {
      size_t best = 0;
      for (size_t m = 1; m < row.good.size(); ++m) {
        if (worth(row, m, price) > worth(row, best, price)) best = m;
      }
      point.cost += row.cost[best] / static_cast<double>(rows.size());
      point.quality += row.good[best] / static_cast<double>(rows.size());
    }
  }
  return points;
}

std::optional<Aiq> AiqOf(std::span<const Judged> judged) {
  const std::vector<Full> rows = FullRows(judged);
  if (rows.empty()) return {};
  const std::vector<PriceAndQuality> means = MeansOf(rows);
  const auto [low, high] = std::ranges::minmax(means, {}, &PriceAndQuality::cost);
  if (high.cost <= low.cost) return {};
  Aiq aiq;
  aiq.rows = rows.size();
  aiq.models = means.size();
  aiq.low_cost = low.cost;
  aiq.high_cost = high.cost;
  aiq.singles = AreaUnderHull(means, low.cost, high.cost);
  const double range = high.cost - low.cost;
  double load = 0;
  for (const Full& row : rows) load += row.load / static_cast<double>(rows.size());
  aiq.router = AreaUnderHull(Sweep(rows, range,
                                   [&](const Full& row, size_t m, double price) {
                                     const double longer = load > 0 ? row.load / load : 1;
                                     return row.chance[m] - price * means[m].cost * longer;
                                   }),
                             low.cost, high.cost);
  aiq.oracle = AreaUnderHull(Sweep(rows, range,
                                   [](const Full& row, size_t m, double price) {
                                     return row.good[m] - price * row.cost[m];
                                   }),
                             low.cost, high.cost);
  return aiq;
}

std::vector<route::ModelFacts> FactsOf(const std::vector<std::string>& names) {
  std::vector<route::ModelFacts> facts;
  for (const std::string& name : names) facts.push_back({name, std::nullopt});
  return facts;
}

}  // namespace

double AreaUnderHull(std::vector<PriceAndQuality> points, double low_cost, double high_cost) {
  std::ranges::sort(points, [](const PriceAndQuality& a, const PriceAndQuality& b) {
    return std::pair(a.cost, a.quality) < std::pair(b.cost, b.quality);
  });
  std::vector<PriceAndQuality> hull;
  const auto bends_up = [](const PriceAndQuality& a, const PriceAndQuality& b,
                           const PriceAndQuality& c) {
    return (b.quality - a.quality) * (c.cost - a.cost) <=
           (c.quality - a.quality) * (b.cost - a.cost);
  };
  for (const PriceAndQuality& point : points) {
    if (!hull.empty() && point.quality <= hull.back().quality) continue;
    if (!hull.empty() && point.cost <= hull.back().cost) hull.pop_back();
    while (hull.size() > 1 && bends_up(hull[hull.size() - 2], hull.back(), point)) hull.pop_back();
    hull.push_back(point);
  }
  double area = 0;
  for (size_t i = 0; i < hull.size(); ++i) {
    const PriceAndQuality end =
        i + 1 < hull.size() ? hull[i + 1] : PriceAndQuality{high_cost, hull[i].quality};
    const double from = std::clamp(hull[i].cost, low_cost, high_cost);
    const double to = std::clamp(end.cost, low_cost, high_cost);
    if (to <= from) continue;
    const double rise =
        end.cost > hull[i].cost ? (end.quality - hull[i].quality) / (end.cost - hull[i].cost) : 0;
    const double middle = hull[i].quality + rise * ((from + to) / 2 - hull[i].cost);
    area += (to - from) * middle;
  }
  return area / (high_cost - low_cost);
}

Result<ChanceFigures> JudgeChances(const route::Classifier& classifier,
                                   std::span<const Example> examples) {
  Names names;
  std::vector<Judged> rows;
  std::vector<const Example*> asked;
  for (const Example& example : examples) {
    const auto scores = ModelScores(example);
    if (scores.empty()) continue;
    Judged& row = rows.emplace_back();
    asked.push_back(&example);
    for (const auto& [name, good] : scores) row.asked.push_back({names.Of(name), good});
  }
  const std::vector<std::string> list = names.List();
  const auto outlook = classifier.OutlookOf(FactsOf(list));
  if (outlook == nullptr || rows.empty()) return ChanceFigures();
  chat::RequestParser parser;
  for (size_t i = 0; i < rows.size(); ++i) {
    WEIR_TRY(const chat::Request request, RequestOf(*asked[i], parser));
    rows[i].chances.resize(list.size());
    const route::Verdict verdict = outlook->Judge(route::Features(request), rows[i].chances);
    rows[i].load = static_cast<double>(request.EstimatedPromptTokens()) +
                   kOutputPrice * static_cast<double>(verdict.answer_tokens);
    rows[i].costs.resize(list.size());
    for (const auto& [name, cost] : asked[i]->costs) {
      const auto place = std::ranges::find(list, name);
      if (place != list.end()) rows[i].costs[static_cast<size_t>(place - list.begin())] = cost;
    }
  }
  return ChanceFigures{CalibrationsOf(rows, list), AiqOf(rows)};
}

}  // namespace weir::learn
