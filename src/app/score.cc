#include <iostream>

#include "app/ask.h"
#include "app/command.h"
#include "app/flags.h"
#include "app/loaded.h"
#include "app/print.h"
#include "base/strings.h"

namespace weir::app {
namespace {

constexpr size_t kMaxLine = 32 << 20;

int Score(const std::string& config, const std::string& route) {
  Result<Loaded> loaded = Load(config);
  if (!loaded) return Fail(loaded.error());
  chat::RequestParser parser;
  std::string line;
  for (int64_t number = 1; std::getline(std::cin, line); ++number) {
    if (Trim(line).empty()) continue;
    Result<std::string> scored =
        line.size() > kMaxLine ? MakeError(Reason::kBodyTooLarge, "the line is longer than 32 MiB")
                               : ScoreLine(*loaded->router, parser, route, line);
    if (!scored) {
      fmt::print(stderr, "weir: standard input, line {}: {}\n", number, scored.error().message);
      return kFailed;
    }
    Print(*scored + "\n");
  }
  return kDone;
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto route = std::make_shared<std::string>("auto");
  flags.Add("--route", *route, "route to score with (default: auto)");
  return [&config, route] { return Score(config, *route); };
}

}  // namespace

const Command kScore = {"score", "score JSON lines of prompts from standard input", &Declare};

}  // namespace weir::app
