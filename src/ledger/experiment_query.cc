#include "ledger/experiment_query.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "ledger/histogram.h"
#include "ledger/record.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

constexpr double kLeastSampled = 1e-6;
constexpr std::string_view kRows =
    "SELECT arm, kind, unit, time, cost, outcome, verdict, first_token_us, total_us, model, "
    "baseline, CASE WHEN kind = 'sample' AND json_valid(signals) THEN "
    "json_extract(signals, '$.sampled') END FROM decisions WHERE seq BETWEEN ? AND ? AND "
    "time >= ? AND time < ? AND experiment = ? ORDER BY seq";
// In the order of kRows.
enum Column {
  kArm,
  kKind,
  kUnit,
  kTime,
  kCost,
  kOutcome,
  kVerdict,
  kFirstToken,
  kTotal,
  kModel,
  kBaseline,
  kSampled
};

struct Arm {
  ArmFigures figures;
  Histogram first_token, total;
  std::unordered_map<int64_t, size_t> places;  // of units among the figures'

  UnitFigures* Unit(int64_t unit) {
    const auto [found, fresh] = places.try_emplace(unit, figures.units.size());
    if (fresh) figures.units.emplace_back();
    return &figures.units[found->second];
  }
};

// Whether a model is the baseline. Asked for each row, of few models.
class Twins {
 public:
  explicit Twins(const ExperimentQuery& query) : are_twins_(query.are_twins) {}

  bool operator()(std::string_view one, std::string_view other) {
    if (one.empty() || other.empty() || one == other || !are_twins_) return one == other;
    const auto [known, fresh] = known_.try_emplace({std::string(one), std::string(other)}, false);
    if (fresh) known->second = are_twins_(one, other);
    return known->second;
  }

 private:
  const std::function<bool(std::string_view, std::string_view)>& are_twins_;
  std::map<std::pair<std::string, std::string>, bool> known_;
};

class Arms {
 public:
  Arms(const ExperimentQuery& query, ExperimentFigures* all) : all_(*all), twins_(query) {}

  // Before the rows: what their verdicts compare with.
  void AddJudgedWith(std::string_view baseline) { judged_with_.emplace(baseline); }

  void Add(const Statement& row) {
    Arm* arm = Of(row.TextAt(kArm));
    if (row.TextAt(kKind).empty()) AddRequest(arm, row);
    if (row.TextAt(kKind) == kSample) AddSample(arm, row);
  }

  void AddRating(std::string_view arm, int64_t unit, double rating) {
    UnitFigures* figures = Of(arm)->Unit(unit);
    ++figures->ratings;
    figures->rating_sum += rating;
  }

  void Finish() {
    const auto& baselines = judged_with_.empty() ? requested_with_ : judged_with_;
    all_.baselines.assign(baselines.begin(), baselines.end());
    for (auto& [name, arm] : arms_) {
      arm.figures.first_token_p50 = arm.first_token.Percentile(50);
      arm.figures.total_p50 = arm.total.Percentile(50);
      all_.arms.push_back(std::move(arm.figures));
    }
  }

 private:
  Arm* Of(std::string_view name) {
    const auto found = arms_.find(name);
    if (found != arms_.end()) return &found->second;
    Arm* arm = &arms_[std::string(name)];
    arm->figures.arm = name;
    return arm;
  }

  void AddRequest(Arm* arm, const Statement& row) {
    ArmFigures& figures = arm->figures;
    const WallMicros time = row.Int(kTime);
    if (all_.first == 0 || time < all_.first) all_.first = time;
    all_.last = std::max(all_.last, time);
    UnitFigures* unit = arm->Unit(row.Int(kUnit));
    ++figures.requests;
    if (row.Int(kUnit) == 0) ++figures.unnamed;
    figures.cost = AddSaturating(figures.cost, NanoUsd{row.Int(kCost)});
    unit->cost += static_cast<double>(row.Int(kCost));
    if (row.TextAt(kOutcome) != "ok") {
      ++figures.failed;
      return;
    }
    ++unit->answers;
    if (ByBaseline(row)) ++unit->by_baseline;
    arm->first_token.Add(row.Int(kFirstToken));
    arm->total.Add(row.Int(kTotal));
  }

  bool ByBaseline(const Statement& row) {
    const std::string_view baseline = row.TextAt(kBaseline);
    if (judged_with_.empty() && !baseline.empty()) requested_with_.emplace(baseline);
    return twins_(row.TextAt(kModel), judged_with_.size() == 1 ? *judged_with_.begin() : baseline);
  }

