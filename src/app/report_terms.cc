#include "app/report_terms.h"

#include "quality/count_interval.h"

namespace weir::app {
namespace {

constexpr double kAlpha = 0.05;

}  // namespace

ledger::ReportTerms ReportTermsOf(std::shared_ptr<const route::Router> router) {
  ledger::ReportTerms terms;
  terms.floor = [router = std::move(router)](std::string_view name) -> std::optional<double> {
    const catalog::Route* route = router->directory().FindRoute(name);
    if (route == nullptr) return std::nullopt;
    if (route->quality) return route->quality->floor;
    if (!route->floor) return std::nullopt;
    return route->floor->share;
  };
  terms.interval = [](int64_t good, int64_t judged) {
    const quality::Interval bounds = quality::CountInterval(good, judged, kAlpha);
    return ledger::ReportTerms::Interval{bounds.low, bounds.high};
  };
  return terms;
}

}  // namespace weir::app
