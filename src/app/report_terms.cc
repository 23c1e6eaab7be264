#include "app/report_terms.h"

namespace weir::app {

ledger::ReportTerms ReportTermsOf(std::shared_ptr<const route::Router> router) {
  ledger::ReportTerms terms;
  terms.floor = [router = std::move(router)](std::string_view name) -> std::optional<double> {
    const catalog::Route* route = router->directory().FindRoute(name);
    if (route == nullptr || !route->floor) return std::nullopt;
    return route->floor->share;
  };
  return terms;
}

}  // namespace weir::app
