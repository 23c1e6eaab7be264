#include "app/admin_client.h"
#include "app/command.h"
#include "app/flags.h"
#include "app/loaded.h"
#include "app/print.h"

namespace weir::app {
namespace {

int Reload(const std::string& config) {
  Result<Loaded> loaded = Load(config);
  if (!loaded) return Fail(loaded.error());
  Result<std::string> answer = AskAdmin(loaded->settings, "POST", "/api/reload", "{}");
  if (!answer) return Fail(answer.error());
  Print(*answer + "\n");
  return kDone;
}

std::function<int()> Declare(const Flags&, const std::string& config) {
  return [&config] { return Reload(config); };
}

}  // namespace

const Command kReload = {"reload", "make the running server read its config again", &Declare};

}  // namespace weir::app
