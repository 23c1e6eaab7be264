// One file a command; main.cc lists them.
#pragma once

#include <functional>
#include <string>

namespace weir::app {

class Flags;

// Exit codes: 0 done, 1 failed, 2 wrong usage or config.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

struct Command {
  const char* name;
  const char* doc;
  // Declares options; returns what runs them. `config` is --config's value, set by then.
  std::function<int()> (*declare)(const Flags& flags, const std::string& config);
};

extern const Command kServe;
extern const Command kCheck;
extern const Command kExplain;
extern const Command kScore;
extern const Command kEval;
extern const Command kTrain;
extern const Command kReport;
extern const Command kReplay;
extern const Command kReload;
extern const Command kCache;
extern const Command kKeys;
extern const Command kQuality;

}  // namespace weir::app
