// What was seen of the cheaper answers' net loss, losses less wins against the baseline, by score
// and task type.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::quality {

inline constexpr size_t kScoreBins = 40;
inline constexpr size_t kMaxTasks = 16;  // later ones share the last one's place

struct LossCell {
  double count = 0;    // verdicts, by their keys' weights
  double traffic = 0;  // requests that all verdicts stand for, those left out of `count` with them
  double net = 0;      // sum of losses less wins, corrected for the judge's errors
  double square = 0;   // sum of their squares
  // Of the last verdicts: the traffic, and what of it no cheaper model has answered.
  double lately = 0, lately_own = 0;
  // Of `traffic`, what no cheaper model answers as things stand; all of it where nobody knows.
  double own() const { return lately > 0 ? traffic * (lately_own / lately) : traffic; }
  LossCell& operator+=(const LossCell& other);
  LossCell& operator*=(double factor);
};
using LossRow = std::array<LossCell, kScoreBins>;

size_t BinOf(double score);
double MiddleOf(size_t bin);
double EndOf(size_t bin);

class LossGrid {
 public:
  // The task's number, made when it is new.
  size_t TaskOf(std::string_view name);
  void Add(size_t task, double score, const LossCell& seen);
  void Forget(size_t task, double kept);  // all but that share of its evidence
  void Forget(double kept);
  // Of what the last verdicts say alone.
  void ForgetLately(size_t task, double kept);
  void ForgetLately(double kept);

  size_t tasks() const { return tasks_.size(); }
  const std::string& name(size_t task) const { return tasks_[task].name; }
  const LossRow& row(size_t task) const { return tasks_[task].row; }
  const LossCell& total() const { return total_; }

 private:
  struct Task {
    std::string name;
    LossRow row{};
  };
  void SumUp();

  std::vector<Task> tasks_;
  LossCell total_;
};

}  // namespace weir::quality
