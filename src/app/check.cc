#include "app/command.h"
#include "app/flags.h"
#include "app/loaded.h"
#include "app/print.h"
#include "base/clock.h"
#include "catalog/describe.h"
#include "catalog/price_age.h"

namespace weir::app {
namespace {

int Check(const std::string& config) {
  Result<Loaded> loaded = Load(config);
  if (!loaded) return Fail(loaded.error());
  for (const std::string& warning : loaded->settings.warnings) fmt::print(stderr, "{}\n", warning);
  for (const std::string& note : loaded->notes) Print(note + "\n");
  const std::chrono::sys_days today{std::chrono::days(DayOf(SystemClock().Wall()))};
  Print(catalog::Describe(loaded->settings, loaded->router->directory(), today));
  return kDone;
}

std::function<int()> Declare(const Flags&, const std::string& config) {
  return [&config] { return Check(config); };
}

}  // namespace

const Command kCheck = {"check", "validate the config and print what was understood", &Declare};

}  // namespace weir::app
