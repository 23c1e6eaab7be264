#include "ledger/experiment_query.h"

#include <map>

#include "ledger/histogram.h"
#include "ledger/record.h"
#include "ledger/store.h"

namespace weir::ledger {
namespace {

struct Arm {
  ArmFigures figures;
  Histogram first_token, total;
};

class Arms {
 public:
  explicit Arms(ExperimentFigures* all) : all_(*all) {}

  void AddRequest(Arm* arm, const Statement& row) {
    ArmFigures& figures = arm->figures;
    const int64_t cost = row.Int(3);
    const WallMicros time = row.Int(2);
    if (all_.first == 0 || time < all_.first) all_.first = time;
    all_.last = std::max(all_.last, time);
    ++figures.requests;
    figures.cost = AddSaturating(figures.cost, NanoUsd{cost});
    if (row.TextAt(4) != "ok") {
      ++figures.failed;
      return;
    }
    figures.good_cost = AddSaturating(figures.good_cost, NanoUsd{cost});
    figures.good_squares += static_cast<double>(cost) * static_cast<double>(cost);
    arm->first_token.Add(row.Int(6));
    arm->total.Add(row.Int(7));
  }

  void AddSample(Arm* arm, const Statement& row) const {
    ArmFigures& figures = arm->figures;
    figures.checking = AddSaturating(figures.checking, NanoUsd{row.Int(3)});
    if (row.TextAt(4) == kProbe) return;
    const std::string_view verdict = row.TextAt(5);
    figures.wins += verdict == "win" ? 1 : 0;
    figures.ties += verdict == "tie" ? 1 : 0;
    figures.losses += verdict == "loss" ? 1 : 0;
  }

  Arm* Of(std::string_view name) {
    Arm& arm = arms_[std::string(name)];
    if (arm.figures.arm.empty()) arm.figures.arm = name;
    return &arm;
  }

  void AddRating(std::string_view name, double rating) {
    ArmFigures& figures = Of(name)->figures;
    ++figures.ratings;
    figures.rating_sum += rating;
    figures.rating_squares += rating * rating;
  }

  void Finish() {
    for (auto& [name, arm] : arms_) {
      arm.figures.first_token_p50 = arm.first_token.Percentile(50);
      arm.figures.total_p50 = arm.total.Percentile(50);
      all_.arms.push_back(std::move(arm.figures));
    }
  }

 private:
  ExperimentFigures& all_;
  std::map<std::string, Arm> arms_;
};

void BindTime(WallMicros since, WallMicros until, int index, Statement* select) {
  select->Bind(index, SeqFrom(since));
  select->Bind(index + 1, SeqTo(until));
  select->Bind(index + 2, since);
  select->Bind(index + 3, until);
}

// Feedback names a request, whose arm is looked up. Of several about one request the last counts,
// and only what comes with the key that asked.
Result<void> AddFeedback(Database* database, const std::string& name, WallMicros since,
                         WallMicros until, Arms* arms) {
  WEIR_TRY(auto rows, database->Prepare("SELECT parent, rating, key FROM decisions WHERE seq "
                                        "BETWEEN ? AND ? AND time >= ? AND time < ? AND "
                                        "kind = 'feedback' ORDER BY seq"));
  WEIR_TRY(auto parent, database->Prepare("SELECT arm FROM decisions WHERE seq BETWEEN ? AND ? AND "
                                          "id = ? AND experiment = ? AND key = ?"));
  BindTime(since, until, 1, &rows);
  std::map<RequestId, std::pair<std::string, double>> last;
  while (true) {
    WEIR_TRY(const bool row, rows.Step());
    if (!row) break;
    const auto id = ParseRequestId(rows.TextAt(0));
    if (!id) continue;
    parent.Bind(1, SeqOf(*id));
    parent.Bind(2, SeqOf(*id) + kMaxSteps);
    parent.Bind(3, *id);
    parent.Bind(4, std::string_view(name));
    parent.Bind(5, rows.TextAt(2));
    WEIR_TRY(const bool found, parent.Step());
    if (!found) continue;
    last[*id] = {std::string(parent.TextAt(0)), rows.Double(1)};
    parent.Reset();
  }
  for (const auto& [id, rating] : last) arms->AddRating(rating.first, rating.second);
  return {};
}

}  // namespace

Result<ExperimentFigures> ReadExperiment(Database* database, const std::string& name,
                                         WallMicros since, WallMicros until) {
  ExperimentFigures all;
  all.name = name;
  Arms arms(&all);
  WEIR_TRY(auto rows, database->Prepare("SELECT arm, kind, time, cost, outcome, verdict, "
                                        "first_token_us, total_us FROM decisions WHERE seq BETWEEN "
                                        "? AND ? AND time >= ? AND time < ? AND experiment = ?"));
  BindTime(since, until, 1, &rows);
  rows.Bind(5, std::string_view(name));
  while (true) {
    WEIR_TRY(const bool row, rows.Step());
    if (!row) break;
    Arm* arm = arms.Of(rows.TextAt(0));
    if (rows.TextAt(1).empty()) arms.AddRequest(arm, rows);
    if (rows.TextAt(1) == kSample) arms.AddSample(arm, rows);
  }
  WEIR_CHECK_OK(AddFeedback(database, name, since, until, &arms));
  arms.Finish();
  return all;
}

}  // namespace weir::ledger
