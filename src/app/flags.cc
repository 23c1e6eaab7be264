#include "app/flags.h"

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/version.h"

namespace weir::app {

const Flags::Option& Flags::Option::Required() const {
  option_->required();
  return *this;
}

const Flags::Option& Flags::Option::Split() const {
  option_->delimiter(',');
  return *this;
}

const Flags::Option& Flags::Option::OneOf(const std::vector<std::string>& values) const {
  option_->check(CLI::IsMember(values));
  return *this;
}

const Flags::Option& Flags::Option::Between(double low, double high) const {
  option_->check(CLI::Range(low, high));
  return *this;
}

const Flags::Option& Flags::Option::Check(
    const std::function<std::string(const std::string&)>& wrong) const {
  option_->check(wrong);
  return *this;
}

const Flags::Option& Flags::Option::ShowDefault() const {
  option_->capture_default_str();
  return *this;
}

Flags::Flags(CLI::App* app) : app_(app), chosen_(std::make_shared<std::function<int()>>()) {}

Flags::Option Flags::Add(const std::string& name, std::string& value,
                         const std::string& doc) const {
  return Option(app_->add_option(name, value, doc));
}

Flags::Option Flags::Add(const std::string& name, std::vector<std::string>& values,
                         const std::string& doc) const {
  return Option(app_->add_option(name, values, doc));
}

Flags::Option Flags::Add(const std::string& name, std::optional<uint16_t>& value,
                         const std::string& doc) const {
  return Option(app_->add_option(name, value, doc));
}

Flags::Option Flags::Add(const std::string& name, double& value, const std::string& doc) const {
  return Option(app_->add_option(name, value, doc));
}

Flags::Option Flags::Add(const std::string& name, int& value, const std::string& doc) const {
  return Option(app_->add_option(name, value, doc));
}

void Flags::AddSwitch(const std::string& name, bool& value, const std::string& doc) const {
  app_->add_flag(name, value, doc);
}

Flags Flags::Sub(const std::string& word, const std::string& doc, std::function<int()> run) const {
  CLI::App* sub = app_->add_subcommand(word, doc);
  sub->fallthrough();
  sub->final_callback([chosen = chosen_, run = std::move(run)] { *chosen = run; });
  app_->require_subcommand(1);
  return Flags(sub);
}

std::function<int()> Flags::Chosen() const {
  return [chosen = chosen_] { return (*chosen)(); };
}

int RunCommandLine(std::span<const Command* const> commands, int argc, char** argv) {
  CLI::App app("Weir routes each LLM request to the cheapest model that answers it well.", "weir");
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  std::string config;
  std::function<int()> run;
  for (const Command* command : commands) {
    CLI::App* sub = app.add_subcommand(command->name, command->doc);
    sub->add_option("--config", config, "config file (else ./weir.yaml, else the starter)");
    std::function<int()> action = command->declare(Flags(sub), config);
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

}  // namespace weir::app
