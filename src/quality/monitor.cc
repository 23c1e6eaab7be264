#include "quality/monitor.h"

#include <fmt/format.h>
#include <pthread.h>

#include "base/log.h"

namespace weir::quality {
namespace {

constexpr double kAssumedJudgeError = 0.1;

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
  return judged;
}

std::string NameOf(const SliceName& name) {
  std::string text = name.route;
  for (const auto& [what, value] : {std::pair{"tier", &name.tier}, {"task", &name.task}}) {
    if (!value->empty()) text += fmt::format(", {} {}", what, *value);
  }
  return text;
}

// The route is used as it was set up until verdicts say otherwise.
FloorOptions OptionsOf(const Watched& watched, const Watched::Tier& tier) {
  FloorOptions options;
  options.floor = 1 - (1 - watched.floor) * watched.part;
  options.start = tier.start;
  options.judge_error = kAssumedJudgeError;
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
    const bool kept = now != watched_.end() && now->second.floor == before[route].floor &&
                      now->second.part == before[route].part &&
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
  std::erase_if(alarms_,
                [this](const auto& alarm) { return !watched_.contains(alarm.first.route); });
}

void Monitor::Forget(const TierName& name) {
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
  const Judged judged = ViewOf(evidence);
  slices_.Add(judged);
  const Watched::Tier* tier = FindTier(watched->second, evidence.tier);
  if (tier != nullptr) Calibrate(watched->second, *tier, evidence, judged);
  JudgeSlice({evidence.route, evidence.tier, "", ""}, watched->second.floor);
  if (!evidence.task.empty()) {
    JudgeSlice({evidence.route, "", evidence.task, ""}, watched->second.floor);
  }
}

Monitor::Learner& Monitor::LearnerOf(const Watched& watched, const Watched::Tier& tier) {
  const TierName name{watched.route, tier.name};
  auto learner = learners_.find(name);
  if (learner == learners_.end()) {
    learner = learners_.emplace(name, OptionsOf(watched, tier)).first;
    learner->second.acts = watched.acts;
  }
  return learner->second;
}

void Monitor::Calibrate(const Watched& watched, const Watched::Tier& tier, const Evidence& evidence,
                        const Judged& judged) {
  const TierName name{evidence.route, evidence.tier};
  if (evidence.model != tier.model) return;
  Learner& learner = LearnerOf(watched, tier);
  learner.lengths.Add(evidence.given_tokens, evidence.baseline_tokens);
  if (evidence.both) {
    JudgeNoise& noise = noise_[evidence.route];
    noise.Add(evidence.both->first, evidence.both->second);
    learner.controller.AssumeJudgeError(noise.ErrorRate(kAssumedJudgeError));
  }
  if (evidence.scale == tier.scale) {
    for (const Change& change : learner.controller.Add(judged)) {
      Log(LogLevel::kInfo, "quality: a tier's reach has changed",
          {Field("route", evidence.route), Field("tier", evidence.tier),
           Field("in_force", learner.acts), Field("change", Describe(change))});
    }
  }
  Publish(name, learner);
}

void Monitor::JudgeSlice(const SliceName& name, double floor) {
  const SliceFigures figures = slices_.Find(name);
  const Standing standing = StandingOf(figures, floor);
  const auto known = alarms_.find(name);
  const std::string line = fmt::format(
      "{}: {:.2f} % of the answers are as good or better [{:.2f}, {:.2f}], under the "
      "floor of {:.1f} %",
      NameOf(name), 100 * figures.as_good, 100 * figures.interval.low, 100 * figures.interval.high,
      100 * floor);
  if (standing == Standing::kAlarm) {
    if (known == alarms_.end()) {
      Log(LogLevel::kWarn, "quality: answers fall under the floor", {Field("what", line)});
    }
    alarms_[name] = line;
  } else if (known != alarms_.end()) {
    Log(LogLevel::kInfo, "quality: the floor is kept again", {Field("what", NameOf(name))});
    alarms_.erase(known);
  }
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
  learner.controller.Pin(reach);
  Publish(TierName(route, tier), learner);
}

Monitor::Figures Monitor::figures() const {
  Figures figures;
  {
    std::lock_guard lock(mutex_);
    figures.slices = slices_.All();
    for (const auto& [name, line] : alarms_) figures.alarms.push_back(line);
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
