// What the admin plane asks the rest of the program: a table of functions wired in app/, because
// admin and gateway stand on one level. All are called on the admin plane's own thread and may
// block it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ledger/report.h"

namespace weir::admin {

// One sample of /metrics; the writer escapes labels.
struct Sample {
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
  std::string suffix;  // "_bucket", "_sum", "_count" of a histogram
};
struct MetricFamily {
  std::string name;  // "weir_requests_total"
  std::string help;
  std::string type;  // counter | gauge | histogram
  std::vector<Sample> samples;
};

struct AdminApi {
  std::function<std::vector<MetricFamily>()> metrics;
  // The body of GET /api/health: {"status","degraded":[…],"targets":[…],…}.
  std::function<std::string()> health;
  // POST /api/explain: body {"prompt" | "messages", "route"?} -> the decision as JSON.
  std::function<Result<std::string>(std::string_view body)> explain;
  // Reloads the config file: what changed and what needs a restart, as JSON; an error keeps the old
  // one.
  std::function<Result<std::string>()> reload;
  // POST /api/cache/purge: body {"route"?, "key_sha256"?}; empty takes everything. What was taken
  // away, as JSON.
  std::function<Result<std::string>(std::string_view body)> purge_cache;
  // Client keys: all of them as JSON; one more by an order, an object of a key's options; one less.
  std::function<std::string()> list_keys;
  std::function<Result<std::string>(std::string_view order)> add_key;
  std::function<Result<std::string>(std::string_view name)> revoke_key;
  // What verdicts say, as JSON; POST bodies {"route", "tier"}.
  std::function<std::string()> quality;
  std::function<Result<std::string>(std::string_view body)> undo_quality, resume_quality;
  // POST /api/time: body {"now"}. Empty where time is real.
  std::function<Result<std::string>(std::string_view body)> move_time;
  std::function<Result<std::unique_ptr<ledger::Reader>>()> open_ledger;
  // What a report needs of the layers above; may be empty.
  std::function<ledger::ReportTerms()> report_terms;
};

}  // namespace weir::admin
