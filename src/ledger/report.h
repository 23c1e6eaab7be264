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
  NanoUsd baseline;       // of the requests that have a counterfactual
  NanoUsd spent_with_baseline;  // spent on those same requests: saved = baseline - this
  int64_t unpriced = 0;   // requests whose cost is not known in full
  int64_t first_token_p50_us = -1, first_token_p95_us = -1;
  int64_t total_p50_us = -1, total_p95_us = -1;
  NanoUsd saved() const { return NanoUsd{baseline.nano - spent_with_baseline.nano}; }
};

struct Report {
  WallMicros since = 0, until = 0;
  GroupBy by = GroupBy::kModel;
  ReportLine total;
  std::vector<ReportLine> lines;       // largest spend first
  std::vector<ReportLine> tiers;       // shares, always present
};

struct DecisionFilter {
  std::optional<WallMicros> since, until;
  std::string route, model, tier, outcome;  // empty: any; exact match
  std::string after;                        // cursor: id of the last row of the page before
  int limit = 50;                           // 1..500
};

class Reader {
 public:
  // kIo when there is no ledger in data_dir (the message says so).
  static Result<std::unique_ptr<Reader>> Open(const std::string& data_dir);
  virtual ~Reader() = default;
  virtual Result<Report> Summarize(WallMicros since, WallMicros until, GroupBy by) = 0;
  // Newest first.
  virtual Result<std::vector<Record>> List(const DecisionFilter& filter) = 0;
  virtual Result<std::optional<Record>> Find(const RequestId& id) = 0;
};

std::string FormatTable(const Report& report);
std::string FormatJson(const Report& report);
std::string FormatCsv(const Report& report);
std::string RecordJson(const Record& record);   // one decision with its attempts

}  // namespace weir::ledger
