#include "learn/forest.h"

#include <algorithm>

namespace weir::learn {
namespace {

constexpr int kBins = 32;
constexpr size_t kNodeStride = static_cast<size_t>(kScalars) * kBins * 2;
constexpr uint64_t kSeedMix = 0x9e3779b97f4a7c15ull;

double SplitScore(double sum, double weight, double penalty) {
  return sum * sum / (weight + penalty);
}

}  // namespace

GbdtTrainer::GbdtTrainer(const std::vector<const FeatureVector*>& rows, GbdtOptions options)
    : options_(options),
      rows_(rows.size()),
      cuts_(kScalars),
      bins_(rows.size() * kScalars),
      drawn_(rows.size()),
      node_(rows.size()),
      histogram_((size_t{1} << (options.depth - 1)) * kNodeStride) {
  for (int scalar = 0; scalar < kScalars; ++scalar) ChooseCuts(rows, scalar);
}

void GbdtTrainer::ChooseCuts(const std::vector<const FeatureVector*>& rows, int scalar) {
  std::vector<float> values;
  values.reserve(rows_);
  for (const FeatureVector* row : rows) values.push_back(row->scalars[scalar]);
  std::sort(values.begin(), values.end());
  std::vector<float>& cuts = cuts_[scalar];
  for (int k = 1; k < kBins; ++k) {
    const float value = values[rows_ * k / kBins];
    if (value > values.front() && (cuts.empty() || value > cuts.back())) cuts.push_back(value);
  }
  for (size_t row = 0; row < rows_; ++row) {
    const auto above = std::upper_bound(cuts.begin(), cuts.end(), rows[row]->scalars[scalar]);
    bins_[row * kScalars + scalar] = static_cast<uint8_t>(above - cuts.begin());
  }
}

Forest GbdtTrainer::Fit(const std::vector<float>& target, const std::vector<float>& weight) {
  weight_ = weight;
  random_state_ = options_.seed * kSeedMix + 1;
  double sum = 0, total = 0;
  for (size_t row = 0; row < rows_; ++row) {
    sum += static_cast<double>(weight[row]) * target[row];
    total += weight[row];
  }
  Forest forest;
  forest.depth = static_cast<uint32_t>(options_.depth);
  forest.base = static_cast<float>(sum / total);
  residual_ = target;
  for (float& value : residual_) value -= forest.base;
  for (int tree = 0; tree < options_.trees; ++tree) GrowTree(&forest);
  return forest;
}

void GbdtTrainer::DrawRows() {
  for (size_t row = 0; row < rows_; ++row) {
    random_state_ ^= random_state_ << 13;
    random_state_ ^= random_state_ >> 7;
    random_state_ ^= random_state_ << 17;
    const double uniform = static_cast<double>(random_state_ >> 11) * 0x1p-53;
    drawn_[row] = uniform < options_.row_share;
  }
}

void GbdtTrainer::GrowTree(Forest* forest) {
  std::fill(node_.begin(), node_.end(), 0);
  DrawRows();
  int first_node = 0;
  for (int level = 0; level < options_.depth; ++level) {
    const int nodes = 1 << level;
    FillHistogram(first_node, nodes);
    std::vector<Split> splits;
    for (int node = 0; node < nodes; ++node) {
      const Split split = BestSplit(node);
      splits.push_back(split);
      // A node without a split compares scalar 0 with a bound that nothing reaches.
      const bool found = split.scalar >= 0;
      const uint32_t scalar = found ? static_cast<uint32_t>(split.scalar) : 0;
      const float bound = found ? cuts_[split.scalar][split.bin] : route::learned::kNeverReached;
      forest->nodes.push_back({scalar, bound});
    }
    Descend(first_node, splits);
    first_node = 2 * first_node + 1;
  }
  SetLeaves(first_node, forest);
}

void GbdtTrainer::FillHistogram(int first_node, int nodes) {
  std::fill(histogram_.begin(), histogram_.begin() + nodes * kNodeStride, 0.0f);
  for (size_t row = 0; row < rows_; ++row) {
    if (!drawn_[row]) continue;
    float* node = &histogram_[(node_[row] - first_node) * kNodeStride];
    const uint8_t* bins = &bins_[row * kScalars];
    const float gradient = weight_[row] * residual_[row];
    for (int scalar = 0; scalar < kScalars; ++scalar) {
      float* cell = node + 2 * (scalar * kBins + bins[scalar]);
      cell[0] += gradient;
      cell[1] += weight_[row];
    }
  }
}

GbdtTrainer::Split GbdtTrainer::BestSplit(int node) const {
  Split best;
  for (int scalar = 0; scalar < kScalars; ++scalar) ScanScalar(node, scalar, &best);
  return best;
}

void GbdtTrainer::ScanScalar(int node, int scalar, Split* best) const {
  const float* cells = &histogram_[node * kNodeStride + static_cast<size_t>(scalar) * kBins * 2];
  const int cuts = static_cast<int>(cuts_[scalar].size());
  double sum = 0, weight = 0;
  for (int bin = 0; bin <= cuts; ++bin) {
    sum += cells[2 * bin];
    weight += cells[2 * bin + 1];
  }
  const double penalty = options_.leaf_penalty;
  const double unsplit = SplitScore(sum, weight, penalty);
  double left_sum = 0, left_weight = 0;
  for (int bin = 0; bin < cuts; ++bin) {
    left_sum += cells[2 * bin];
    left_weight += cells[2 * bin + 1];
    const double right_weight = weight - left_weight;
    if (std::min(left_weight, right_weight) < options_.min_leaf_weight) continue;
    const double gain = SplitScore(left_sum, left_weight, penalty) +
                        SplitScore(sum - left_sum, right_weight, penalty) - unsplit;
    if (gain > best->gain) *best = {gain, scalar, bin};
  }
}

void GbdtTrainer::Descend(int first_node, const std::vector<Split>& splits) {
  for (size_t row = 0; row < rows_; ++row) {
    const Split& split = splits[node_[row] - first_node];
    const bool right = split.scalar >= 0 && bins_[row * kScalars + split.scalar] > split.bin;
    node_[row] = 2 * node_[row] + 1 + right;
  }
}

void GbdtTrainer::SetLeaves(int first_leaf, Forest* forest) {
  const size_t leaves = size_t{1} << options_.depth;
  std::vector<double> sum(leaves, 0), weight(leaves, 0);
  for (size_t row = 0; row < rows_; ++row) {
    if (!drawn_[row]) continue;
    sum[node_[row] - first_leaf] += static_cast<double>(weight_[row]) * residual_[row];
    weight[node_[row] - first_leaf] += weight_[row];
  }
  const size_t base = forest->leaves.size();
  for (size_t leaf = 0; leaf < leaves; ++leaf) {
    forest->leaves.push_back(static_cast<float>(options_.learning_rate * sum[leaf] /
                                                (weight[leaf] + options_.leaf_penalty)));
  }
  for (size_t row = 0; row < rows_; ++row) {
    residual_[row] -= forest->leaves[base + node_[row] - first_leaf];
  }
}

}  // namespace weir::learn
