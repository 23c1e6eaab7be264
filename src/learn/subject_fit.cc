#include "learn/subject_fit.h"

#include <algorithm>
#include <cmath>

#include "base/split_mix.h"
#include "learn/sparse_rows.h"
#include "learn/sums.h"

namespace weir::learn {
namespace {

using route::learned::kBucketBits;
using route::learned::kOpen;
using route::learned::kTraitRowBits;
using route::learned::kTraits;
using route::learned::Scalars;
using route::learned::SubjectHead;
using route::learned::Traits;
using route::learned::TraitSteps;

constexpr double kOpenShare = 0.5;  // of the labelled rows: what all open prompts weigh together
constexpr uint32_t kFewestRows = 5;
constexpr int kIterations = 120;
constexpr float kRate = 0.05F, kNgramRate = 0.15F;
constexpr float kNgramPenalty = 2e-5F, kPenalty = 1e-4F;
constexpr float kFirstSpread = 0.3F;
constexpr float kMeanDecay = 0.9F, kSquareDecay = 0.98F, kSmallest = 1e-9F;
constexpr uint64_t kSeed = 3;

// Values that Adam moves.
class Layer {
 public:
  Layer(size_t size, float rate, float penalty)
      : values(size), slopes(size), mean_(size), square_(size), rate_(rate), penalty_(penalty) {}

  void Scatter(SplitMix64* random) {
    constexpr double kUniformSpread = 0.28867513;  // of numbers from 0 to 1: 1 / sqrt(12)
    for (float& value : values) {
      const double uniform = static_cast<double>(random->Next() >> 11) * 0x1p-53;
      value = static_cast<float>((uniform - 0.5) / kUniformSpread * kFirstSpread);
    }
  }

  // The rate is full for half of the iterations and falls to zero from there.
  void Step(int iteration) {
    const float left = 1 - static_cast<float>(iteration) / (kIterations + 1);
    const float rate = rate_ * std::min(1.0F, 2 * left);
    const auto count = static_cast<float>(iteration);
    const float mean_share = 1 - std::pow(kMeanDecay, count);
    const float square_share = 1 - std::pow(kSquareDecay, count);
    for (size_t i = 0; i < values.size(); ++i) {
      const float slope = slopes[i] + penalty_ * values[i];
      mean_[i] += (1 - kMeanDecay) * (slope - mean_[i]);
      square_[i] += (1 - kSquareDecay) * (slope * slope - square_[i]);
      const float spread = std::sqrt(square_[i] / square_share) + kSmallest;
      values[i] -= rate * (mean_[i] / mean_share) / spread;
      slopes[i] = 0;
    }
  }

  std::vector<float> values, slopes;

 private:
  std::vector<float> mean_, square_;
  float rate_, penalty_;
};

// A row, and the subject that it has.
struct Labelled {
  const FeatureVector* features;
  size_t subject;
  double weight;
};

std::vector<Labelled> Label(std::span<const TrainingRow* const> rows,
                            std::span<const OpenPrompt* const> open, const Subjects& subjects) {
  std::vector<Labelled> labelled;
  for (size_t i = 0; i < rows.size(); ++i) {
    labelled.push_back({&rows[i]->features, subjects.Of(i), 1});
  }
  const double named = std::max<double>(1, static_cast<double>(labelled.size()));
  double weights = 0;
  for (const OpenPrompt* prompt : open) weights += prompt->weight;
  for (const OpenPrompt* prompt : open) {
    const double weight = kOpenShare * named * prompt->weight / weights;
    labelled.push_back({&prompt->features, subjects.size(), weight});
  }
  return labelled;
}

std::vector<const FeatureVector*> FeaturesOf(std::span<const Labelled> rows) {
  std::vector<const FeatureVector*> features;
  for (const Labelled& row : rows) features.push_back(row.features);
  return features;
}

void Standardise(std::span<const Labelled> rows, SubjectHead* head) {
  for (int i = 0; i < kScalars; ++i) {
    MeanSpread scalar;
    for (const Labelled& row : rows) scalar.Add(row.features->scalars[i], row.weight);
    head->mean[i] = static_cast<float>(scalar.mean());
    head->inverse_spread[i] = static_cast<float>(1 / scalar.spread(1e-4));
  }
}

class Fitter {
 public:
  Fitter(std::vector<Labelled> rows, size_t subjects, float context_weight, SubjectHead* head)
      : rows_(std::move(rows)),
        grams_(FeaturesOf(rows_), {.context_weight = context_weight,
                                   .fewest_rows = kFewestRows,
                                   .place_shift = kBucketBits - kTraitRowBits}),
        subjects_(subjects),
        of_gram_(grams_.columns() * kTraits, kNgramRate, kNgramPenalty),
        of_scalar_(static_cast<size_t>(kScalars) * kTraits, kRate, kPenalty),
        weights_(subjects * kTraits, kRate, kPenalty),
        bias_(subjects, kRate, 0),
        chances_(subjects) {
    Standardise(rows_, head);
    for (const Labelled& row : rows_) {
      standardised_.push_back(head->Standardised(row.features->scalars));
      total_ += row.weight;
    }
    SplitMix64 random(kSeed);
    of_gram_.Scatter(&random);
    weights_.Scatter(&random);
    StartWithShares();
  }

  void Run() {
    for (int iteration = 1; iteration <= kIterations; ++iteration) {
      for (size_t row = 0; row < rows_.size(); ++row) AddSlopes(row);
      for (Layer* layer : {&of_gram_, &of_scalar_, &weights_, &bias_}) layer->Step(iteration);
    }
  }

