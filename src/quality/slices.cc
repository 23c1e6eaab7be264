#include "quality/slices.h"

#include <algorithm>
#include <utility>

namespace weir::quality {

std::string Describe(const SliceName& name) {
  std::string text = name.route;
  for (const auto& [what, value] : {std::pair{", tier ", &name.tier},
                                    {", task ", &name.task},
                                    {", language ", &name.language}}) {
    if (!value->empty()) text.append(what).append(*value);
  }
  return text;
}

std::string_view StandingName(Standing standing) {
  switch (standing) {
    case Standing::kUnknown:
      return "unknown";
    case Standing::kKept:
      return "kept";
    case Standing::kUnsure:
      return "unsure";
    case Standing::kAlarm:
      return "alarm";
  }
  return "unknown";
}

Standing StandingOf(const SliceFigures& figures, double allowed) {
  if (figures.weight < kFewestVerdicts) return Standing::kUnknown;
  if (figures.loss_interval.low > allowed) return Standing::kAlarm;
  if (figures.recent.Exceeds(allowed)) return Standing::kAlarm;
  return figures.loss_interval.high <= allowed ? Standing::kKept : Standing::kUnsure;
}

void Slices::Add(const Judged& judged, double judge_error) {
  const std::string route(judged.route), tier(judged.tier), task(judged.task);
  const std::string language(judged.language);
  AddTo({route, "", "", ""}, judged, judge_error);
  if (!tier.empty()) AddTo({route, tier, "", ""}, judged, judge_error);
  if (!task.empty()) AddTo({route, "", task, ""}, judged, judge_error);
  if (!language.empty()) AddTo({route, "", "", language}, judged, judge_error);
  if (!tier.empty() && !task.empty()) AddTo({route, tier, task, ""}, judged, judge_error);
}

void Slices::AddTo(SliceName name, const Judged& judged, double judge_error) {
  // A tier's are all that it could have, whoever had them.
  const double requests =
      name.tier.empty() ? judged.clients : 1 / std::clamp(judged.sampled, 1e-6, 1.0);
  if (requests <= 0) return;
  auto found = slices_.find(name);
  if (found == slices_.end()) {
    if (!judged.served) return;
    if (slices_.size() >= kMaxSlices) {
      ++left_out_;
      return;
    }
    found = slices_.emplace(std::move(name), Slice(options_.key_cap)).first;
  }
  found->second.Add(judged, requests, judge_error);
}

void Slices::Slice::Add(const Judged& judged, double requests, double judge_error) {
  const double weight = keys.Take(judged.key);
  const double traffic = weight * requests;
  const double net = NetLoss(judged.outcome, judge_error);
  verdicts += 1;
  lasting.Add(judged.served, net, traffic, weight);
  recent.Add(judged.served, net, traffic, weight);
  if (judged.baseline_chance > 0) {
    chance += traffic * judged.baseline_chance;
    chance_traffic += traffic;
  }
  if (judged.served) AddServed(judged.outcome, weight);
}

void Slices::Slice::AddServed(Outcome outcome, double weight) {
  ++counts[static_cast<size_t>(outcome)];
  const bool good = outcome != Outcome::kLoss;
  older.Add(good, weight);
  // The younger one begins half a life later.
  if (older.weight() > kWindow) younger.Add(good, weight);
  if (younger.weight() >= kWindow) {
    older = younger;
    younger = ShareInterval();
  }
}

void Slices::Recover(const SliceName& name) {
  const auto found = slices_.find(name);
  if (found == slices_.end()) return;
  found->second.lasting = RecentLoss(kWindow, kAll);
}

void Slices::Drop(std::string_view route, std::string_view tier) {
  std::erase_if(slices_, [&](const auto& slice) {
    const SliceName& name = slice.first;
    return name.route == route && (name.tier == tier || name.tier.empty());
  });
}

SliceFigures Slices::FiguresOf(const SliceName& name, const Slice& slice) const {
  SliceFigures figures{name, slice.counts};
  figures.weight = slice.older.weight();
  figures.as_good = slice.older.share();
  figures.interval = slice.older.Bounds(options_.alpha);
  figures.loss = slice.lasting.loss();
  figures.loss_verdicts = slice.lasting.verdicts();
  figures.loss_interval = slice.lasting.Bounds(options_.alpha);
  figures.recent = slice.recent;
  figures.chance = slice.chance_traffic > 0 ? slice.chance / slice.chance_traffic : kUnknownChance;
  figures.verdicts = slice.verdicts;
  return figures;
}

std::vector<SliceFigures> Slices::All() const {
  std::vector<SliceFigures> all;
  all.reserve(slices_.size());
  for (const auto& [name, slice] : slices_) all.push_back(FiguresOf(name, slice));
  return all;
}

SliceFigures Slices::Find(const SliceName& name) const {
  const auto found = slices_.find(name);
  return found == slices_.end() ? SliceFigures{name} : FiguresOf(name, found->second);
}

}  // namespace weir::quality