  void AddSample(Arm* arm, const Statement& row) {
    ArmFigures& figures = arm->figures;
    UnitFigures* unit = arm->Unit(row.Int(kUnit));
    figures.checking = AddSaturating(figures.checking, NanoUsd{row.Int(kCost)});
    unit->checking += static_cast<double>(row.Int(kCost));
    const std::string_view verdict = row.TextAt(kVerdict);
    if (row.TextAt(kOutcome) == kProbe || verdict.empty()) return;
    double stands_for = 1;
    if (!row.IsNull(kSampled)) stands_for /= std::clamp(row.Double(kSampled), kLeastSampled, 1.0);
    figures.wins += verdict == "win" ? 1 : 0;
    figures.ties += verdict == "tie" ? 1 : 0;
    figures.losses += verdict == "loss" ? 1 : 0;
    ++unit->verdicts;
    unit->judged += stands_for;
    if (verdict == "loss") unit->lost += stands_for;
  }

  ExperimentFigures& all_;
  Twins twins_;
  std::set<std::string, std::less<>> judged_with_, requested_with_;
  std::map<std::string, Arm, std::less<>> arms_;
};

void BindTime(const ExperimentQuery& query, int index, Statement* select) {
  select->Bind(index, SeqFrom(query.since));
  select->Bind(index + 1, SeqTo(query.until));
  select->Bind(index + 2, query.since);
  select->Bind(index + 3, query.until);
}

// `kind <> ''` lets SQLite take the index of the few rows that are no requests.
Result<void> AddBaselines(Database* database, const ExperimentQuery& query, Arms* arms) {
  WEIR_TRY(auto rows,
           database->Prepare("SELECT DISTINCT baseline FROM decisions WHERE seq BETWEEN ? AND ? "
                             "AND time >= ? AND time < ? AND kind <> '' AND kind = 'sample' AND "
                             "verdict <> '' AND outcome <> 'probe' AND experiment = ?"));
  BindTime(query, 1, &rows);
  rows.Bind(5, std::string_view(query.name));
  while (true) {
    WEIR_TRY(const bool row, rows.Step());
    if (!row) return {};
    arms->AddJudgedWith(rows.TextAt(0));
  }
}

struct Rating {
  std::string arm;
  int64_t unit = 0;
  double rating = 0;
};

// Feedback names a request, whose arm is looked up. Of several about one request the last counts,
// and only what comes with the key that asked.
Result<void> AddFeedback(Database* database, const ExperimentQuery& query, Arms* arms) {
  WEIR_TRY(auto rows, database->Prepare("SELECT parent, rating, key FROM decisions WHERE seq "
                                        "BETWEEN ? AND ? AND time >= ? AND time < ? AND "
                                        "kind = 'feedback' ORDER BY seq"));
  WEIR_TRY(auto parent, database->Prepare("SELECT arm, unit FROM decisions WHERE seq BETWEEN ? AND "
                                          "? AND id = ? AND experiment = ? AND key = ?"));
  BindTime(query, 1, &rows);
  std::map<RequestId, Rating> last;
  while (true) {
    WEIR_TRY(const bool row, rows.Step());
    if (!row) break;
    const auto id = ParseRequestId(rows.TextAt(0));
    if (!id) continue;
    parent.Bind(1, SeqOf(*id));
    parent.Bind(2, SeqOf(*id) + kMaxSteps);
    parent.Bind(3, *id);
    parent.Bind(4, std::string_view(query.name));
    parent.Bind(5, rows.TextAt(2));
    WEIR_TRY(const bool found, parent.Step());
    if (!found) continue;
    last[*id] = {std::string(parent.TextAt(0)), parent.Int(1), rows.Double(1)};
    parent.Reset();
  }
  for (const auto& [id, rating] : last) arms->AddRating(rating.arm, rating.unit, rating.rating);
  return {};
}

}  // namespace

Result<ExperimentFigures> ReadExperiment(Database* database, const ExperimentQuery& query) {
  ExperimentFigures all;
  all.name = query.name;
  Arms arms(query, &all);
  WEIR_CHECK_OK(AddBaselines(database, query, &arms));
  WEIR_TRY(auto rows, database->Prepare(std::string(kRows)));
  BindTime(query, 1, &rows);
  rows.Bind(5, std::string_view(query.name));
  while (true) {
    WEIR_TRY(const bool row, rows.Step());
    if (!row) break;
    arms.Add(rows);
  }
  WEIR_CHECK_OK(AddFeedback(database, query, &arms));
  arms.Finish();
  return all;
}

}  // namespace weir::ledger
