#include "admin/decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "admin/query.h"
#include "admin/when.h"
#include "base/strings.h"
#include "json/write.h"
#include "ledger/report.h"

namespace weir::admin {
namespace {

constexpr int kMaxRows = 500;
constexpr std::string_view kReportSince = "30d";
constexpr std::array<std::string_view, 11> kListParameters = {
    "route", "model", "tier", "outcome", "key", "team", "kind", "since", "until", "limit", "after"};
constexpr std::array<std::string_view, 6> kKinds = {
    "", ledger::kRequest, ledger::kSample, ledger::kFeedback, ledger::kLost, ledger::kOrder};
// The page brings its own policy; what must not frame it only a header can say.
constexpr std::string_view kPageHeaders = "content-security-policy: frame-ancestors 'none'\r\n";
constexpr std::array<std::string_view, 4> kReportParameters = {"since", "until", "by", "format"};

Result<std::optional<WallMicros>> OptionalWhen(const Query& query, std::string_view name,
                                               WallMicros now) {
  const std::string& text = query.Get(name);
  if (text.empty()) return std::optional<WallMicros>();
  WEIR_TRY(WallMicros when, ParseWhen(name, text, now));
  return std::optional<WallMicros>(when);
}

Result<int> Limit(const std::string& text, int otherwise) {
  if (text.empty()) return otherwise;
  std::optional<int64_t> limit = ParseInt(text);
  if (limit && *limit >= 1 && *limit <= kMaxRows) return static_cast<int>(*limit);
  return MakeError(Reason::kBadRequest, fmt::format("`limit` must be 1 to {}", kMaxRows), "limit");
}

Result<std::string> Cursor(const std::string& text) {
  if (text.empty()) return std::string();
  std::optional<RequestId> id = ParseRequestId(text);
  if (id) return id->ToString();
  return MakeError(Reason::kBadRequest, "`after` must be the `next` of the page before", "after");
}

Result<std::string> Kind(const std::string& text) {
  if (std::find(kKinds.begin(), kKinds.end(), text) != kKinds.end()) return text;
  return MakeError(Reason::kBadRequest, "`kind` must be request, sample, feedback or lost", "kind");
}

Result<ledger::DecisionFilter> FilterOf(const Ask& ask) {
  WEIR_TRY(Query query, Query::Parse(ask.query, kListParameters));
  ledger::DecisionFilter filter;
  filter.route = query.Get("route");
  filter.model = query.Get("model");
  filter.tier = query.Get("tier");
  filter.outcome = query.Get("outcome");
  filter.key = query.Get("key");
  filter.team = query.Get("team");
  WEIR_TRY(filter.kind, Kind(query.Get("kind")));
  WEIR_TRY(filter.since, OptionalWhen(query, "since", ask.now));
  WEIR_TRY(filter.until, OptionalWhen(query, "until", ask.now));
  WEIR_TRY(filter.after, Cursor(query.Get("after")));
  WEIR_TRY(filter.limit, Limit(query.Get("limit"), filter.limit));
  return filter;
}

// A full page has a next one, which may be empty.
std::string DecisionsJson(const std::vector<ledger::Record>& rows, int limit) {
  std::string body;
  json::Writer writer(&body);
  writer.BeginObject();
  writer.Key("decisions");
  writer.BeginArray();
  for (const ledger::Record& row : rows) writer.Raw(ledger::RecordJson(row));
  writer.EndArray();
  writer.Key("next");
  if (rows.size() >= static_cast<size_t>(limit)) {
    writer.String(rows.back().id.ToString());
  } else {
    writer.Null();
  }
  writer.EndObject();
  return body;
}

Result<const ledger::ReportFormat*> FormatOf(const std::string& name) {
  const ledger::ReportFormat* format = ledger::ReportFormatByName(name.empty() ? "json" : name);
  if (format != nullptr) return format;
  return MakeError(Reason::kBadRequest, "`format` must be json, csv, html or table", "format");
}

Result<ledger::GroupBy> Grouping(const std::string& name) {
  if (name.empty()) return ledger::GroupBy::kModel;
  std::optional<ledger::GroupBy> by = ledger::GroupByName(name);
  if (by) return *by;
  return MakeError(Reason::kBadRequest, "`by` must be " + ledger::GroupNames(), "by");
}

}  // namespace

Result<Answer> ListDecisions(const Ask& ask) {
  WEIR_TRY(ledger::DecisionFilter filter, FilterOf(ask));
  WEIR_TRY(auto reader, ask.api.open_ledger());
  WEIR_TRY(auto rows, reader->List(filter));
  return Answer{DecisionsJson(rows, filter.limit)};
}

Result<Answer> ShowDecision(const Ask& ask) {
  WEIR_CHECK_OK(Query::Parse(ask.query, {}));
  std::string_view text = ask.path.substr(ask.path.rfind('/') + 1);
  std::optional<RequestId> id = ParseRequestId(text);
  if (!id) return MakeError(Reason::kNotFound, "a decision's id is the x-weir-id of its answer");
  WEIR_TRY(auto reader, ask.api.open_ledger());
  WEIR_TRY(std::optional<ledger::Record> found, reader->Find(*id));
  if (!found) return MakeError(Reason::kNotFound, "the ledger has no decision with this id");
  WEIR_TRY(const std::optional<ledger::Bodies> bodies, reader->FindBodies(*id));
  return Answer{ledger::RecordJson(*found, bodies)};
}

Result<Answer> ShowReport(const Ask& ask) {
  WEIR_TRY(Query query, Query::Parse(ask.query, kReportParameters));
  WEIR_TRY(ledger::GroupBy by, Grouping(query.Get("by")));
  const std::string& since_text = query.Get("since");
  WEIR_TRY(WallMicros since,
           ParseWhen("since", since_text.empty() ? kReportSince : since_text, ask.now));
  WEIR_TRY(std::optional<WallMicros> until, OptionalWhen(query, "until", ask.now));
  WEIR_TRY(const ledger::ReportFormat* format, FormatOf(query.Get("format")));
  WEIR_TRY(auto reader, ask.api.open_ledger());
  WEIR_TRY(ledger::Report report, reader->Summarize(since, until.value_or(ask.now), by));
  if (ask.api.report_terms) ledger::Complete(ask.api.report_terms(), &report);
  return Answer{format->write(report), format->type, format->page ? kPageHeaders : ""};
}

}  // namespace weir::admin
