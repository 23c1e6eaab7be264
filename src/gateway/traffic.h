// Counters of what went through: one block a worker, read by /metrics. Labels come from the config
// only, so their number is bounded by it.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "catalog/directory.h"
#include "ledger/record.h"

namespace weir::gateway {

// Upper bounds in milliseconds; the last bucket is +Inf.
inline constexpr std::array<int64_t, 14> kLatencyBuckets = {
    5, 10, 25, 50, 100, 250, 500, 1'000, 2'500, 5'000, 10'000, 30'000, 60'000, 300'000};

struct Histogram {
  std::array<uint64_t, kLatencyBuckets.size() + 1> counts{};
  uint64_t sum_us = 0;
  void Add(int64_t micros);
  void Merge(const Histogram& other);
};

struct RequestLabels {
  std::string endpoint, route, tier, model, outcome;
};
struct AttemptLabels {
  std::string model, outcome;
};
struct CacheLabels {
  std::string route, result;  // hit, miss, shared, off
};
// The same as views: the maps are asked with these, so that only what is new is copied.
struct RequestLabelViews {
  std::string_view endpoint, route, tier, model, outcome;
  RequestLabels Copy() const;
};
struct AttemptLabelViews {
  std::string_view model, outcome;
  AttemptLabels Copy() const;
};
struct CacheLabelViews {
  std::string_view route, result;
  CacheLabels Copy() const;
};
struct LabelOrder {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    return Views(a) < Views(b);
  }

 private:
  static auto Views(const auto& labels) {
    using View = std::string_view;
    if constexpr (requires { labels.endpoint; }) {
      return std::tuple<View, View, View, View, View>(labels.endpoint, labels.route, labels.tier,
                                                      labels.model, labels.outcome);
    } else if constexpr (requires { labels.result; }) {
      return std::tuple<View, View>(labels.route, labels.result);
    } else {
      return std::tuple<View, View>(labels.model, labels.outcome);
    }
  }
};
struct ModelTotals {
  int64_t prompt_tokens = 0, cached_tokens = 0, completion_tokens = 0, reasoning_tokens = 0;
  int64_t cost_nano = 0;
  Histogram first_token, total;
};

struct TrafficTotals {
  std::map<RequestLabels, uint64_t, LabelOrder> requests;
  std::map<AttemptLabels, uint64_t, LabelOrder> attempts;
  std::map<Reason, uint64_t> refused;  // answered before they were routed
  std::map<std::string, ModelTotals, std::less<>> models;
  std::map<CacheLabels, uint64_t, LabelOrder> cached;  // requests of routes
  std::map<std::string, uint64_t> skipped_events;      // by provider
  int64_t baseline_nano = 0;                           // of requests that have a counterfactual
  int64_t spent_with_baseline_nano = 0;                // spent on those requests
  void Merge(const TrafficTotals& other);
};

// One writer (the worker), any reader; the lock is uncontended but while /metrics is read.
class Traffic {
 public:
  // Models that no config declared are counted together, as "provider/*".
  void Count(const ledger::Record& record, const catalog::Directory& directory);
  void CountRefused(Reason reason);
  // A malformed event of an upstream's stream, which the client does not get.
  void CountSkippedEvent(const std::string& provider);
  TrafficTotals totals() const;

 private:
  mutable std::mutex mutex_;
  TrafficTotals totals_;
};

}  // namespace weir::gateway
