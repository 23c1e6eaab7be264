#include "route/explain.h"

#include <iostream>
#include <iterator>

#include "app/ask.h"
#include "app/command.h"
#include "app/flags.h"
#include "app/loaded.h"
#include "app/print.h"

namespace weir::app {
namespace {

struct Options {
  std::string route = "auto";
  std::string prompt;
  bool json = false;
};

int Explain(const std::string& config, const Options& options) {
  Result<Loaded> loaded = Load(config);
  if (!loaded) return Fail(loaded.error());
  std::string prompt = options.prompt;
  if (prompt == "-" || prompt.empty()) {
    prompt.assign(std::istreambuf_iterator<char>(std::cin), {});
  }
  Result<route::Decision> decision = DecidePrompt(*loaded->router, options.route, prompt);
  if (!decision) return Fail(decision.error());
  const catalog::Directory& directory = loaded->router->directory();
  Print(options.json ? route::ExplainJson(*decision, directory) + "\n"
                     : route::ExplainText(*decision, directory));
  return kDone;
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto options = std::make_shared<Options>();
  flags.Add("--route", options->route, "route or model to ask for (default: auto)");
  flags.AddSwitch("--json", options->json, "as JSON");
  flags.Add("prompt", options->prompt, "the prompt; - or nothing reads standard input");
  return [&config, options] { return Explain(config, *options); };
}

}  // namespace

const Command kExplain = {"explain", "show how a prompt would be routed, and why", &Declare};

}  // namespace weir::app
