// Labelled prompts replayed as traffic against the real floor controller: does the floor hold, and
// what does holding it cost? Deterministic. bench/README.md tells how to read what it prints.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <thread>

#include "bench/floor_run.h"
#include "bench/router_data.h"

namespace weir::bench {
namespace {

constexpr double kTolerance = 0.005;

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
  fmt::print("{} rows, {} requests, {} runs, {} cheaper, verdicts flipped {}, assumed {}\n",
             prompts->size(), setting.requests, setting.runs, setting.cheaper, setting.flip,
             setting.assumed);
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
  std::string data = weir::bench::DevPrompts();
  weir::bench::Setting setting;
  CLI::App app("Replays labelled prompts as traffic against the floor controller");
  app.add_option("--data", data, "JSON lines with weak_score and strong_score");
  app.add_option("--runs", setting.runs, "seeded runs of each setting");
  app.add_option("--requests", setting.requests, "requests a run");
  app.add_option("--flip", setting.flip, "share of the verdicts that are flipped");
  app.add_option("--assumed", setting.assumed, "what the controller takes that share for");
  app.add_option("--cheaper", setting.cheaper, "models beside the strong one: 1, or 2")
      ->check(CLI::Range(size_t{1}, weir::bench::kCheaper));
  app.add_option("--apart", setting.apart, "how far models' needs lie from the score, 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--caution", setting.caution, "standard errors kept from what may be lost");
  CLI11_PARSE(app, argc, argv);
  return weir::bench::Simulate(data, setting);
}
