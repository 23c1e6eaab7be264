#include "quality/loss_grid.h"

#include <algorithm>

namespace weir::quality {

LossCell& LossCell::operator+=(const LossCell& other) {
  count += other.count;
  traffic += other.traffic;
  net += other.net;
  square += other.square;
  lately += other.lately;
  lately_own += other.lately_own;
  return *this;
}

LossCell& LossCell::operator*=(double factor) {
  count *= factor;
  traffic *= factor;
  net *= factor;
  square *= factor;
  lately *= factor;
  lately_own *= factor;
  return *this;
}

size_t BinOf(double score) {
  const double bin = std::clamp(score, 0.0, 1.0) * kScoreBins;
  return std::min(static_cast<size_t>(bin), kScoreBins - 1);
}
double MiddleOf(size_t bin) {
  return (static_cast<double>(bin) + 0.5) / kScoreBins;
}
double EndOf(size_t bin) {
  return (static_cast<double>(bin) + 1) / kScoreBins;
}

size_t LossGrid::TaskOf(std::string_view name) {
  const auto found = std::ranges::find(tasks_, name, &Task::name);
  if (found != tasks_.end()) return static_cast<size_t>(found - tasks_.begin());
  if (tasks_.size() == kMaxTasks) return kMaxTasks - 1;
  const bool last = tasks_.size() + 1 == kMaxTasks;
  tasks_.push_back({last ? "other" : std::string(name), {}});
  return tasks_.size() - 1;
}

void LossGrid::Add(size_t task, double score, const LossCell& seen) {
  tasks_[task].row[BinOf(score)] += seen;
  total_ += seen;
}

void LossGrid::Forget(size_t task, double kept) {
  for (LossCell& cell : tasks_[task].row) cell *= kept;
  SumUp();
}

void LossGrid::Forget(double kept) {
  for (size_t task = 0; task < tasks_.size(); ++task) Forget(task, kept);
}

void LossGrid::ForgetLately(size_t task, double kept) {
  for (LossCell& cell : tasks_[task].row) {
    cell.lately *= kept;
    cell.lately_own *= kept;
  }
}

void LossGrid::ForgetLately(double kept) {
  for (size_t task = 0; task < tasks_.size(); ++task) ForgetLately(task, kept);
}

void LossGrid::SumUp() {
  total_ = LossCell();
  for (const Task& task : tasks_) {
    for (const LossCell& cell : task.row) total_ += cell;
  }
}

}  // namespace weir::quality
