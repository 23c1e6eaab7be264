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
  // What is named and is not there may have been there a moment ago: no wrong usage.
  const bool wrong = error.side() == Side::kClient && error.reason != Reason::kNotFound;
  return usage || wrong ? kUsage : kFailed;
}

}  // namespace weir::app
