#include "quality/floor_controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace weir::quality {
namespace {

constexpr double kMostVerdicts = 20'000;  // then all evidence counts half
// Among several: whose requests are its own changes with the others.
constexpr double kMostAmongSeveral = 2'000;
constexpr double kLately = 500;         // verdicts that say who answers what, up to twice as many
constexpr double kAlpha = 0.01;         // of a task's interval: stricter than an alarm, it costs
constexpr double kFarShare = 0.1;       // of the rate below the crest
constexpr double kTierBrakeErrors = 4;  // beyond what is allowed
constexpr double kFewestToFree = 100;   // verdicts of the task
constexpr double kKept = 0.1;  // of the evidence, where a brake shows that it is of another time
constexpr size_t kMostVersions = 32;

double CountOf(const LossRow& row) {
  double count = 0;
  for (const LossCell& cell : row) count += cell.count;
  return count;
}

}  // namespace

FloorController::FloorController(FloorOptions options)
    : options_(options), keys_(options.key_cap), part_(1 / static_cast<double>(options.among)) {
  next_.crest = reached_ = options.start;
  published_ = std::make_shared<const Calibration>(next_);
}

void FloorController::Task::Forget() {
  recent = RecentLoss();
  lasting = RecentLoss(kLastingWindow, RecentLoss::Counts::kCheap);
}

void FloorController::ForgetWhoAnswers(std::string_view task) {
  grid_.ForgetLately(KnownTask(task), 0);
}

double FloorController::AllowedInAll() const {
  const double chance = chance_traffic_ > 0 ? chance_ / chance_traffic_ : kUnknownChance;
  return (1 - options_.floor) * chance;
}

double FloorController::Allowed() const {
  return part_ * AllowedInAll();
}

std::optional<Sharer> FloorController::AsSharer(double saving) const {
  if (all_.total().count < options_.fewest) return std::nullopt;
  const LossRow row = LiftedRow(all_, Terms());
  return Sharer{saving, AllowedInAll(), row, LossCurve(row), all_.total().traffic};
}

std::vector<CrestTerms> FloorController::Terms() const {
  std::vector<CrestTerms> terms;
  for (const Task& task : tasks_) terms.push_back(task.terms);
  return terms;
}

size_t FloorController::KnownTask(std::string_view name) {
  const size_t task = grid_.TaskOf(name);
  all_.TaskOf(name);
  if (task == tasks_.size()) {
    tasks_.emplace_back();
    next_.tasks.push_back({grid_.name(task)});
  }
  return task;
}

std::vector<Change> FloorController::Add(const Judged& judged) {
  std::vector<Change> changes;
  const size_t task = KnownTask(judged.task);
  now_ = judged.time;
  Note(judged, task);
  if (!pinned_) {
    ApplyBrakes(task, &changes);
    ApplyTierBrake(&changes);
  }
  if (++since_update_ >= kUpdateEvery) {
    since_update_ = 0;
    Update(&changes);
  }
  if (!changes.empty() || since_update_ == 0) Publish(&changes);
  return changes;
}

void FloorController::Note(const Judged& judged, size_t task) {
  const double weight = keys_.Take(judged.key);
  const double net = NetLoss(judged.outcome, options_.judge_error);
  const double traffic = weight / std::clamp(judged.sampled, 1e-6, 1.0);
  LossCell seen{weight, traffic, weight * net, weight * net * net, traffic, traffic};
  all_.Add(task, judged.score, seen);
  if (!judged.own) seen.count = seen.net = seen.square = seen.lately_own = 0;
  grid_.Add(task, judged.score, seen);
  const double most = options_.among > 1 ? kMostAmongSeveral : kMostVerdicts;
  if (grid_.total().count > most) grid_.Forget(0.5);
  if (all_.total().count > kMostVerdicts) all_.Forget(0.5);
  if ((lately_ += weight) > 2 * kLately) {
    lately_ /= 2;
    grid_.ForgetLately(0.5);
  }
  if (judged.baseline_chance > 0) {
    chance_ += traffic * judged.baseline_chance;
    chance_traffic_ += traffic;
  }
  // As if nothing were held: probes of a held task show whether it has recovered.
  const bool cheap = judged.own && judged.score + tasks_[task].terms.lift < next_.crest;
  tasks_[task].recent.Add(cheap, net, traffic, weight);
  tasks_[task].lasting.Add(cheap, net, traffic, weight);
  recent_.Add(cheap && !tasks_[task].terms.held, net, traffic, weight);
}

