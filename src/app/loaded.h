// A loaded config: file (or starter) -> settings -> directory -> router. Shared by every command.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "ledger/sink.h"
#include "limits/key_ring.h"
#include "route/router.h"

namespace weir::app {

struct Loaded {
  config::Settings settings;
  std::shared_ptr<const route::Router> router;
  limits::StoredKeys stored_keys;
  std::shared_ptr<const limits::KeyRing> keys;
  const ledger::SinkRow* sink = nullptr;  // the wired row of that name
  std::vector<std::string> notes;  // what the starter chose, and why; what of clients is stored
};

// `path` empty: ./weir.yaml when it is there, else the starter.
Result<Loaded> Load(const std::string& path);

}  // namespace weir::app
