#include "ledger/report_query.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/store.h"

namespace weir::ledger {
namespace {

// The parent's are read with the same function, so they stand first in both.
constexpr std::string_view kGroupColumns = "route, tier, model, key, team, task, language";
constexpr int kParentColumn = 7;
constexpr double kLeastSampled = 1e-6;
constexpr double kMostClients = 1 / kLeastSampled;

void ReadGroups(const Statement& select, SummaryRow* row) {
  int column = 0;
  for (std::string_view* text :
       {&row->route, &row->tier, &row->model, &row->key, &row->team, &row->task, &row->language}) {
    *text = select.TextAt(column++);
  }
}

std::optional<NanoUsd> MaybeMoney(const Statement& select, int column) {
  if (select.IsNull(column)) return std::nullopt;
  return NanoUsd{select.Int(column)};
}

constexpr std::string_view kOtherColumns =
    "parent, kind, id, time, outcome, baseline, cache, verdict, verdict_by, rating, prompt_tokens, "
    "cached_tokens, completion_tokens, reasoning_tokens, estimated, cost, priced, baseline_cost, "
    "baseline_low, baseline_high, cache_saved, first_token_us, total_us, reason, "
    "CASE WHEN kind = 'sample' AND json_valid(signals) THEN json_extract(signals, '$.sampled') "
    "END, CASE WHEN kind = 'sample' AND json_valid(signals) THEN json_extract(signals, '$.judged') "
    "END, CASE WHEN kind = 'sample' AND json_valid(signals) THEN json_extract(signals, "
    "'$.clients') "
    "END, CASE WHEN kind = 'sample' AND json_valid(signals) THEN json_extract(signals, '$.own') "
    "END, baseline_chance, attempts";

// In the order of kOtherColumns, behind `parent`.
std::string_view ReadOthers(const Statement& select, SummaryRow* row) {
  int column = kParentColumn + 1;
  row->kind = select.TextAt(column++);
  std::string_view id = select.TextAt(column++);
  std::copy_n(id.begin(), std::min(id.size(), row->id.bytes.size()), row->id.bytes.begin());
  row->time = select.Int(column++);
  for (std::string_view* text :
       {&row->outcome, &row->baseline, &row->cache, &row->verdict, &row->verdict_by}) {
    *text = select.TextAt(column++);
  }
  row->rating = select.Double(column++);
  for (int64_t* count : {&row->tokens.prompt, &row->tokens.cached, &row->tokens.completion,
                         &row->tokens.reasoning}) {
    *count = select.Int(column++);
  }
  row->tokens.estimated = select.Int(column++) != 0;
  row->cost = NanoUsd{select.Int(column++)};
  row->priced = select.Int(column++) != 0;
  for (auto* amount : {&row->baseline_cost, &row->baseline_low, &row->baseline_high}) {
    *amount = MaybeMoney(select, column++);
  }
  row->cache_saved = NanoUsd{select.Int(column++)};
  row->first_token_us = select.Int(column++);
  row->total_us = select.Int(column++);
  row->reason = select.TextAt(column++);
  if (!select.IsNull(column)) row->sampled = std::clamp(select.Double(column), kLeastSampled, 1.0);
  ++column;
  if (!select.IsNull(column)) row->judged = select.Int(column);
  ++column;
  if (!select.IsNull(column)) row->clients = std::clamp(select.Double(column), 0.0, kMostClients);
  ++column;
  row->own = select.IsNull(column) || select.Int(column) != 0;
  ++column;
  row->baseline_chance = std::clamp(select.Double(column++), 0.0, 1.0);
  return select.TextAt(column);
}

}  // namespace

Result<ReportQuery> ReportQuery::Prepare(Database* database, WallMicros since, WallMicros until) {
  WEIR_TRY(auto rows, database->Prepare(fmt::format("SELECT {}, {} FROM decisions WHERE seq "
                                                    "BETWEEN ? AND ? AND time >= ? AND time < ? "
                                                    "AND kind <> 'order'",
                                                    kGroupColumns, kOtherColumns)));
  WEIR_TRY(auto parent, database->Prepare(fmt::format("SELECT {} FROM decisions WHERE seq BETWEEN "
                                                      "? AND ? AND id = ?",
                                                      kGroupColumns)));
  rows.Bind(1, SeqFrom(since));
  rows.Bind(2, SeqTo(until));
  rows.Bind(3, since);
  rows.Bind(4, until);
  return ReportQuery(std::move(rows), std::move(parent));
}

Result<void> ReportQuery::TakeParentsGroups(SummaryRow* row) {
  row->own_tier = row->tier;
  row->orphan = true;
  auto id = ParseRequestId(rows_.TextAt(kParentColumn));
  if (!id) return {};
  const int64_t first = SeqOf(*id);
  parent_.Reset();
  parent_.Bind(1, first);
  parent_.Bind(2, first > INT64_MAX - kMaxSteps ? INT64_MAX : first + kMaxSteps);
  parent_.Bind(3, *id);
  WEIR_TRY(bool found, parent_.Step());
  if (!found) return {};
  ReadGroups(parent_, row);
  row->orphan = false;
  return {};
}

Result<bool> ReportQuery::Next(SummaryRow* row) {
  WEIR_TRY(bool more, rows_.Step());
  if (!more) return false;
  *row = {};
  ReadGroups(rows_, row);
  std::string_view attempts = ReadOthers(rows_, row);
  WEIR_CHECK_OK(ViewAttempts(attempts, &attempts_));
  row->attempts = attempts_;
  if (row->sample() || row->feedback()) WEIR_CHECK_OK(TakeParentsGroups(row));
  return true;
}

}  // namespace weir::ledger
