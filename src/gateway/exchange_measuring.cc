// What a request tells of its route: experiments, and samples.
#include "gateway/arm.h"
#include "gateway/exchange.h"
#include "route/measuring.h"

namespace weir::gateway {

// From here on the request is one of the arm's route.
void Exchange::EnterExperiment() {
  ledger::Record& row = receipt_.row();
  const catalog::Experiment& experiment = *route_->experiment;
  const Assignment assigned = Assign(experiment, connection_.head().headers, request_, row.key);
  row.experiment = experiment.name;
  row.arm = assigned.arm.name;
  row.unit = assigned.unit;
  route_ = &snapshot_->directory->routes()[assigned.arm.route];
  wish_.name = route_->name;
}

// The client has its answer.
void Exchange::TakeSample(const catalog::Model* answered) {
  if (!sample_ || answered == nullptr) return;
  sample_->answered = answered->id;
  sample_->answer_tokens = receipt_.row().tokens.completion;
  worker_.samples->Take(worker_, std::move(*sample_));
  sample_.reset();
}

quality::LengthShare Exchange::LengthsOf(const Target& target) const {
  const catalog::Route& route = *decision_.route;
  const auto answered = target.model == nullptr ? catalog::kNoModel : target.model->id;
  const int measured = route::MeasuredIn(route, *snapshot_->directory, decision_, answered);
  if (measured < 0) return {};
  return worker_.core.monitor.Lengths(route.name,
                                      route.quality->measured[static_cast<size_t>(measured)].name);
}

}  // namespace weir::gateway
