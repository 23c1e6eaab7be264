#include "learn/subjects.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "route/learned/subject_head.h"

namespace weir::learn {
namespace {

using route::learned::kTypeNames;

// A subject's mean counts as that of so many rows more that are like all rows.
constexpr double kPullRows = 20;
// One is left for open prompts, one for rows of no task type, and one for each type.
constexpr size_t kMostNamed =
    route::learned::SubjectHead::kMost - 2 - static_cast<size_t>(route::learned::kTypes);

// Task type, source, subject or category; both empty: what is left of a task type.
using Name = std::tuple<int, std::string_view, std::string_view>;

int TypeOf(std::string_view category) {
  const auto at = std::find(kTypeNames.begin(), kTypeNames.end(), category);
  return static_cast<int>(at - kTypeNames.begin());
}

Name NameOf(const TrainingRow& row) {
  const int type = TypeOf(row.category);
  if (type == route::learned::kTypes) return {type, "", ""};
  return {type, row.source, row.subject.empty() ? row.category : row.subject};
}

std::map<Name, size_t> CountRows(std::span<const TrainingRow* const> rows) {
  std::map<Name, size_t> counts;
  for (const TrainingRow* row : rows) ++counts[NameOf(*row)];
  return counts;
}

// The largest keep their names.
void LeaveSmallest(std::map<Name, size_t>* counts) {
  if (counts->size() <= kMostNamed) return;
  std::vector<std::pair<size_t, Name>> sizes;
  for (const auto& [name, count] : *counts) sizes.emplace_back(count, name);
  std::ranges::sort(sizes);
  for (size_t i = 0; i < sizes.size() - kMostNamed; ++i) {
    const auto& [count, name] = sizes[i];
    counts->erase(name);
    (*counts)[{std::get<0>(name), "", ""}] += count;
  }
}

}  // namespace

Subjects::Subjects(std::span<const TrainingRow* const> rows) {
  std::map<Name, size_t> counts = CountRows(rows);
  LeaveSmallest(&counts);
  std::map<Name, size_t> numbers;
  for (const auto& [name, count] : counts) {
    numbers.emplace(name, type_.size());
    type_.push_back(std::get<0>(name));
  }
  for (const TrainingRow* row : rows) {
    const Name name = NameOf(*row);
    auto number = numbers.find(name);
    if (number == numbers.end()) number = numbers.find({std::get<0>(name), "", ""});
    of_row_.push_back(number->second);
  }
}

std::vector<float> Subjects::Means(std::span<const float> values) const {
  double all = 0;
  for (const float value : values) all += value;
  all /= std::max<double>(1, static_cast<double>(values.size()));
  std::vector<double> sums(size(), kPullRows * all), counts(size(), kPullRows);
  for (size_t row = 0; row < values.size(); ++row) {
    sums[of_row_[row]] += values[row];
    ++counts[of_row_[row]];
  }
  std::vector<float> means;
  for (size_t i = 0; i < size(); ++i) means.push_back(static_cast<float>(sums[i] / counts[i]));
  means.push_back(static_cast<float>(all));
  return means;
}

}  // namespace weir::learn
