#include "app/metrics.h"

#include "base/log.h"

namespace weir::app {
namespace {

using admin::MetricFamily;
using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr double kNano = 1e-9;  // shown only: sums stay integers inside

MetricFamily Family(std::string name, std::string help, std::string type) {
  return {std::move(name), std::move(help), std::move(type), {}};
}

MetricFamily Single(std::string name, std::string help, std::string type, double value) {
  MetricFamily family = Family(std::move(name), std::move(help), std::move(type));
  family.samples.push_back({{}, value, ""});
  return family;
}

void AddHistogram(MetricFamily* family, const Labels& labels, const gateway::Histogram& histogram) {
  uint64_t cumulative = 0;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    cumulative += histogram.counts[i];
    Labels bucket = labels;
    bool last = i == gateway::kLatencyBuckets.size();
    bucket.emplace_back(
        "le",
        last ? "+Inf" : fmt::format("{}", static_cast<double>(gateway::kLatencyBuckets[i]) / 1e3));
    family->samples.push_back({std::move(bucket), static_cast<double>(cumulative), "_bucket"});
  }
  family->samples.push_back({labels, static_cast<double>(histogram.sum_us) / 1e6, "_sum"});
  family->samples.push_back({labels, static_cast<double>(cumulative), "_count"});
}

MetricFamily Requests(const gateway::TrafficTotals& totals) {
  MetricFamily family = Family("weir_requests_total", "Requests by outcome.", "counter");
  for (const auto& [labels, count] : totals.requests) {
    family.samples.push_back({{{"endpoint", labels.endpoint},
                               {"route", labels.route},
                               {"tier", labels.tier},
                               {"model", labels.model},
                               {"outcome", labels.outcome}},
                              static_cast<double>(count),
                              ""});
  }
  return family;
}

MetricFamily Refused(const gateway::TrafficTotals& totals) {
  MetricFamily family =
      Family("weir_refused_total", "Requests answered before they were routed.", "counter");
  for (const auto& [reason, count] : totals.refused) {
    family.samples.push_back(
        {{{"reason", std::string(Traits(reason).name)}}, static_cast<double>(count), ""});
  }
  return family;
}

MetricFamily Attempts(const gateway::TrafficTotals& totals) {
  MetricFamily family = Family("weir_attempts_total", "Upstream calls by outcome.", "counter");
  for (const auto& [labels, count] : totals.attempts) {
    family.samples.push_back(
        {{{"model", labels.model}, {"outcome", labels.outcome}}, static_cast<double>(count), ""});
  }
  return family;
}

MetricFamily SkippedEvents(const gateway::TrafficTotals& totals) {
  MetricFamily family =
      Family("weir_stream_events_skipped_total",
             "Malformed events of upstream streams, left out of the answer.", "counter");
  for (const auto& [provider, count] : totals.skipped_events) {
    family.samples.push_back({{{"provider", provider}}, static_cast<double>(count), ""});
  }
  return family;
}

void AddCache(const gateway::TrafficTotals& totals, const cache::StoreFigures& figures,
              std::vector<MetricFamily>* out) {
  MetricFamily family =
      Family("weir_cache_requests_total", "Requests of routes by what the cache did.", "counter");
  for (const auto& [labels, count] : totals.cached) {
    family.samples.push_back(
        {{{"route", labels.route}, {"result", labels.result}}, static_cast<double>(count), ""});
  }
  out->push_back(std::move(family));
  auto number = [](uint64_t value) { return static_cast<double>(value); };
  out->push_back(
      Single("weir_cache_bytes", "Memory of the answers kept.", "gauge", number(figures.bytes)));
  out->push_back(Single("weir_cache_limit_bytes", "Bound of weir_cache_bytes.", "gauge",
                        number(figures.limit)));
  out->push_back(Single("weir_cache_entries", "Answers kept.", "gauge", number(figures.entries)));
  out->push_back(Single("weir_cache_evictions_total", "Answers given up to make room.", "counter",
                        number(figures.evictions)));
  out->push_back(Single("weir_cache_expired_total", "Answers found too old.", "counter",
                        number(figures.expired)));
}

void AddConversations(const gateway::ConversationFigures& figures, std::vector<MetricFamily>* out) {
  auto number = [](uint64_t value) { return static_cast<double>(value); };
  out->push_back(Single("weir_conversations",
                        "Conversations remembered; a named session is one more.", "gauge",
                        number(figures.entries)));
  out->push_back(Single("weir_conversations_limit", "Bound of weir_conversations.", "gauge",
                        number(figures.entry_limit)));
  out->push_back(Single("weir_conversations_bytes", "Memory of the conversations.", "gauge",
                        number(figures.bytes)));
  out->push_back(Single("weir_conversations_limit_bytes", "Bound of weir_conversations_bytes.",
                        "gauge", number(figures.byte_limit)));
  out->push_back(Single("weir_conversations_evictions_total",
                        "Conversations forgotten to make room.", "counter",
                        number(figures.evictions)));
}

void AddRedis(const cache::RedisFigures& figures, std::vector<MetricFamily>* out) {
  auto number = [](uint64_t value) { return static_cast<double>(value); };
  MetricFamily lookups =
      Family("weir_redis_lookups_total", "Lookups in the shared cache by result.", "counter");
  const std::pair<const char*, uint64_t> results[] = {{"hit", figures.hits},
                                                      {"miss", figures.misses},
                                                      {"unasked", figures.unasked},
                                                      {"corrupt", figures.corrupt}};
  for (const auto& [result, count] : results) {
    lookups.samples.push_back({{{"result", result}}, number(count), ""});
  }
  out->push_back(std::move(lookups));
  MetricFamily failures = Family("weir_redis_failures_total", "Commands by failure.", "counter");
  const std::pair<const char*, uint64_t> kinds[] = {
      {"error", figures.errors}, {"timeout", figures.timeouts}, {"dropped", figures.dropped}};
  for (const auto& [kind, count] : kinds) {
    failures.samples.push_back({{{"kind", kind}}, number(count), ""});
  }
  out->push_back(std::move(failures));
  out->push_back(
      Single("weir_redis_commands_total", "Commands sent.", "counter", number(figures.commands)));
  out->push_back(
      Single("weir_redis_stored_total", "Answers sent.", "counter", number(figures.stored)));
  out->push_back(Single("weir_redis_purged_total", "Answers taken away by purges.", "counter",
                        number(figures.purged)));
  out->push_back(Single("weir_redis_purges_unfinished", "Purges under way.", "gauge",
                        number(figures.purges_unfinished)));
  out->push_back(
      Single("weir_redis_connects_total", "Connects tried.", "counter", number(figures.connects)));
  out->push_back(Single("weir_redis_down", "1 while a worker goes on without.", "gauge",
                        figures.down ? 1 : 0));
  out->push_back(Single("weir_redis_down_seconds_total", "Time without, of all workers together.",
                        "counter", static_cast<double>(figures.down_time.count()) / 1e3));
}

void AddModels(const gateway::TrafficTotals& totals, std::vector<MetricFamily>* out) {
  MetricFamily tokens = Family("weir_tokens_total", "Tokens by kind.", "counter");
  MetricFamily cost = Family("weir_cost_usd_total", "Spent, in USD.", "counter");
  MetricFamily first = Family("weir_first_token_seconds",
                              "From the whole request to the first content.", "histogram");
  MetricFamily total = Family("weir_request_seconds",
                              "From the whole request to the end of the answer.", "histogram");
  for (const auto& [name, model] : totals.models) {
    const std::pair<const char*, int64_t> kinds[] = {{"prompt", model.prompt_tokens},
                                                     {"cached", model.cached_tokens},
                                                     {"completion", model.completion_tokens},
                                                     {"reasoning", model.reasoning_tokens}};
    for (const auto& [kind, count] : kinds) {
      tokens.samples.push_back({{{"model", name}, {"kind", kind}}, static_cast<double>(count), ""});
    }
    cost.samples.push_back({{{"model", name}}, static_cast<double>(model.cost_nano) * kNano, ""});
    AddHistogram(&first, {{"model", name}}, model.first_token);
    AddHistogram(&total, {{"model", name}}, model.total);
  }
  for (MetricFamily* family : {&tokens, &cost, &first, &total}) out->push_back(std::move(*family));
}

MetricFamily Targets(const gateway::ServerHealth& health) {
  MetricFamily family =
      Family("weir_target_resting", "1 while a target rests after failures.", "gauge");
  for (const gateway::TargetHealth& target : health.targets) {
    family.samples.push_back({{{"model", target.model}}, target.open ? 1.0 : 0.0, ""});
  }
  return family;
}

void AddLedger(const ledger::LedgerHealth& health, std::vector<MetricFamily>* out) {
  auto number = [](uint64_t value) { return static_cast<double>(value); };
  out->push_back(
      Single("weir_ledger_rows_total", "Rows appended.", "counter", number(health.rows)));
  out->push_back(Single("weir_ledger_rows_dropped_total",
                        "Rows lost because the disk refused them.", "counter",
                        number(health.rows_dropped)));
  out->push_back(Single("weir_ledger_rows_in_ring", "Rows waiting in memory for the disk.", "gauge",
                        number(health.rows_in_ring)));
  out->push_back(Single("weir_ledger_sink_lag_rows", "Rows journalled and not yet in the store.",
                        "gauge", number(health.sink_lag_rows)));
  out->push_back(Single("weir_ledger_degraded", "1 while the ledger goes on without its disk.",
                        "gauge", health.degraded.empty() ? 0 : 1));
}

void AddQuality(const gateway::ServerHealth& health, std::vector<MetricFamily>* out) {
  const auto& samples = health.samples;
  MetricFamily taken =
      Family("weir_samples_total", "Requests asked again, by what came of it.", "counter");
  for (const auto& [what, count] : {std::pair<std::string, uint64_t>{"verdict", samples.verdicts},
                                    {"failed", samples.failed},
                                    {"not_taken", samples.busy},
                                    {"over_budget", samples.broke}}) {
    taken.samples.push_back({{{"outcome", what}}, static_cast<double>(count), ""});
  }
  out->push_back(std::move(taken));
  out->push_back(
      Single("weir_bodies_not_kept_total",
             "Requests whose words were to be stored and were not: too many at one time.",
             "counter", static_cast<double>(health.words_not_kept)));
  MetricFamily good = Family("weir_quality_as_good",
                             "Share of answers as good as the baseline's or better.", "gauge");
  for (const quality::SliceFigures& slice : health.quality.slices) {
    if (slice.name.tier.empty() || !slice.name.task.empty()) continue;
    const Labels labels{{"route", slice.name.route}, {"tier", slice.name.tier}};
    for (const auto& [bound, value] : {std::pair<std::string, double>{"estimate", slice.as_good},
                                       {"low", slice.interval.low},
                                       {"high", slice.interval.high}}) {
      Labels all = labels;
      all.emplace_back("bound", bound);
      good.samples.push_back({std::move(all), value, ""});
    }
  }
  out->push_back(std::move(good));
  out->push_back(Single("weir_quality_alarms", "Slices under their floor.", "gauge",
                        static_cast<double>(health.quality.alarms.size())));
}

void AddBudgets(const limits::Accounts::Figures& figures, std::vector<MetricFamily>* out) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  out->push_back(Single("weir_budget_reserved_usd",
                        "Reserved for requests of keys; 0 when none is at work.", "gauge",
                        number(figures.reserved.nano) * kNano));
  out->push_back(Single("weir_budget_waiting", "Requests that wait for what others may return.",
                        "gauge", number(figures.waiting)));
  out->push_back(Single("weir_budget_overruns_total",
                        "Attempts that cost more than was reserved for them.", "counter",
                        number(figures.overruns)));
  out->push_back(Single("weir_accounts", "Accounts of keys, teams and users.", "gauge",
                        number(figures.accounts)));
}

}  // namespace

