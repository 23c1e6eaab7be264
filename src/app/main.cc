#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/command.h"
#include "app/version.h"
#include "base/strings.h"

namespace weir::app {
namespace {

constexpr std::array<const Command*, 12> kCommands = {&kServe,  &kCheck, &kExplain, &kScore,
                                                      &kEval,   &kTrain, &kReport,  &kReplay,
                                                      &kReload, &kCache, &kKeys,    &kQuality};
// Commands of the plan: refused by name until they have a row.
constexpr std::array<std::string_view, 1> kPlannedCommands = {"demo"};
constexpr size_t kMostShown = 100;  // bytes of a word that is no command

// The first word that is not a flag of `weir` itself; empty when there is none, or when another
// option comes first: that one is the parser's to refuse.
std::string_view CommandWord(int argc, char** argv) {
  constexpr std::array<std::string_view, 3> kFlags = {"--help", "-h", "--version"};
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (std::ranges::find(kFlags, word) != kFlags.end()) continue;
    return word.starts_with('-') ? std::string_view() : word;
  }
  return {};
}

// What is wrong with the command, or empty.
std::string RefusalOf(std::string_view word) {
  std::vector<std::string_view> names;
  for (const Command* command : kCommands) names.emplace_back(command->name);
  if (word.empty() || std::ranges::find(names, word) != names.end()) return {};
  if (std::ranges::find(kPlannedCommands, word) != kPlannedCommands.end()) {
    return fmt::format("`weir {}` is not built yet", word);
  }
  const std::string_view shown = Utf8Prefix(word, kMostShown);
  const std::string_view near = DidYouMean(shown, names);
  return fmt::format(
      "unknown command `{}`; {}", shown,
      near.empty() ? fmt::format("known are {}", fmt::join(names, ", ")) : Suggestion(near, ""));
}

int Main(int argc, char** argv) {
  if (const std::string refusal = RefusalOf(CommandWord(argc, argv)); !refusal.empty()) {
    fmt::print(stderr, "weir: {}\n", refusal);
    return kUsage;
  }
  CLI::App app("Weir routes each LLM request to the cheapest model that answers it well.", "weir");
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  std::string config;
  std::function<int()> run;
  for (const Command* command : kCommands) {
    CLI::App* sub = app.add_subcommand(command->name, command->doc);
    sub->add_option("--config", config, "config file (else ./weir.yaml, else the starter)");
    std::function<int()> action = command->declare(*sub, config);
    sub->final_callback([&run, action] { run = action; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version leave with 0; everything else is wrong usage.
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return run();
}

}  // namespace
}  // namespace weir::app

int main(int argc, char** argv) {
  try {
    return weir::app::Main(argc, argv);
  } catch (const std::exception& error) {  // while starting only
    std::fprintf(stderr, "weir: %s\n", error.what());
    return weir::app::kFailed;
  }
}
