#include "quality/slices.h"

namespace weir::quality {

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

Standing StandingOf(const SliceFigures& figures, double floor) {
  if (figures.weight < kFewestVerdicts) return Standing::kUnknown;
  if (figures.interval.low >= floor) return Standing::kKept;
  return figures.as_good < floor ? Standing::kAlarm : Standing::kUnsure;
}

void Slices::Add(const Judged& judged) {
  if (!judged.served) return;
  const std::string route(judged.route), tier(judged.tier), task(judged.task);
  AddTo({route, "", "", ""}, judged);
  if (!tier.empty()) AddTo({route, tier, "", ""}, judged);
  if (!task.empty()) AddTo({route, "", task, ""}, judged);
  if (!judged.language.empty()) AddTo({route, "", "", std::string(judged.language)}, judged);
  if (!tier.empty() && !task.empty()) AddTo({route, tier, task, ""}, judged);
}

void Slices::AddTo(SliceName name, const Judged& judged) {
  auto found = slices_.find(name);
  if (found == slices_.end()) {
    if (slices_.size() >= kMaxSlices) {
      ++left_out_;
      return;
    }
    found = slices_.emplace(std::move(name), Slice(options_.key_cap)).first;
  }
  Slice& slice = found->second;
  ++slice.counts[static_cast<size_t>(judged.outcome)];
  const double weight = slice.keys.Take(judged.key);
  const bool good = judged.outcome != Outcome::kLoss;
  slice.older.Add(good, weight);
  // The younger one begins half a life later.
  if (slice.older.weight() > kWindow) slice.younger.Add(good, weight);
  if (slice.younger.weight() >= kWindow) {
    slice.older = slice.younger;
    slice.younger = ShareInterval();
  }
}

SliceFigures Slices::FiguresOf(const SliceName& name, const Slice& slice) const {
  return {name, slice.counts, slice.older.weight(), slice.older.share(),
          slice.older.Bounds(options_.alpha)};
}

std::vector<SliceFigures> Slices::All() const {
  std::vector<SliceFigures> all;
  all.reserve(slices_.size());
  for (const auto& [name, slice] : slices_) all.push_back(FiguresOf(name, slice));
  return all;
}

SliceFigures Slices::Find(const SliceName& name) const {
  const auto found = slices_.find(name);
  return found == slices_.end() ? SliceFigures{name, {}, 0, 0, {}} : FiguresOf(name, found->second);
}

}  // namespace weir::quality
