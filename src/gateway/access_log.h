// The one line a request that `serve` prints: text on a terminal, JSON into a pipe.
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "catalog/directory.h"
#include "ledger/record.h"

namespace weir::gateway {

// A routed request. `scratch` is memory for the line.
void LogRequest(const ledger::Record& record, const catalog::Directory& directory,
                std::string* scratch);

// One that no decision was made for: refused at the door, or a page such as /v1/models. Probes
// (/healthz, /readyz) have no line.
struct LogEntry {
  WallMicros time = 0;
  RequestId id;
  std::string_view method, path;  // the client's bytes; empty when its head was not understood
  int status = 0;
  std::string_view outcome;
};
void LogRequest(const LogEntry& entry);

}  // namespace weir::gateway
