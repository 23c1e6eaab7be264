// Labelled prompts replayed as traffic against the real floor controller: does the floor hold, and
// what does holding it cost? Deterministic. bench/README.md tells how to read what it prints.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <thread>

#include "base/split_mix.h"
#include "bench/floor_traffic.h"
#include "quality/floor_controller.h"

namespace weir::bench {
namespace {

constexpr int64_t kWeakPrice = 1, kStrongPrice = 20;  // 1:20, as in `weir eval`
constexpr double kTolerance = 0.005;
constexpr WallMicros kMonth = 30 * 86'400'000'000LL;
constexpr uint64_t kKeys = 50;

struct Setting {
  double sample = 0.05, floor = 0.95;
  double flip = 0.1, assumed = 0.1, caution = quality::FloorOptions().caution;
  int requests = 100'000, runs = 200;
};

struct Outcome {
  double quality = 0;           // by the baseline's, over the last half
  double saving = 0, best = 0;  // of always the strong model, likewise
  double net = 0;               // less what shadow calls cost
  double whole = 0;             // saving from the first request on
};

double Uniform(SplitMix64* random) {
  return static_cast<double>(random->Next() >> 11) * 0x1.0p-53;
}

// With probability `flip` a win is called a loss, a loss a win, and a tie either.
quality::Outcome Judge(const Prompt& prompt, double flip, SplitMix64* random) {
  int better = (prompt.weak > prompt.strong) - (prompt.weak < prompt.strong);
  if (Uniform(random) < flip) {
    better = better != 0 ? -better : ((random->Next() & 1) != 0 ? 1 : -1);
  }
  if (better == 0) return quality::Outcome::kTie;
  return better > 0 ? quality::Outcome::kWin : quality::Outcome::kLoss;
}

// What requests came to.
struct Sums {
  double lost = 0, strong = 0;  // quality
  int64_t requests = 0, cheap = 0, shadows = 0;
  double Saving(int64_t extra) const {
    const int64_t always = requests * kStrongPrice;
    return static_cast<double>(cheap * (kStrongPrice - kWeakPrice) - extra) /
           static_cast<double>(always);
  }
};

class Run {
 public:
  Run(const std::vector<Prompt>& prompts, const Setting& setting, uint64_t seed)
      : prompts_(prompts),
        setting_(setting),
        random_(seed),
        controller_(OptionsOf(setting)),
        seen_(prompts.size()) {}

  Outcome Play() {
    for (int i = 0; i < setting_.requests; ++i) {
      if (i == setting_.requests / 2) {
        first_half_ = sums_;
        sums_ = Sums();
        std::ranges::fill(seen_, 0);
      }
      Request(kMonth / setting_.requests * i);
    }
    return {1 - sums_.lost / sums_.strong, sums_.Saving(0), BestFixed(),
            sums_.Saving(sums_.shadows), (first_half_.Saving(0) + sums_.Saving(0)) / 2};
  }

 private:
  static quality::FloorOptions OptionsOf(const Setting& setting) {
    quality::FloorOptions options;
    options.floor = setting.floor;
    options.judge_error = setting.assumed;
    options.caution = setting.caution;
    return options;
  }

  void Request(WallMicros time) {
    const size_t row = random_.Next() % prompts_.size();
    const Prompt& prompt = prompts_[row];
    ++seen_[row];
    const auto calibration = controller_.calibration();
    const bool cheap = calibration->CheapMayAnswer(prompt.score, prompt.task);
    ++sums_.requests;
    sums_.strong += prompt.strong;
    if (cheap) {
      ++sums_.cheap;
      sums_.lost += prompt.strong - prompt.weak;
    }
    const double share = calibration->SampleShare(setting_.sample, prompt.score, prompt.task);
    if (Uniform(&random_) >= share) return;
    sums_.shadows += cheap ? kStrongPrice : kWeakPrice;
    const std::string key = std::to_string(random_.Next() % kKeys);
    controller_.Add({.time = time,
                     .route = "auto",
                     .tier = "simple",
                     .task = prompt.task,
                     .language = "en",
                     .key = key,
                     .outcome = Judge(prompt, setting_.flip, &random_),
                     .served = cheap,
                     .score = prompt.score,
                     .baseline_chance = prompt.baseline_chance,
                     .sampled = share});
  }

