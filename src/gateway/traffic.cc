#include "gateway/traffic.h"

namespace weir::gateway {
namespace {

// The name itself, or what stands in `open` for models that no config declared.
std::string_view Label(std::string_view model, const catalog::Directory& directory,
                       std::string* open) {
  if (model.empty() || directory.FindModel(model) != catalog::kNoModel) return model;
  return *open = fmt::format("{}/*", model.substr(0, model.find('/')));
}

// The entry of these labels, which are copied when they are new.
template <class Map, class Views>
auto& Entry(Map& map, const Views& views) {
  const auto found = map.find(views);
  return found != map.end() ? found->second : map[views.Copy()];
}

ModelTotals& Entry(std::map<std::string, ModelTotals, std::less<>>& models, std::string_view name) {
  const auto found = models.find(name);
  return found != models.end() ? found->second : models[std::string(name)];
}

}  // namespace

RequestLabels RequestLabelViews::Copy() const {
  return {std::string(endpoint), std::string(route), std::string(tier), std::string(model),
          std::string(outcome)};
}

AttemptLabels AttemptLabelViews::Copy() const {
  return {std::string(model), std::string(outcome)};
}

CacheLabels CacheLabelViews::Copy() const {
  return {std::string(route), std::string(result)};
}

void Histogram::Add(int64_t micros) {
  if (micros < 0) return;
  auto bucket =
      std::lower_bound(kLatencyBuckets.begin(), kLatencyBuckets.end(), (micros + 999) / 1000);
  ++counts[static_cast<size_t>(bucket - kLatencyBuckets.begin())];
  sum_us += static_cast<uint64_t>(micros);
}

void Histogram::Merge(const Histogram& other) {
  for (size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  sum_us += other.sum_us;
}

void TrafficTotals::Merge(const TrafficTotals& other) {
  for (const auto& [labels, count] : other.requests) requests[labels] += count;
  for (const auto& [labels, count] : other.attempts) attempts[labels] += count;
  for (const auto& [reason, count] : other.refused) refused[reason] += count;
  for (const auto& [name, totals] : other.models) {
    ModelTotals& mine = models[name];
    mine.prompt_tokens += totals.prompt_tokens;
    mine.cached_tokens += totals.cached_tokens;
    mine.completion_tokens += totals.completion_tokens;
    mine.reasoning_tokens += totals.reasoning_tokens;
    mine.cost_nano += totals.cost_nano;
    mine.first_token.Merge(totals.first_token);
    mine.total.Merge(totals.total);
  }
  for (const auto& [labels, count] : other.cached) cached[labels] += count;
  for (const auto& [provider, count] : other.skipped_events) skipped_events[provider] += count;
  baseline_nano += other.baseline_nano;
  spent_with_baseline_nano += other.spent_with_baseline_nano;
}

void Traffic::Count(const ledger::Record& record, const catalog::Directory& directory) {
  std::string open;
  std::lock_guard lock(mutex_);
  if (!record.route.empty()) ++Entry(totals_.cached, CacheLabelViews{record.route, record.cache});
  for (const ledger::Attempt& attempt : record.attempts) {
    const std::string_view name = Label(attempt.model, directory, &open);
    ++Entry(totals_.attempts, AttemptLabelViews{name, attempt.outcome});
    ModelTotals& model = Entry(totals_.models, name);
    model.prompt_tokens += attempt.tokens.prompt;
    model.cached_tokens += attempt.tokens.cached;
    model.completion_tokens += attempt.tokens.completion;
    model.reasoning_tokens += attempt.tokens.reasoning;
    model.cost_nano += attempt.cost.nano;
  }
  const std::string_view answered = Label(record.model, directory, &open);
  ++Entry(totals_.requests,
          RequestLabelViews{record.endpoint, record.route, record.tier, answered, record.outcome});
  if (!answered.empty()) {
    ModelTotals& model = Entry(totals_.models, answered);
    model.first_token.Add(record.first_token_us);
    model.total.Add(record.total_us);
  }
  if (record.baseline_cost) {
    totals_.baseline_nano += record.baseline_cost->nano;
    totals_.spent_with_baseline_nano += record.cost.nano;
  }
}

void Traffic::CountRefused(Reason reason) {
  std::lock_guard lock(mutex_);
  ++totals_.refused[reason];
}

void Traffic::CountSkippedEvent(const std::string& provider) {
  std::lock_guard lock(mutex_);
  ++totals_.skipped_events[provider];
}

TrafficTotals Traffic::totals() const {
  std::lock_guard lock(mutex_);
  return totals_;
}

}  // namespace weir::gateway
