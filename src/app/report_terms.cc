#include "app/report_terms.h"

#include "quality/share_interval.h"

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
  // As though the verdicts were looked at one by one: the interval may be looked at at any time.
  terms.interval = [](int64_t good, int64_t judged) {
    quality::ShareInterval share;
    for (int64_t i = 0; i < judged; ++i) share.Add(i < good);
    const quality::Interval bounds = share.Bounds(kAlpha);
    return ledger::ReportTerms::Interval{bounds.low, bounds.high};
  };
  return terms;
}

}  // namespace weir::app
