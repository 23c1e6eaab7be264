#include "app/report_terms.h"

#include "quality/count_interval.h"
#include "quality/judged.h"
#include "quality/loss_figures.h"
#include "quality/recent_loss.h"

namespace weir::app {
namespace {

constexpr double kAlpha = 0.05;

}  // namespace

ledger::ReportTerms::Loss LossOf(const ledger::LossSums& sums) {
  const double error =
      quality::JudgeErrorOf(sums.pairs, sums.disagreements, quality::kAssumedJudgeError);
  const double whole = quality::NetLoss(quality::Outcome::kLoss, error);
  ledger::ReportTerms::Loss found;
  found.chance =
      sums.chance_traffic > 0 ? sums.chance / sums.chance_traffic : quality::kUnknownChance;
  if (sums.served <= 0) {
    // The baseline answered all of them, or there are none.
    if (sums.traffic > 0) found.low = found.high = 0;
    return found;
  }
  const double share = sums.served / sums.traffic;
  const double count = sums.count();
  const double net = whole * sums.net / sums.served;
  const double square = whole * whole * sums.decided / sums.served;
  found.loss = share * net;
  found.error = quality::LossError(share, count, square * count);
  const quality::Interval bounds =
      quality::LossBounds(share, count, net * count, square * count, kAlpha);
  found.low = bounds.low;
  found.high = bounds.high;
  return found;
}

ledger::ReportTerms ReportTermsOf(std::shared_ptr<const route::Router> router) {
  ledger::ReportTerms terms;
  terms.floor = [router = std::move(router)](std::string_view name) -> std::optional<double> {
    const catalog::Route* route = router->directory().FindRoute(name);
    if (route == nullptr) return std::nullopt;
    if (route->quality) return route->quality->floor;
    if (!route->floor) return std::nullopt;
    return route->floor->share;
  };
  terms.loss = LossOf;
  terms.interval = [](int64_t good, int64_t judged) {
    const quality::Interval bounds = quality::CountInterval(good, judged, kAlpha);
    return ledger::ReportTerms::Interval{bounds.low, bounds.high};
  };
  return terms;
}

}  // namespace weir::app
