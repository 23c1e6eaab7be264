#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "app/command.h"
#include "app/flags.h"
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
  return RunCommandLine(kCommands, argc, argv);
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
