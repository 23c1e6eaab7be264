// What verdicts say of each route, as they come: intervals, alarms, and which tier may answer what.
// Learning has a thread of its own; whoever decides reads what it has published.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "quality/alarms.h"
#include "quality/answer_length.h"
#include "quality/floor_controller.h"
#include "quality/judgement.h"
#include "quality/sharing.h"
#include "quality/slices.h"

namespace weir::quality {

// A route that is measured.
struct Watched {
  std::string route;
  double floor = 0.95;
  bool acts = true;
  // What is measured: its tiers, or the models that its floor chooses from.
  struct Tier {
    std::string name;
    double start = 1;    // its crest, before there are verdicts
    std::string model;   // that answers there
    uint32_t scale = 0;  // of its scores; see Evidence
    double saving = 0;   // a usual request beside the baseline, in any unit; see `shares`
    // Another model, or another scale, knows nothing of what was learned.
    bool IsThat(const Tier& other) const {
      return name == other.name && model == other.model && scale == other.scale;
    }
  };
  std::vector<Tier> tiers;
  // Whether they share what the floor allows to be lost (parts.h): the models of a floor do, since
  // the dearer ones answer what the cheaper ones hand up. Else each may lose all of it.
  bool shares = false;
  std::string baseline, judge;  // models; see Evidence
  // Whether what was learned against `other` says anything of it.
  bool IsHeldAgainst(const Watched& other) const {
    return floor == other.floor && shares == other.shares && baseline == other.baseline;
  }
};

// Judged, with texts of its own.
struct Evidence {
  WallMicros time = 0;
  std::string route, tier, task, language, key;
  Outcome outcome = Outcome::kTie;
  bool served = true;
  double score = 0, baseline_chance = 0, sampled = 1;
  bool own = true;     // see Judged
  double clients = 1;  // likewise
  // What the score is made of: by which weights, and whether of chances that own labels prove.
  // Evidence of another kind, or of another model, tells nothing of where a crest should stand.
  uint32_t scale = 0;
  std::string model, baseline;
  // Where a judge was asked in both orders, and which.
  std::optional<std::pair<Judgement, Judgement>> both;
  std::string judge;
  int64_t given_tokens = 0, baseline_tokens = 0;  // of both answers; 0: not known
};

class Monitor {
 public:
  static constexpr size_t kMostWaiting = 10'000;  // verdicts; more are dropped and counted

  Monitor();
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  // Of the config in force. What was learned of a route and tier stays while it is the same model,
  // measured against the same floor and baseline; else its slices and alarms go, too, and those
  // that mix it with others. A judge's noise goes with the judge. Any thread.
  void Watch(std::vector<Watched> routes);
  // In the order of the requests, as far as that is known. Any thread.
  void Add(Evidence evidence);
  // Until all that was added before has been learned.
  void Wait();

  // What is known of the tier and to be acted upon; nullptr: nothing. Any thread.
  std::shared_ptr<const Calibration> CalibrationOf(std::string_view route,
                                                   std::string_view tier) const;
  // The share of such requests to sample where `rate` of all are to be.
  double SampleShare(std::string_view route, std::string_view tier, double rate, double score,
                     std::string_view task) const;

  // How long the baseline's answers are beside the tier's.
  LengthShare Lengths(std::string_view route, std::string_view tier) const;

  // Back to what was decided before the last change, until Resume(). kNotFound: no such route and
  // tier, or nothing before it.
  Result<std::string> Undo(std::string_view route, std::string_view tier);
  Result<void> Resume(std::string_view route, std::string_view tier);
  // What is learned of it, acted upon or not; nullptr: nothing.
  std::shared_ptr<const Calibration> Learned(std::string_view route, std::string_view tier) const;
  // Stays at that reach until Resume(), as after Undo(). Nothing where that is not measured.
  void Pin(std::string_view route, std::string_view tier, const Calibration& reach);

  struct Tier {
    std::string route, tier;
    bool acts = true, pinned = false;
    std::shared_ptr<const Calibration> calibration;
  };
  struct Figures {
    std::vector<SliceFigures> slices;
    std::vector<std::string> alarms;  // a line each, of those that hold now
    std::vector<Tier> tiers;
    int64_t verdicts = 0, dropped = 0;
  };
  Figures figures() const;

 private:
  using TierName = std::pair<std::string, std::string>;  // route, tier
  struct Learner {
    explicit Learner(FloorOptions options) : controller(options) {}
    FloorController controller;
    AnswerLength lengths;
    bool acts = true;
  };

  void Run();
  void Learn(const Evidence& evidence);
  Learner& LearnerOf(const Watched& watched, const Watched::Tier& tier);
  // Of its models, in their order.
  std::vector<FloorController*> ControllersOf(const Watched& watched);
  void LookAnew(std::string_view route);
  void ShareAgain(const Watched& watched, const Watched& before, const Sharing* known);
  // What it changed.
  std::vector<Change> Calibrate(const Watched& watched, const Watched::Tier& tier,
                                const Evidence& evidence, const Judged& judged, double judge_error);
  double NoteNoise(const Watched& watched, const Evidence& evidence);
  void JudgeSlices(const Watched& watched, const Evidence& evidence,
                   const std::vector<Change>& changes);
  void JudgeSlice(const SliceName& name, const Allowance& allowance, bool braked);
  void Forget(const TierName& name);
  void Publish(const TierName& name, const Learner& learner);

  mutable std::mutex mutex_;  // of what is learned
  std::map<TierName, Learner> learners_;
  std::map<std::string, Watched> watched_;
  std::map<std::string, Sharing> sharing_;  // of the routes whose models share
  std::map<std::string, JudgeNoise> noise_;
  Slices slices_{Slices::Options{}};
  Alarms alarms_;
  int64_t verdicts_ = 0;

  mutable std::mutex published_mutex_;
  struct Published {
    std::shared_ptr<const Calibration> calibration;
    LengthShare lengths;
  };
  std::map<TierName, Published> published_;

  mutable std::mutex queue_mutex_;
  std::condition_variable wake_, done_;
  std::deque<Evidence> queue_;
  int64_t dropped_ = 0;
  bool busy_ = false, stop_ = false;
  std::thread thread_;
};

}  // namespace weir::quality
