#include "bench/floor_run.h"

#include <algorithm>
#include <string>

#include "quality/drawing.h"

namespace weir::bench {
namespace {

constexpr WallMicros kMonth = 30 * 86'400'000'000LL;
constexpr uint64_t kKeys = 50;
constexpr size_t kPlaces = 200;  // where the higher of two thresholds may stand

double Uniform(SplitMix64* random) {
  return static_cast<double>(random->Next() >> 11) * 0x1.0p-53;
}

quality::FloorOptions OptionsOf(const Setting& setting) {
  quality::FloorOptions options;
  options.floor = setting.floor;
  options.among = setting.cheaper;
  options.judge_error = setting.assumed;
  options.caution = setting.caution;
  return options;
}

std::vector<double> SavingsOf(const Setting& setting) {
  std::vector<double> savings;
  for (size_t i = 0; i < setting.cheaper; ++i) {
    savings.push_back(static_cast<double>(Run::kStrongPrice - Run::kPrices[i]));
  }
  return savings;
}

}  // namespace

Run::Run(const std::vector<Prompt>& prompts, const Setting& setting, uint64_t seed)
    : prompts_(prompts),
      setting_(setting),
      random_(seed),
      sharing_(SavingsOf(setting)),
      seen_(prompts.size()) {
  for (size_t i = 0; i < setting.cheaper; ++i) controllers_.emplace_back(OptionsOf(setting));
}

Outcome Run::Play() {
  for (int i = 0; i < setting_.requests; ++i) {
    if (i == setting_.requests / 2) {
      first_half_ = sums_;
      sums_ = Sums();
      std::ranges::fill(seen_, 0);
    }
    Request(kMonth / setting_.requests * i);
  }
  return {1 - sums_.lost / sums_.strong, sums_.Saving(0), BestFixed(), sums_.Saving(sums_.shadows),
          (first_half_.Saving(0) + sums_.Saving(0)) / 2};
}

double Run::NeedOf(const Prompt& prompt, size_t model) const {
  const auto row = static_cast<uint64_t>(&prompt - prompts_.data());
  SplitMix64 of_both(row * kCheaper + model);
  return std::clamp(prompt.score + setting_.apart * (2 * Uniform(&of_both) - 1), 0.0, 1.0);
}

size_t Run::Answering(const Prompt& prompt) const {
  for (size_t model = 0; model < setting_.cheaper; ++model) {
    const auto calibration = controllers_[model].calibration();
    if (calibration->CheapMayAnswer(NeedOf(prompt, model), prompt.task)) return model;
  }
  return setting_.cheaper;
}

void Run::Request(WallMicros time) {
  const size_t row = random_.Next() % prompts_.size();
  const Prompt& prompt = prompts_[row];
  ++seen_[row];
  const size_t answering = Answering(prompt);
  ++sums_.requests;
  sums_.strong += prompt.strong;
  if (answering < setting_.cheaper) {
    sums_.saved += kStrongPrice - kPrices[answering];
    sums_.lost += prompt.strong - prompt.cheaper[answering];
  }
  Measure(prompt, answering, time);
}

void Run::Measure(const Prompt& prompt, size_t answering, WallMicros time) {
  const auto own = [answering](size_t model) { return model <= answering; };
  const double uniform = setting_.cheaper == 1 ? 0 : Uniform(&random_);
  const auto [drawn, chance] = quality::DrawOne(setting_.cheaper, own, uniform);
  const bool served = drawn == answering;
  const auto calibration = controllers_[drawn].calibration();
  const double need = NeedOf(prompt, drawn);
  const double share = calibration->SampleShare(setting_.sample, need, prompt.task);
  if (Uniform(&random_) >= share) return;
  if (!served) sums_.shadows += kPrices[drawn];
  if (answering < setting_.cheaper) sums_.shadows += kStrongPrice;
  const std::string key = std::to_string(random_.Next() % kKeys);
  const std::vector<quality::Change> changes =
      controllers_[drawn].Add({.time = time,
                               .route = "auto",
                               .tier = "simple",
                               .task = prompt.task,
                               .language = "en",
                               .key = key,
                               .outcome = Judge(prompt, drawn),
                               .served = served,
                               .score = need,
                               .baseline_chance = prompt.baseline_chance,
                               .sampled = share * chance,
                               .own = own(drawn)});
  std::vector<quality::FloorController*> all;
  for (quality::FloorController& controller : controllers_) all.push_back(&controller);
  sharing_.Learn(drawn, changes, all);
}

// With probability `flip` a win is called a loss, a loss a win, and a tie either.
quality::Outcome Run::Judge(const Prompt& prompt, size_t model) {
  const double given = prompt.cheaper[model];
  int better = (given > prompt.strong) - (given < prompt.strong);
  if (Uniform(&random_) < setting_.flip) {
    better = better != 0 ? -better : ((random_.Next() & 1) != 0 ? 1 : -1);
  }
  if (better == 0) return quality::Outcome::kTie;
  return better > 0 ? quality::Outcome::kWin : quality::Outcome::kLoss;
}

std::vector<Run::Before> Run::Prefixes() const {
  std::vector<Before> before(prompts_.size() + 1);
  for (size_t i = 0; i < prompts_.size(); ++i) {
    before[i + 1] = before[i];
    for (size_t model = 0; model < setting_.cheaper; ++model) {
      const double loss = prompts_[i].strong - prompts_[i].cheaper[model];
      before[i + 1].lost[model] += static_cast<double>(seen_[i]) * loss;
      before[i + 1].saved[model] += seen_[i] * (kStrongPrice - kPrices[model]);
    }
  }
  return before;
}

double Run::BestFixed() const {
  const double allowed = (1 - setting_.floor) * sums_.strong;
  const std::vector<Before> before = Prefixes();
  const size_t last = setting_.cheaper - 1;
  const size_t step = std::max<size_t>(1, prompts_.size() / kPlaces);
  int64_t best = 0;
  for (size_t low = 0; low < before.size(); low += last == 0 ? 1 : step) {
    const Before& weak = before[low];
    if (last == 0) {
      if (weak.lost[0] <= allowed) best = std::max(best, weak.saved[0]);
      continue;
    }
    for (size_t high = low; high < before.size(); high += step) {
      const double lost = weak.lost[0] + before[high].lost[last] - weak.lost[last];
      if (lost > allowed) continue;
      best = std::max(best, weak.saved[0] + before[high].saved[last] - weak.saved[last]);
    }
  }
  Sums fixed = sums_;
  fixed.saved = best;
  return fixed.Saving(0);
}

}  // namespace weir::bench
