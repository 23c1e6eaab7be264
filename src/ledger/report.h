// Reading side: opens the SQLite store read-only beside a running server.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/record.h"

namespace weir::ledger {

enum class GroupBy : uint8_t { kModel, kTier, kRoute, kDay };
std::optional<GroupBy> GroupByName(std::string_view name);

struct ReportLine {
  std::string group;
  int64_t requests = 0;
  int64_t failed = 0;
  int64_t prompt_tokens = 0, cached_tokens = 0, completion_tokens = 0, reasoning_tokens = 0;
  NanoUsd spent;
  int64_t with_baseline = 0;    // requests that have a counterfactual and are priced in full
  NanoUsd baseline;             // what the counterfactual of those would have cost
  NanoUsd spent_with_baseline;  // spent on those same requests: saved = baseline - this
  int64_t unpriced = 0;         // requests whose cost is not known in full
  // Of the requests that were answered, within 1 %; -1: none.
  int64_t first_token_p50_us = -1, first_token_p95_us = -1;
  int64_t total_p50_us = -1, total_p95_us = -1;
  NanoUsd saved() const { return NanoUsd{baseline.nano - spent_with_baseline.nano}; }
};

inline constexpr size_t kMaxGroups = 1000;  // what comes later is one line "(other)"
inline constexpr size_t kMaxBaselines = 16;

struct Report {
  WallMicros since = 0, until = 0;     // [since, until)
  std::vector<std::string> baselines;  // the models compared with, by name, at most kMaxBaselines
  GroupBy by = GroupBy::kModel;
  ReportLine total;
  std::vector<ReportLine> lines;  // largest spend first; days in order
  std::vector<ReportLine> tiers;  // shares, always present, most requests first
};

struct DecisionFilter {
  std::optional<WallMicros> since, until;
  std::string route, model, tier, outcome;  // empty: any; exact match
  std::string after;                        // cursor: id of the last row of the page before
  int limit = 50;                           // held to 1..500
};

// Steps of SQLite's machine (about 10-20 million a second) a call may take; beyond them it fails
// with kOverloaded and says what to narrow. 0: no limit.
struct ReadLimits {
  int64_t list_steps = 20'000'000;
  int64_t summarize_steps = 0;
};

// One thread at a time. Each call sees one moment of the ledger; rows of the last second
// may still be on their way from the journal.
class Reader {
 public:
  // kIo when there is no ledger in data_dir (the message says so).
  static Result<std::unique_ptr<Reader>> Open(const std::string& data_dir, ReadLimits limits = {});
  virtual ~Reader() = default;
  // kInternal when a sum does not fit into 64 bits: no wrong figure is shown.
  virtual Result<Report> Summarize(WallMicros since, WallMicros until, GroupBy by) = 0;
  // Newest first, to the millisecond; within one in the order of their ids.
  virtual Result<std::vector<Record>> List(const DecisionFilter& filter) = 0;
  virtual Result<std::optional<Record>> Find(const RequestId& id) = 0;
};

std::string FormatTable(const Report& report);
// Money twice: "…_nano" as an integer and "…_usd" as exact decimal text.
std::string FormatJson(const Report& report);
// A header line, a line a group, last the total. Text that a spreadsheet would run is defused.
std::string FormatCsv(const Report& report);
std::string RecordJson(const Record& record);  // one decision with its attempts

}  // namespace weir::ledger
