#include "app/wiring.h"

namespace weir::app {
namespace {

constexpr const provider::Dialect* kDialects[] = {
    &provider::kOpenAi,
    &provider::kSimulator,
};

constexpr const route::ClassifierRow* kClassifiers[] = {
    &route::kSeed,
    &route::kLearned,
    &route::kRulesOnly,
};

constexpr const route::Signal* kSignals[] = {
    &route::kLength, &route::kTurns,      &route::kTools,
    &route::kImages, &route::kCodeFences, &route::kPromptTokens,
};

constexpr const ledger::SinkRow* kSinks[] = {
    &ledger::kSqliteSink,
};

template <class Row>
std::vector<std::string_view> NamesOf(std::span<const Row* const> rows) {
  std::vector<std::string_view> names;
  for (const Row* row : rows) names.push_back(row->name);
  return names;
}

}  // namespace

std::span<const provider::Dialect* const> Dialects() {
  return kDialects;
}
std::span<const route::ClassifierRow* const> Classifiers() {
  return kClassifiers;
}
std::span<const route::Signal* const> Signals() {
  return kSignals;
}
std::span<const ledger::SinkRow* const> Sinks() {
  return kSinks;
}

std::vector<std::string_view> DialectNames() {
  return NamesOf(Dialects());
}
std::vector<std::string_view> ClassifierNames() {
  return NamesOf(Classifiers());
}
std::vector<std::string_view> SinkNames() {
  return NamesOf(Sinks());
}

}  // namespace weir::app
