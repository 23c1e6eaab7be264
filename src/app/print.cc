#include "app/print.h"

#include <cstdio>

#include "app/command.h"
#include "base/secret.h"

namespace weir::app {

void Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

int Fail(const Error& error) {
  std::string text = ScrubSecrets(error.message);
  const bool usage = error.reason == Reason::kConfig;
  if (!usage) text.insert(0, "weir: ");
  fmt::print(stderr, "{}\n", text);
  return usage || error.side() == Side::kClient ? kUsage : kFailed;
}

}  // namespace weir::app