  // The saving of the highest threshold on the score that would have kept the floor.
  double BestFixed() const {
    Sums fixed = sums_;
    fixed.lost = 0;
    fixed.cheap = 0;
    int64_t best = 0;
    for (size_t i = 0; i < prompts_.size(); ++i) {
      fixed.cheap += seen_[i];
      fixed.lost += static_cast<double>(seen_[i]) * (prompts_[i].strong - prompts_[i].weak);
      if (fixed.lost <= (1 - setting_.floor) * fixed.strong) best = fixed.cheap;
    }
    fixed.cheap = best;
    return fixed.Saving(0);
  }

  const std::vector<Prompt>& prompts_;  // by score
  const Setting setting_;
  SplitMix64 random_;
  quality::FloorController controller_;
  std::vector<int64_t> seen_;
  Sums sums_, first_half_;
};

std::vector<Outcome> PlayAll(const std::vector<Prompt>& prompts, const Setting& setting) {
  std::vector<Outcome> outcomes(static_cast<size_t>(setting.runs));
  const auto half = [&](size_t first) {
    for (size_t i = first; i < outcomes.size(); i += 2) {
      outcomes[i] = Run(prompts, setting, i + 1).Play();
    }
  };
  std::thread other(half, 1);
  half(0);
  other.join();
  return outcomes;
}

double Mean(const std::vector<Outcome>& outcomes, double Outcome::* member) {
  double sum = 0;
  for (const Outcome& outcome : outcomes) sum += outcome.*member;
  return sum / static_cast<double>(outcomes.size());
}

void Print(const Setting& setting, const std::vector<Outcome>& outcomes) {
  const auto held = std::ranges::count_if(outcomes, [&](const Outcome& outcome) {
    return outcome.quality >= setting.floor - kTolerance;
  });
  const double saving = Mean(outcomes, &Outcome::saving);
  const double best = Mean(outcomes, &Outcome::best);
  fmt::print(
      "{:>5.0f} %  {:.2f}  {:>5.1f} %  {:.4f}  {:>5.1f} %  {:>5.1f} %  {:.2f}  {:>5.1f} %  "
      "{:>5.1f} %\n",
      100 * setting.sample, setting.floor,
      100.0 * static_cast<double>(held) / static_cast<double>(outcomes.size()),
      Mean(outcomes, &Outcome::quality), 100 * saving, 100 * best, saving / best,
      100 * Mean(outcomes, &Outcome::net), 100 * Mean(outcomes, &Outcome::whole));
  std::fflush(stdout);
}

int Simulate(const std::string& data, Setting setting) {
  const Result<std::vector<Prompt>> prompts = ReadTraffic(data);
  if (!prompts) {
    fmt::print(stderr, "floor_sim: {}\n", prompts.error().message);
    return 1;
  }
  fmt::print("{} rows, {} requests, {} runs, verdicts flipped {}, assumed {}\n", prompts->size(),
             setting.requests, setting.runs, setting.flip, setting.assumed);
  fmt::print("sample floor    holds quality  saving     best ratio      net    whole\n");
  for (const double sample : {0.05, 0.01}) {
    for (const double floor : {0.95, 0.97, 0.99}) {
      setting.sample = sample;
      setting.floor = floor;
      Print(setting, PlayAll(*prompts, setting));
    }
  }
  return 0;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const char* testdata = std::getenv("WEIR_TESTDATA");
  std::string data =
      std::string(testdata != nullptr ? testdata : "../shared") + "/data/router/dev.jsonl";
  weir::bench::Setting setting;
  CLI::App app("Replays labelled prompts as traffic against the floor controller");
  app.add_option("--data", data, "JSON lines with weak_score and strong_score");
  app.add_option("--runs", setting.runs, "seeded runs of each setting");
  app.add_option("--requests", setting.requests, "requests a run");
  app.add_option("--flip", setting.flip, "share of the verdicts that are flipped");
  app.add_option("--assumed", setting.assumed, "what the controller takes that share for");
  app.add_option("--caution", setting.caution, "standard errors kept from what may be lost");
  CLI11_PARSE(app, argc, argv);
  return weir::bench::Simulate(data, setting);
}
