// Reading side: opens the SQLite store read-only beside a running server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/experiment.h"
#include "ledger/measured.h"
#include "ledger/record.h"
#include "ledger/report_line.h"

namespace weir::ledger {

enum class GroupBy : uint8_t { kModel, kTier, kRoute, kKey, kTeam, kTask, kLanguage, kDay };
std::optional<GroupBy> GroupByName(std::string_view name);
std::string_view GroupName(GroupBy by);
// "model, tier, … or day"
std::string GroupNames();

inline constexpr size_t kMaxGroups = 1000;  // what comes later is one line "(other)"
inline constexpr size_t kMaxBaselines = 16;
inline constexpr size_t kMaxDays = 4000;
inline constexpr size_t kMaxPeriods = 62;
inline constexpr size_t kMaxDearest = 10;
inline constexpr size_t kMaxLatencyModels = 64;
inline constexpr size_t kMaxMeasuredTiers = 16;

struct QualityReport {
  QualityLine total;
  std::vector<QualityLine> routes, tiers, tasks, languages;  // most verdicts first
  std::vector<MeasuredTier> measured;                        // likewise, at most kMaxMeasuredTiers
  int64_t verdicts_beyond_measured = 0;
  int64_t exact = 0, json = 0, number = 0, judge = 0;  // how the verdicts were found
  int64_t feedback = 0;
  int64_t rating_millionths = 0;  // sum of the clients' ratings
};

struct LatencyReport {
  LatencyLine routed;               // answered by others than the request's baseline
  LatencyLine baseline;             // by the baseline, where it was really called
  std::vector<LatencyLine> models;  // most answers first
};

struct Report {
  WallMicros since = 0, until = 0;     // [since, until)
  std::vector<std::string> baselines;  // the models compared with, by name, at most kMaxBaselines
  GroupBy by = GroupBy::kModel;
  ReportLine total;
  std::vector<ReportLine> lines;        // largest spend first; days in order
  std::vector<ReportLine> tiers;        // shares, always present, most requests first
  std::vector<ReportLine> keys, teams;  // largest spend first; only what has a name, and the rest
  std::vector<DayLine> days;            // in order, at most kMaxDays
  // The same from the first day to the last without gaps, some days to a line: what charts show.
  std::vector<DayLine> periods;  // at most kMaxPeriods
  int64_t days_a_period = 1;
  std::vector<std::string> series_tiers;  // names of DayLine::tiers, at most kSeriesTiers
  QualityReport quality;
  LatencyReport latency;
  std::vector<DearRequest> dearest;  // dearest first
  Audit audit;
  std::vector<std::string> alarms;  // in a person's words, from the layers above
};

// What only the layers above know. All may be empty functions.
struct ReportTerms {
  struct Interval {
    double low = 0, high = 1;
  };
  // Of the true share, after `good` of `judged` (at least 1).
  std::function<Interval(int64_t good, int64_t judged)> interval;
  // The share of the baseline's quality that a route promises.
  std::function<std::optional<double>(std::string_view route)> floor;
  struct Loss {
    double loss = 0, low = -1, high = 1;
    double error = 0;   // standard error of `loss`, where these verdicts are looked at once
    double chance = 1;  // of a good answer of the baseline's, on the mean
  };
  // The net loss of a request, corrected for the judge's errors (of at least one verdict).
  std::function<Loss(const LossSums& sums)> loss;
};
// Gives the report's verdicts their intervals and floors. The total has a floor where all routes
// with verdicts have the same.
void Complete(const ReportTerms& terms, Report* report);

struct DecisionFilter {
  std::optional<WallMicros> since, until;
  std::string route, model, tier, outcome, key, team;  // empty: any; exact match
  std::string kind;   // empty: any; "request": clients' requests; else exact match
  std::string after;  // cursor: id of the last row of the page before
  int limit = 50;     // held to 1..500
};
inline constexpr std::string_view kRequest = "request";

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
  // One pass in bounded memory. kInternal when a sum does not fit into 64 bits or the lines do not
  // add up to the total: no wrong figure is shown.
  virtual Result<Report> Summarize(WallMicros since, WallMicros until, GroupBy by) = 0;
  // Newest first, to the millisecond; within one in the order of their ids.
  virtual Result<std::vector<Record>> List(const DecisionFilter& filter) = 0;
  virtual Result<std::optional<Record>> Find(const RequestId& id) = 0;
  // What was kept of that row's text; nullopt: nothing.
  virtual Result<std::optional<Bodies>> FindBodies(const RequestId& id) = 0;
  // Rows of that experiment within the time; no arms when there are none.
  virtual Result<ExperimentFigures> Experiment(const ExperimentQuery& query) = 0;
};

std::string FormatTable(const Report& report);
// Money twice: "…_nano" as an integer and "…_usd" as exact decimal text.
std::string FormatJson(const Report& report);
// A header line, a line a group, last the total. Text that a spreadsheet would run is defused.
std::string FormatCsv(const Report& report);
// One page that stands alone: no script, nothing loaded, all text escaped.
std::string FormatHtml(const Report& report);
std::string RecordJson(const Record& record);  // one decision with its attempts
// The same and a member "bodies": null or {"request", "answer", "other", "cut"}, texts as they
// were.
std::string RecordJson(const Record& record, const std::optional<Bodies>& bodies);

struct ReportFormat {
  std::string_view name;
  std::string_view type;  // of HTTP
  std::string (*write)(const Report& report);
  bool page = false;  // a browser shows it
};
// "table", "json", "csv", "html"; nullptr for another name.
const ReportFormat* ReportFormatByName(std::string_view name);

}  // namespace weir::ledger
