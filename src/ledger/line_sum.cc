#include "ledger/line_sum.h"

#include <algorithm>
#include <array>

namespace weir::ledger {
namespace {

constexpr std::string_view kJudge = "judge";

bool AddCount(int64_t* sum, int64_t value) {
  return !__builtin_add_overflow(*sum, value, sum);
}

bool AddTokens(const Tokens& tokens, ReportLine* line) {
  return AddCount(&line->prompt_tokens, tokens.prompt) &&
         AddCount(&line->cached_tokens, tokens.cached) &&
         AddCount(&line->completion_tokens, tokens.completion) &&
         AddCount(&line->reasoning_tokens, tokens.reasoning);
}

// A request whose cost is not known in full would make the saving look larger than it is.
bool AddCompared(const SummaryRow& row, const RowCosts& costs, ReportLine* line) {
  if (!row.baseline_cost || !row.priced) return true;
  ++line->with_baseline;
  bool fits = AddTo(&line->baseline, *row.baseline_cost) &&
              AddTo(&line->baseline_low, row.baseline_low.value_or(*row.baseline_cost)) &&
              AddTo(&line->baseline_high, row.baseline_high.value_or(*row.baseline_cost)) &&
              AddTo(&line->spent_with_baseline, row.cost) &&
              AddTo(&line->failed_with_baseline, NanoUsd{costs.failed});
  return fits && (!row.hit() || AddTo(&line->cache_with_baseline, row.cache_saved));
}

bool AddRequest(const SummaryRow& row, const RowCosts& costs, ReportLine* line) {
  ++line->requests;
  line->failed += row.answered() ? 0 : 1;
  line->unpriced += row.priced ? 0 : 1;
  bool fits = AddTokens(row.tokens, line) && AddTo(&line->spent, row.cost) &&
              AddTo(&line->failed_attempts, NanoUsd{costs.failed});
  if (row.hit()) {
    ++line->cache_hits;
    fits = fits && AddTo(&line->cache_saved, row.cache_saved);
  }
  return fits && AddCompared(row, costs, line);
}

bool AddSample(const SummaryRow& row, const RowCosts& costs, ReportLine* line) {
  ++line->samples;
  line->unpriced_samples += row.priced ? 0 : 1;
  return AddTo(&line->judge, NanoUsd{costs.judge}) &&
         AddTo(&line->shadow, NanoUsd{row.cost.nano - costs.judge});
}

}  // namespace

RowCosts CostsOf(const SummaryRow& row) {
  RowCosts costs;
  NanoUsd all, failed, judge;
  for (const AttemptView& attempt : row.attempts) {
    all = AddSaturating(all, attempt.cost);
    if (attempt.role == kJudge) judge = AddSaturating(judge, attempt.cost);
    if (attempt.outcome != "ok") failed = AddSaturating(failed, attempt.cost);
  }
  costs.attempts = all.nano;
  // Parts of the row's cost, whatever the attempts say.
  const int64_t most = std::max<int64_t>(row.cost.nano, 0);
  if (row.request()) costs.failed = std::clamp<int64_t>(failed.nano, 0, most);
  if (row.sample()) costs.judge = std::clamp<int64_t>(judge.nano, 0, most);
  return costs;
}

bool AddTo(NanoUsd* sum, NanoUsd amount) {
  int64_t added = 0;
  if (__builtin_add_overflow(sum->nano, amount.nano, &added)) return false;
  if (added > kMaxSum || added < -kMaxSum) return false;
  sum->nano = added;
  return true;
}

bool AddRow(const SummaryRow& row, const RowCosts& costs, ReportLine* line) {
  if (row.request()) return AddRequest(row, costs, line);
  if (row.sample()) return AddSample(row, costs, line);
  if (row.feedback()) return true;
  // Paid, and nobody has the answer.
  ++line->lost_requests;
  return AddTo(&line->lost, row.cost);
}

bool AddLine(const ReportLine& part, ReportLine* sum) {
  static constexpr std::array kCounts = {
      &ReportLine::requests,      &ReportLine::failed,        &ReportLine::prompt_tokens,
      &ReportLine::cached_tokens, &ReportLine::unpriced,      &ReportLine::completion_tokens,
      &ReportLine::cache_hits,    &ReportLine::with_baseline, &ReportLine::reasoning_tokens,
      &ReportLine::samples,       &ReportLine::lost_requests, &ReportLine::unpriced_samples};
  bool fits = true;
  for (auto count : kCounts) fits = AddCount(&(sum->*count), part.*count) && fits;
  std::array<NanoUsd, 16> amounts;
  size_t at = 0;
  VisitMoney(part, [&](std::string_view, NanoUsd amount) { amounts[at++] = amount; });
  at = 0;
  VisitMoney(*sum,
             [&](std::string_view, NanoUsd& into) { fits = AddTo(&into, amounts[at++]) && fits; });
  return fits;
}

}  // namespace weir::ledger
