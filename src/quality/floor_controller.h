// Closes the loop: verdicts on one cheaper tier of a route become the calibration that decides what
// it may answer, so that the route keeps its floor. docs/adr/0014-floor-controller.md says how, why
// so, and how well.
//
// The floor is held for the route's requests together: what they are expected to lose, by verdicts
// on a random sample of known shares, is at most (1 - floor) times the baseline's chance of a good
// answer. Beside that each task type has a brake of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quality/calibration.h"
#include "quality/crest.h"
#include "quality/judged.h"
#include "quality/key_weights.h"
#include "quality/loss_figures.h"
#include "quality/loss_grid.h"
#include "quality/parts.h"
#include "quality/recent_loss.h"

namespace weir::quality {

struct FloorOptions {
  double floor = 0.95;  // of the baseline's quality
  // Models that share what the floor allows (parts.h), at first evenly. Each has so much less of
  // the verdicts, so its steps are as much larger.
  size_t among = 1;
  double start = 0;  // the crest before there is evidence
  // The expected loss and so many standard errors must not exceed what is allowed by more than
  // kSlack, a model's part of it. More keeps the floor surer and saves less.
  double caution = 1;
  double judge_error =
      kAssumedJudgeError;  // share of verdicts that are flipped; see AssumeJudgeError()
  double key_cap = 0.2;    // see KeyWeights
  double fewest = 100;     // verdicts before anything moves
  double step_up = 0.02, step_down = 0.04;  // of the crest, each kUpdateEvery verdicts; by `among`
  double rise_a_day = 0.5;                  // of the crest, by the verdicts' times
};

struct Change {
  enum class Kind : uint8_t {
    kCrest,    // moved a step
    kLift,     // a task's scores count as harder, or less so
    kHeld,     // a task loses too much: the baseline answers it. before and after: 0 and 1
    kFreed,    // it has recovered
    kFell,     // the whole tier loses too much: the crest falls to half, evidence begins anew
    kReverted  // by a person
  };
  Kind kind = Kind::kCrest;
  uint64_t version = 0;  // of the calibration that has it
  std::string task;      // empty: all
  double before = 0, after = 0;
  // What it rests on: expected loss, its standard error, and what is allowed.
  double verdicts = 0, loss = 0, error = 0, allowed = 0;
};
// "crest 0.40 -> 0.42: loses 0.021 +- 0.006 of 0.038 allowed (1520 verdicts)"; one line, for a log.
std::string Describe(const Change& change);

// Not thread-safe: the quality thread's. What it publishes is anybody's.
class FloorController {
 public:
  static constexpr int kUpdateEvery = 25;  // verdicts
  static constexpr double kLastingWindow = 1000;

  explicit FloorController(FloorOptions options);

  // Served answers and probes alike, in the order of their requests; told again after a restart
  // they lead to the same calibration. What it changed, in order.
  std::vector<Change> Add(const Judged& judged);
  // For the verdicts from now on; at most 0.35.
  void AssumeJudgeError(double share) { options_.judge_error = share; }

  std::shared_ptr<const Calibration> calibration() const { return published_; }
  double Allowed() const;       // loss of a request, here
  double AllowedInAll() const;  // of all that share it
  // What may be lost here of what the floor allows, where `among` models share it.
  void SetPart(double part, size_t among) {
    part_ = part;
    options_.among = among;
  }
  // nullopt: it knows too little to be planned with. `saving`: see Sharer.
  std::optional<Sharer> AsSharer(double saving) const;
  // Others answer other requests from now on: until verdicts say which, all may be its own.
  void ForgetWhoAnswers() { grid_.ForgetLately(0); }
  void ForgetWhoAnswers(std::string_view task);
  // Back to what was decided before the last change, and stays there, brakes off, until Resume().
  // nullopt: there is nothing before it. Evidence goes on being gathered.
  std::optional<Change> Revert();
  // As Revert() does, to what was in force elsewhere.
  void Pin(const Calibration& reach);
  void Resume() { pinned_ = false; }
  bool pinned() const { return pinned_; }

 private:
  struct Task {
    CrestTerms terms;
    bool surely = false;  // held by `lasting`, or by a person
    RecentLoss recent;
    // Under the low end of its interval a loss that is too small for the newest verdicts shows.
    RecentLoss lasting{kLastingWindow, RecentLoss::Counts::kCheap};
    void Forget();
  };

  void Note(const Judged& judged, size_t task);
  void ApplyBrakes(size_t task, std::vector<Change>* changes);
  void ApplyTierBrake(std::vector<Change>* changes);
  void Update(std::vector<Change>* changes);
  void MoveLifts(const LossCurve& pooled, std::vector<Change>* changes);
  void MoveCrest(const Crest& wanted, const LossCurve::Estimate& now, std::vector<Change>* changes);
  void SpreadSamples(const LossRow& row, double traffic);
  double RiseLeft(WallMicros time);
  std::vector<CrestTerms> Terms() const;
  // `by`: of the task's, what says so.
  void SetHeld(size_t task, bool held, const RecentLoss& by, std::vector<Change>* changes);
  Change Moved(Change::Kind kind, double before, double after) const;
  void Publish(std::vector<Change>* changes);
  size_t KnownTask(std::string_view name);

  FloorOptions options_;
  // What its crest is held by: only verdicts on requests that are its own. Those that a cheaper
  // model answers are easier at the same score, where scores are each model's own.
  LossGrid grid_;
  LossGrid all_;             // what it is planned with
  std::vector<Task> tasks_;  // as in grid_
  RecentLoss recent_;
  KeyWeights keys_;
  double part_;
  Calibration next_;  // being worked on
  std::shared_ptr<const Calibration> published_;
  std::deque<std::shared_ptr<const Calibration>> earlier_;  // one a version
  double chance_ = 0, chance_traffic_ = 0;                  // of the baseline, by traffic
  int64_t day_ = 0;
  WallMicros now_ = 0;
  double risen_ = 0;    // that day
  double reached_ = 0;  // the highest crest that evidence has set
  int since_update_ = 0;
  double lately_ = 0;  // verdicts in the grid's cells
  bool pinned_ = false;
};

}  // namespace weir::quality