  std::vector<TraitSteps> Pack(SubjectHead* head) const {
    for (int i = 0; i < kScalars; ++i) {
      std::copy_n(of_scalar_.values.begin() + i * kTraits, kTraits, head->of_scalar[i].begin());
    }
    head->subjects = static_cast<uint32_t>(subjects_);
    for (size_t i = 0; i < subjects_; ++i) {
      head->bias[i] = bias_.values[i];
      for (int trait = 0; trait < kTraits; ++trait) {
        head->weights[trait][i] = weights_.values[i * kTraits + trait];
      }
    }
    return PackTraits(head);
  }

 private:
  void StartWithShares() {
    std::vector<double> shares(subjects_, 0.0);
    for (const Labelled& row : rows_) shares[row.subject] += row.weight / total_;
    for (size_t i = 0; i < subjects_; ++i) {
      bias_.values[i] = static_cast<float>(std::log(shares[i] + 1e-6));
    }
  }

  Traits TraitsOf(size_t row) const {
    Traits traits{};
    const auto [columns, values] = grams_[row];
    for (size_t k = 0; k < columns.size(); ++k) {
      const float* gram = of_gram_.values.data() + size_t{columns[k]} * kTraits;
      for (int trait = 0; trait < kTraits; ++trait) traits[trait] += values[k] * gram[trait];
    }
    for (int i = 0; i < kScalars; ++i) {
      const float* scalar = of_scalar_.values.data() + static_cast<size_t>(i) * kTraits;
      for (int trait = 0; trait < kTraits; ++trait) {
        traits[trait] += standardised_[row][i] * scalar[trait];
      }
    }
    return traits;
  }

  void SetChances(const Traits& traits) {
    for (size_t i = 0; i < subjects_; ++i) {
      const float* weights = weights_.values.data() + i * kTraits;
      float sum = bias_.values[i];
      for (int trait = 0; trait < kTraits; ++trait) sum += traits[trait] * weights[trait];
      chances_[i] = sum;
    }
    const float largest = *std::ranges::max_element(chances_);
    float total = 0;
    for (float& chance : chances_) total += chance = std::exp(chance - largest);
    for (float& chance : chances_) chance /= total;
  }

  // Of the cross entropy, from the softmax back to the n-grams.
  void AddSlopes(size_t row) {
    const Traits traits = TraitsOf(row);
    SetChances(traits);
    const auto share = static_cast<float>(rows_[row].weight / total_);
    Traits back{};
    for (size_t i = 0; i < subjects_; ++i) {
      const float error = share * (chances_[i] - (i == rows_[row].subject ? 1.0F : 0.0F));
      const float* weights = weights_.values.data() + i * kTraits;
      float* slopes = weights_.slopes.data() + i * kTraits;
      for (int trait = 0; trait < kTraits; ++trait) {
        back[trait] += error * weights[trait];
        slopes[trait] += error * traits[trait];
      }
      bias_.slopes[i] += error;
    }
    const auto [columns, values] = grams_[row];
    for (size_t k = 0; k < columns.size(); ++k) {
      float* slopes = of_gram_.slopes.data() + size_t{columns[k]} * kTraits;
      for (int trait = 0; trait < kTraits; ++trait) slopes[trait] += values[k] * back[trait];
    }
    for (int i = 0; i < kScalars; ++i) {
      float* slopes = of_scalar_.slopes.data() + static_cast<size_t>(i) * kTraits;
      for (int trait = 0; trait < kTraits; ++trait) {
        slopes[trait] += standardised_[row][i] * back[trait];
      }
    }
  }

  std::vector<TraitSteps> PackTraits(SubjectHead* head) const {
    std::array<ByteScale, kTraits> scales;
    for (size_t i = 0; i < of_gram_.values.size(); ++i) {
      scales[i % kTraits].Cover(of_gram_.values[i]);
    }
    std::ranges::transform(scales, head->step.begin(), &ByteScale::step);
    std::vector<TraitSteps> rows(route::learned::kTraitRows);
    for (size_t column = 0; column < grams_.columns(); ++column) {
      for (int trait = 0; trait < kTraits; ++trait) {
        rows[grams_.PlaceOf(column)][trait] =
            scales[trait].Pack(of_gram_.values[column * kTraits + trait]);
      }
    }
    return rows;
  }

  const std::vector<Labelled> rows_;
  const SparseRows grams_;
  const size_t subjects_;
  Layer of_gram_, of_scalar_, weights_, bias_;
  std::vector<float> chances_;
  std::vector<Scalars> standardised_;
  double total_ = 0;
};

}  // namespace

SubjectFit FitSubjects(std::span<const TrainingRow* const> rows, std::span<const float> gains,
                       std::span<const OpenPrompt* const> open, const Subjects& subjects,
                       float context_weight) {
  SubjectFit fit;
  std::vector<Labelled> labelled = Label(rows, open, subjects);
  if (labelled.empty()) return fit;
  const std::vector<float> means = subjects.Means(gains);
  std::copy(means.begin(), means.end(), fit.head.gain.begin());
  for (size_t i = 0; i < subjects.size(); ++i) {
    fit.head.type[i] = static_cast<uint8_t>(subjects.TypeOf(i));
  }
  const size_t known = subjects.size() + (open.empty() ? 0 : 1);
  if (!open.empty()) fit.head.type[subjects.size()] = kOpen;
  Fitter fitter(std::move(labelled), known, context_weight, &fit.head);
  fitter.Run();
  fit.traits = fitter.Pack(&fit.head);
  return fit;
}

}  // namespace weir::learn