std::vector<MetricFamily> CollectMetrics(const gateway::Server& server,
                                         const ledger::Ledger& ledger) {
  const gateway::TrafficTotals totals = server.traffic();
  const gateway::ServerHealth health = server.health();
  std::vector<MetricFamily> out;
  out.push_back(Requests(totals));
  out.push_back(Refused(totals));
  out.push_back(Attempts(totals));
  out.push_back(SkippedEvents(totals));
  AddModels(totals, &out);
  AddCache(totals, health.cache, &out);
  AddConversations(health.conversations, &out);
  if (health.redis) AddRedis(*health.redis, &out);
  out.push_back(Single("weir_baseline_usd_total", "What the baseline would have cost, in USD.",
                       "counter", static_cast<double>(totals.baseline_nano) * kNano));
  out.push_back(Single("weir_spent_against_baseline_usd_total",
                       "Spent on the requests that have a baseline, in USD.", "counter",
                       static_cast<double>(totals.spent_with_baseline_nano) * kNano));
  AddBudgets(health.accounts, &out);
  AddQuality(health, &out);
  out.push_back(Single("weir_inflight", "Requests being served.", "gauge",
                       static_cast<double>(health.inflight)));
  out.push_back(Single("weir_config_version", "Increases with each reload.", "gauge",
                       static_cast<double>(health.config_version)));
  out.push_back(Single("weir_log_lines_dropped_total", "Log lines lost because nobody read them.",
                       "counter", static_cast<double>(LogLinesDropped())));
  out.push_back(Targets(health));
  AddLedger(ledger.health(), &out);
  return out;
}

}  // namespace weir::app
