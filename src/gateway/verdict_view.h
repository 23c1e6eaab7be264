// What verdicts have taught, as a decision asks for it.
#pragma once

#include "quality/monitor.h"
#include "route/router.h"

namespace weir::gateway {

// Of a world in which everything is usable: for explanations.
class VerdictView : public route::HealthView {
 public:
  explicit VerdictView(const quality::Monitor& monitor) : monitor_(monitor) {}
  std::optional<route::Trust> TrustIn(const catalog::Route& route, int measured, double need,
                                      std::string_view task) const override;

 private:
  const quality::Monitor& monitor_;
};

}  // namespace weir::gateway
