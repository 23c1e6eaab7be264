// How a route's quality is measured.
#pragma once

#include <optional>
#include <vector>

#include "config/key_settings.h"
#include "config/mark.h"

namespace weir::config {

struct QualitySettings {
  double sample = 0;                     // share of requests that are asked again
  std::vector<Name> tiers;               // that are measured; empty: all but the dearest
  std::optional<Name> judge;             // the model that compares; needs a price
  std::optional<BudgetSettings> budget;  // of shadow and judge calls together
  std::optional<double> floor;           // share of answers as good or better; else the route's
  bool act = true;                       // a tier that loses too much hands requests upwards
};

// A split of a route's conversations over other ways to answer them.
struct ArmSettings {
  Name name;
  std::optional<Name> route;    // whose policy answers; absent: the route's own
  std::optional<double> share;  // absent: what the others leave, evenly
};
struct ExperimentSettings {
  Name name;
  enum class By : uint8_t { kSession, kUser } by = By::kSession;
  std::vector<ArmSettings> arms;
};

}  // namespace weir::config
