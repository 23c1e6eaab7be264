#include "gateway/verdict_view.h"

namespace weir::gateway {

std::optional<route::Trust> VerdictView::TrustIn(const catalog::Route& route, int measured,
                                                 double need, std::string_view task) const {
  const std::string& name = route.quality->measured[static_cast<size_t>(measured)].name;
  const auto known = monitor_.CalibrationOf(route.name, name);
  if (known == nullptr) return std::nullopt;
  return route::Trust{known->verdicts, known->CheapMayAnswer(need, task), known->crest,
                      known->NetLoss(need, task)};
}

}  // namespace weir::gateway
