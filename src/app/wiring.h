// The ONLY place that names every dialect, classifier, signal and sink. Adding one: its file, and
// one line in wiring.cc.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ledger/sink.h"
#include "provider/dialect.h"
#include "route/classifier.h"
#include "route/signal.h"

namespace weir::app {

std::span<const provider::Dialect* const> Dialects();
std::span<const route::ClassifierRow* const> Classifiers();
std::span<const route::Signal* const> Signals();
std::span<const ledger::SinkRow* const> Sinks();

std::vector<std::string_view> DialectNames();
std::vector<std::string_view> ClassifierNames();
std::vector<std::string_view> SinkNames();

}  // namespace weir::app
