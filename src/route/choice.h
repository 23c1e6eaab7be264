// What a route comes to before gates and health: the model that is wanted, and why.
#pragma once

#include "base/money.h"
#include "base/shelves.h"
#include "catalog/directory.h"

namespace weir::route {

struct Choice {
  catalog::ModelId preferred = catalog::kNoModel;
  int tier = -1;
  ShelvedString reason;
  double score = 0.5;
  NanoUsd forgone = {};  // Conversation::forgone from now on
};

}  // namespace weir::route