void FloorController::SetHeld(size_t task, bool held, const RecentLoss& by,
                              std::vector<Change>* changes) {
  Task& entry = tasks_[task];
  Change change = Moved(held ? Change::Kind::kHeld : Change::Kind::kFreed, held ? 0 : 1, held);
  change.task = grid_.name(task);
  change.verdicts = by.count();
  change.loss = by.loss();
  change.error = by.error();
  change.allowed = AllowedInAll();
  changes->push_back(std::move(change));
  entry.terms.held = held;
  entry.surely = held && &by == &entry.lasting;
  entry.Forget();
  grid_.Forget(task, kKept);
  all_.Forget(task, kKept);
}

void FloorController::ApplyBrakes(size_t task, std::vector<Change>* changes) {
  const Task& entry = tasks_[task];
  const double allowed = AllowedInAll();
  if (!entry.terms.held) {
    if (entry.recent.Exceeds(allowed)) {
      SetHeld(task, true, entry.recent, changes);
    } else if (entry.lasting.Bounds(kAlpha).low > allowed) {
      SetHeld(task, true, entry.lasting, changes);
    }
    return;
  }
  // As many verdicts free it as have held it, about: a small excess falls under it now and then.
  const RecentLoss& by = entry.surely ? entry.lasting : entry.recent;
  const double fewest = entry.surely ? kLastingWindow : kFewestToFree;
  if (by.loss() <= allowed && by.count() >= fewest) SetHeld(task, false, by, changes);
}

void FloorController::ApplyTierBrake(std::vector<Change>* changes) {
  if (!recent_.Exceeds(AllowedInAll(), kTierBrakeErrors)) return;
  Change change = Moved(Change::Kind::kFell, next_.crest, next_.crest / 2);
  change.verdicts = recent_.count();
  change.loss = recent_.loss();
  change.error = recent_.error();
  change.allowed = AllowedInAll();
  changes->push_back(std::move(change));
  next_.crest /= 2;
  recent_ = RecentLoss();
  for (Task& task : tasks_) task.Forget();
  grid_.Forget(kKept);
  all_.Forget(kKept);
}

void FloorController::Update(std::vector<Change>* changes) {
  const LossCell& total = grid_.total();
  next_.verdicts = total.count;
  next_.allowed = Allowed();
  if (total.count < options_.fewest) return;
  if (!pinned_) MoveLifts(LossCurve(PooledRow(grid_)), changes);
  const LossRow row = LiftedRow(grid_, Terms());
  next_.curve = LossCurve(row);
  const LossCurve::Estimate now = LossAt(row, next_.curve, total.traffic, next_.crest);
  Crest wanted = HighestCrest(row, next_.curve, total.traffic, next_.allowed, options_.caution,
                              kSlack * part_);
  // What is held says nothing for anything else, but only below the crest it can recover.
  const bool told = CountOf(row) >= options_.fewest;
  if (!told) wanted.crest = std::min(wanted.crest, std::max(next_.crest, reached_));
  if (!pinned_) MoveCrest(wanted, now, changes);
  if (told) reached_ = std::max(reached_, next_.crest);
  const LossCurve::Estimate then = LossAt(row, next_.curve, total.traffic, next_.crest);
  next_.loss = then.loss;
  next_.error = then.error;
  SpreadSamples(row, total.traffic);
}

void FloorController::MoveLifts(const LossCurve& pooled, std::vector<Change>* changes) {
  constexpr double kStep = 2.0 / kScoreBins;
  for (size_t i = 0; i < tasks_.size(); ++i) {
    CrestTerms& terms = tasks_[i].terms;
    const Lift wanted = LiftOf(grid_.row(i), pooled, terms.lifted);
    const double before = terms.lift;
    terms.lifted = wanted.lifted;
    terms.lift += std::clamp(wanted.lift - before, -kStep, kStep);
    if (terms.lift == before) continue;
    Change change = Moved(Change::Kind::kLift, before, terms.lift);
    change.task = grid_.name(i);
    changes->push_back(std::move(change));
  }
}

double FloorController::RiseLeft(WallMicros time) {
  if (DayOf(time) > day_) {
    day_ = DayOf(time);
    risen_ = 0;
  }
  return std::max(0.0, options_.rise_a_day - risen_);
}

