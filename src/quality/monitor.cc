#include "quality/monitor.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/log.h"
#include "quality/loss_figures.h"

namespace weir::quality {
namespace {

Judged ViewOf(const Evidence& evidence) {
  Judged judged;
  judged.time = evidence.time;
  judged.route = evidence.route;
  judged.tier = evidence.tier;
  judged.task = evidence.task;
  judged.language = evidence.language;
  judged.key = evidence.key;
  judged.outcome = evidence.outcome;
  judged.served = evidence.served;
  judged.score = evidence.score;
  judged.baseline_chance = evidence.baseline_chance;
  judged.sampled = evidence.sampled;
  judged.own = evidence.own;
  judged.clients = evidence.clients;
  return judged;
}

// The route is used as it was set up until verdicts say otherwise.
FloorOptions OptionsOf(const Watched& watched, const Watched::Tier& tier) {
  FloorOptions options;
  options.floor = watched.floor;
  options.start = tier.start;
  return options;
}

const Watched::Tier* FindTier(const Watched& route, std::string_view tier) {
  const auto found = std::ranges::find(route.tiers, tier, &Watched::Tier::name);
  return found == route.tiers.end() ? nullptr : &*found;
}

bool IsSame(const Watched::Tier* now, const Watched::Tier* before) {
  return now != nullptr && before != nullptr && now->IsThat(*before);
}

Error NoSuchTier(std::string_view route, std::string_view tier) {
  return MakeError(Reason::kNotFound,
                   fmt::format("tier `{}` of route `{}` has no verdicts yet", tier, route));
}

}  // namespace

Monitor::Monitor() : thread_([this] { Run(); }) {
  pthread_setname_np(thread_.native_handle(), "quality");
}

Monitor::~Monitor() {
  {
    std::lock_guard lock(queue_mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Monitor::Watch(std::vector<Watched> routes) {
  std::lock_guard lock(mutex_);
  std::map<std::string, Watched> before = std::move(watched_);
  watched_.clear();
  for (Watched& route : routes) watched_[route.route] = std::move(route);
  // What is not measured any more, or is held against another floor, has nothing to say.
  for (auto learner = learners_.begin(); learner != learners_.end();) {
    const auto& [route, tier] = learner->first;
    const auto now = watched_.find(route);
    const bool kept = now != watched_.end() && now->second.IsHeldAgainst(before[route]) &&
                      IsSame(FindTier(now->second, tier), FindTier(before[route], tier));
    if (kept) {
      learner->second.acts = now->second.acts;
      Publish(learner->first, learner->second);
      ++learner;
    } else {
      Forget(learner->first);
      learner = learners_.erase(learner);
    }
  }
  const std::map<std::string, Sharing> sharing = std::exchange(sharing_, {});
  for (const auto& [route, watched] : watched_) {
    if (watched.judge != before[route].judge) noise_.erase(route);
    if (!watched.shares) continue;
    const auto known = sharing.find(route);
    const bool stays = known != sharing.end() && watched.IsHeldAgainst(before[route]);
    ShareAgain(watched, before[route], stays ? &known->second : nullptr);
  }
}

void Monitor::Forget(const TierName& name) {
  slices_.Drop(name.first, name.second);
  alarms_.Drop(name.first, name.second);
  std::lock_guard lock(published_mutex_);
  published_.erase(name);
}

void Monitor::Add(Evidence evidence) {
  {
    std::lock_guard lock(queue_mutex_);
    if (queue_.size() >= kMostWaiting) {
      ++dropped_;
      return;
    }
    queue_.push_back(std::move(evidence));
  }
  wake_.notify_one();
}

void Monitor::Wait() {
  std::unique_lock lock(queue_mutex_);
  done_.wait(lock, [this] { return queue_.empty() && !busy_; });
}

void Monitor::Run() {
  std::unique_lock lock(queue_mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    const Evidence evidence = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    lock.unlock();
    Learn(evidence);
    lock.lock();
    busy_ = false;
    if (queue_.empty()) done_.notify_all();
  }
}

void Monitor::Learn(const Evidence& evidence) {
  std::lock_guard lock(mutex_);
  const auto watched = watched_.find(evidence.route);
  if (watched == watched_.end()) return;
  ++verdicts_;
  const Watched::Tier* tier = FindTier(watched->second, evidence.tier);
  const bool is_that = tier != nullptr && evidence.model == tier->model &&
                       evidence.baseline == watched->second.baseline;
  if (!is_that) return;
  const Judged judged = ViewOf(evidence);
  const double judge_error = NoteNoise(watched->second, evidence);
  slices_.Add(judged, judge_error);
  const std::vector<Change> changes =
      Calibrate(watched->second, *tier, evidence, judged, judge_error);
  if (watched->second.shares) {
    const auto place = static_cast<size_t>(tier - watched->second.tiers.data());
    const std::span<const Change> done(changes.data(), watched->second.acts ? changes.size() : 0);
    sharing_.at(evidence.route).Learn(place, done, ControllersOf(watched->second));
  }
  JudgeSlices(watched->second, evidence, changes);
}

// The judge's share of errors, with this verdict.
double Monitor::NoteNoise(const Watched& watched, const Evidence& evidence) {
  JudgeNoise& noise = noise_[evidence.route];
  if (evidence.both && evidence.judge == watched.judge) {
    noise.Add(evidence.both->first, evidence.both->second);
  }
  return noise.ErrorRate(kAssumedJudgeError);
}

Monitor::Learner& Monitor::LearnerOf(const Watched& watched, const Watched::Tier& tier) {
  const TierName name{watched.route, tier.name};
  auto learner = learners_.find(name);
  if (learner == learners_.end()) {
    learner = learners_.emplace(name, OptionsOf(watched, tier)).first;
    learner->second.acts = watched.acts;
    if (watched.shares) sharing_.at(watched.route).Apply(ControllersOf(watched));
  }
  return learner->second;
}

std::vector<FloorController*> Monitor::ControllersOf(const Watched& watched) {
  std::vector<FloorController*> controllers;
  for (const Watched::Tier& tier : watched.tiers) {
    const auto learner = learners_.find({watched.route, tier.name});
    controllers.push_back(learner == learners_.end() ? nullptr : &learner->second.controller);
  }
  return controllers;
}

// Who was there keeps its part, as far as those who came leave room.
void Monitor::ShareAgain(const Watched& watched, const Watched& before, const Sharing* known) {
  std::vector<double> savings, parts;
  for (const Watched::Tier& tier : watched.tiers) {
    savings.push_back(tier.saving);
    const Watched::Tier* then = FindTier(before, tier.name);
    const bool stays = known != nullptr && IsSame(&tier, then);
    parts.push_back(stays ? known->parts()[static_cast<size_t>(then - before.tiers.data())] : 0);
  }
  const auto shared = sharing_.emplace(watched.route, Sharing(std::move(savings), parts)).first;
  shared->second.Apply(ControllersOf(watched));
  const auto same = [](const Watched::Tier& now, const Watched::Tier& then) {
    return now.IsThat(then) && now.saving == then.saving;
  };
  const bool answers = watched.acts == before.acts;
  if (!answers || !std::ranges::equal(watched.tiers, before.tiers, same)) LookAnew(watched.route);
}

// Another answers what a model of the route had, where models share.
void Monitor::LookAnew(std::string_view route) {
  if (!sharing_.contains(std::string(route))) return;
  for (auto& [name, learner] : learners_) {
    if (name.first == route) learner.controller.ForgetWhoAnswers();
  }
}

std::vector<Change> Monitor::Calibrate(const Watched& watched, const Watched::Tier& tier,
                                       const Evidence& evidence, const Judged& judged,
                                       double judge_error) {
  Learner& learner = LearnerOf(watched, tier);
  learner.lengths.Add(evidence.given_tokens, evidence.baseline_tokens);
  learner.controller.AssumeJudgeError(judge_error);
  std::vector<Change> changes;
  if (evidence.scale == tier.scale) changes = learner.controller.Add(judged);
  for (const Change& change : changes) {
    Log(LogLevel::kInfo, "quality: a tier's reach has changed",
        {Field("route", evidence.route), Field("tier", evidence.tier),
         Field("in_force", learner.acts), Field("change", Describe(change))});
  }
  Publish({evidence.route, evidence.tier}, learner);
  return changes;
}

void Monitor::JudgeSlices(const Watched& watched, const Evidence& evidence,
                          const std::vector<Change>& changes) {
  const auto braked = [&changes](Change::Kind kind) {
    return std::ranges::any_of(changes, [kind](const Change& one) { return one.kind == kind; });
  };
  const SliceName route{evidence.route, "", "", ""};
  Allowance allowance{watched.floor, (1 - watched.floor) * slices_.Find(route).chance};
  JudgeSlice(route, allowance, false);
  if (!evidence.task.empty()) {
    JudgeSlice({evidence.route, "", evidence.task, ""}, allowance, braked(Change::Kind::kHeld));
  }
  if (!evidence.language.empty()) {
    JudgeSlice({evidence.route, "", "", evidence.language}, allowance, false);
  }
  allowance.loss = learners_.at({evidence.route, evidence.tier}).controller.AllowedInAll();
  JudgeSlice({evidence.route, evidence.tier, "", ""}, allowance, braked(Change::Kind::kFell));
}

void Monitor::JudgeSlice(const SliceName& name, const Allowance& allowance, bool braked) {
  if (alarms_.Judge(slices_.Find(name), allowance, braked)) slices_.Recover(name);
}

void Monitor::Publish(const TierName& name, const Learner& learner) {
  std::lock_guard lock(published_mutex_);
  published_[name] = {learner.acts ? learner.controller.calibration() : nullptr,
                      learner.lengths.share()};
}

std::shared_ptr<const Calibration> Monitor::CalibrationOf(std::string_view route,
                                                          std::string_view tier) const {
  std::lock_guard lock(published_mutex_);
  const auto found = published_.find(TierName(route, tier));
  return found == published_.end() ? nullptr : found->second.calibration;
}

LengthShare Monitor::Lengths(std::string_view route, std::string_view tier) const {
  std::lock_guard lock(published_mutex_);
  const auto found = published_.find(TierName(route, tier));
  return found == published_.end() ? LengthShare{} : found->second.lengths;
}

double Monitor::SampleShare(std::string_view route, std::string_view tier, double rate,
                            double score, std::string_view task) const {
  const auto calibration = CalibrationOf(route, tier);
  return calibration == nullptr ? rate : calibration->SampleShare(rate, score, task);
}

Result<std::string> Monitor::Undo(std::string_view route, std::string_view tier) {
  std::lock_guard lock(mutex_);
  const auto learner = learners_.find(TierName(route, tier));
  if (learner == learners_.end()) return NoSuchTier(route, tier);
  const std::optional<Change> change = learner->second.controller.Revert();
  if (!change) {
    return MakeError(
        Reason::kNotFound,
        fmt::format("nothing of tier `{}` of route `{}` has changed yet", tier, route));
  }
  LookAnew(route);
  Publish(learner->first, learner->second);
  const std::string line = Describe(*change);
  Log(LogLevel::kInfo, "quality: a change was undone",
      {Field("route", route), Field("tier", tier), Field("change", line)});
  return line;
}

Result<void> Monitor::Resume(std::string_view route, std::string_view tier) {
  std::lock_guard lock(mutex_);
  const auto learner = learners_.find(TierName(route, tier));
  if (learner == learners_.end()) return NoSuchTier(route, tier);
  learner->second.controller.Resume();
  return {};
}

std::shared_ptr<const Calibration> Monitor::Learned(std::string_view route,
                                                    std::string_view tier) const {
  std::lock_guard lock(mutex_);
  const auto learner = learners_.find(TierName(route, tier));
  return learner == learners_.end() ? nullptr : learner->second.controller.calibration();
}

void Monitor::Pin(std::string_view route, std::string_view tier, const Calibration& reach) {
  std::lock_guard lock(mutex_);
  const auto watched = watched_.find(std::string(route));
  if (watched == watched_.end()) return;
  const Watched::Tier* known = FindTier(watched->second, tier);
  if (known == nullptr) return;
  Learner& learner = LearnerOf(watched->second, *known);
  const bool moves = learner.controller.calibration()->crest != reach.crest;
  learner.controller.Pin(reach);
  if (moves) LookAnew(route);
  Publish(TierName(route, tier), learner);
}

Monitor::Figures Monitor::figures() const {
  Figures figures;
  {
    std::lock_guard lock(mutex_);
    figures.slices = slices_.All();
    figures.alarms = alarms_.lines();
    for (const auto& [name, learner] : learners_) {
      figures.tiers.push_back({name.first, name.second, learner.acts, learner.controller.pinned(),
                               learner.controller.calibration()});
    }
    figures.verdicts = verdicts_;
  }
  std::lock_guard lock(queue_mutex_);
  figures.dropped = dropped_;
  return figures;
}

}  // namespace weir::quality
