// Deterministic trainer of small regression forests: complete trees of one fixed depth.
#pragma once

#include <cstdint>
#include <vector>

#include "learn/training_row.h"

namespace weir::learn {

using route::learned::Forest;

struct GbdtOptions {
  int trees = 120;
  int depth = 3;
  float learning_rate = 0.12f;
  float min_leaf_weight = 40;
  float leaf_penalty = 5;
  float row_share = 0.6f;
  uint64_t seed = 7;
};

class GbdtTrainer {
 public:
  GbdtTrainer(const std::vector<const FeatureVector*>& rows, GbdtOptions options);
  Forest Fit(const std::vector<float>& target, const std::vector<float>& weight);

 private:
  struct Split {
    double gain = 1e-9;
    int scalar = -1;
    int bin = 0;
  };

  void ChooseCuts(const std::vector<const FeatureVector*>& rows, int scalar);
  void DrawRows();
  void GrowTree(Forest* forest);
  void FillHistogram(int first_node, int nodes);
  Split BestSplit(int node) const;
  void ScanScalar(int node, int scalar, Split* best) const;
  void Descend(int first_node, const std::vector<Split>& splits);
  void SetLeaves(int first_leaf, Forest* forest);

  GbdtOptions options_;
  size_t rows_ = 0;
  std::vector<std::vector<float>> cuts_;
  std::vector<uint8_t> bins_;
  std::vector<uint8_t> drawn_;
  std::vector<int> node_;
  std::vector<float> residual_;
  std::vector<float> weight_;
  std::vector<float> histogram_;
  uint64_t random_state_ = 0;
};

}  // namespace weir::learn