void FloorController::MoveCrest(const Crest& wanted, const LossCurve::Estimate& now,
                                std::vector<Change>* changes) {
  const auto among = static_cast<double>(options_.among);
  const double up = std::min(among * options_.step_up, RiseLeft(now_));
  const double step = std::clamp(wanted.crest - next_.crest, -among * options_.step_down, up);
  if (step == 0) return;
  risen_ += std::max(0.0, step);
  Change change = Moved(Change::Kind::kCrest, next_.crest, next_.crest + step);
  change.loss = now.loss;
  change.error = now.error;
  changes->push_back(std::move(change));
  next_.crest += step;
}

void FloorController::SpreadSamples(const LossRow& row, double traffic) {
  const double below = std::min(1.0, TrafficBelow(row, traffic, next_.crest + kBand));
  next_.near = 1 / (below + kFarShare * (1 - below));
  next_.far = kFarShare * next_.near;
}

Change FloorController::Moved(Change::Kind kind, double before, double after) const {
  Change change;
  change.kind = kind;
  change.before = before;
  change.after = after;
  change.verdicts = grid_.total().count;
  change.loss = next_.loss;
  change.error = next_.error;
  change.allowed = Allowed();
  return change;
}

void FloorController::Publish(std::vector<Change>* changes) {
  if (!changes->empty()) {
    earlier_.push_back(published_);
    if (earlier_.size() > kMostVersions) earlier_.pop_front();
    ++next_.version;
  }
  for (Change& change : *changes) change.version = next_.version;
  for (size_t i = 0; i < tasks_.size(); ++i) {
    TaskTerms& terms = next_.tasks[i];
    terms.lift = tasks_[i].terms.lift;
    terms.held = tasks_[i].terms.held;
    terms.verdicts = terms.net_loss = 0;
    for (const LossCell& cell : grid_.row(i)) {
      terms.verdicts += cell.count;
      terms.net_loss += cell.net;
    }
    if (terms.verdicts > 0) terms.net_loss /= terms.verdicts;
  }
  published_ = std::make_shared<const Calibration>(next_);
}

void FloorController::Pin(const Calibration& reach) {
  next_.crest = reach.crest;
  for (Task& task : tasks_) {
    task.terms = {};
    task.surely = false;
    task.Forget();
  }
  for (const TaskTerms& terms : reach.tasks) {
    Task& task = tasks_[KnownTask(terms.task)];
    task.terms.lift = terms.lift;
    task.terms.held = task.surely = terms.held;
  }
  pinned_ = true;
  ++next_.version;
  std::vector<Change> none;
  Publish(&none);
}

std::optional<Change> FloorController::Revert() {
  if (earlier_.empty()) return std::nullopt;
  const std::shared_ptr<const Calibration> back = earlier_.back();
  earlier_.pop_back();
  Change change = Moved(Change::Kind::kReverted, next_.crest, back->crest);
  next_.crest = back->crest;
  for (size_t i = 0; i < tasks_.size(); ++i) {
    const bool known = i < back->tasks.size();
    tasks_[i].terms.lift = known ? back->tasks[i].lift : 0;
    tasks_[i].terms.held = tasks_[i].surely = known && back->tasks[i].held;
    tasks_[i].Forget();
  }
  pinned_ = true;
  change.version = ++next_.version;
  std::vector<Change> none;
  Publish(&none);
  return change;
}

std::string Describe(const Change& change) {
  const std::string evidence =
      fmt::format("loses {:.4f} +- {:.4f} of {:.4f} allowed ({:.0f} verdicts)", change.loss,
                  change.error, change.allowed, change.verdicts);
  switch (change.kind) {
    case Change::Kind::kCrest:
      return fmt::format("crest {:.3f} -> {:.3f}: {}", change.before, change.after, evidence);
    case Change::Kind::kLift:
      return fmt::format("lift of {} {:.3f} -> {:.3f}: {}", change.task, change.before,
                         change.after, evidence);
    case Change::Kind::kHeld:
      return fmt::format("{} goes to the baseline: {}", change.task, evidence);
    case Change::Kind::kFreed:
      return fmt::format("{} has recovered: {}", change.task, evidence);
    case Change::Kind::kFell:
      return fmt::format("crest falls {:.3f} -> {:.3f}: {}", change.before, change.after, evidence);
    case Change::Kind::kReverted:
      return fmt::format("crest {:.3f} -> {:.3f}: reverted", change.before, change.after);
  }
  return evidence;
}

}  // namespace weir::quality
