#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <functional>
#include <string>

#include "app/command.h"
#include "app/version.h"

namespace weir::app {
namespace {

constexpr std::array<const Command*, 6> kCommands = {&kServe, &kCheck,  &kExplain,
                                                     &kScore, &kReport, &kReload};

int Main(int argc, char** argv) {
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
