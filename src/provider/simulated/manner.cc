#include "provider/simulated/manner.h"

namespace weir::provider::simulated {

Manner MannerOf(const config::SimulatorSettings& settings, std::string_view model) {
  const auto found = settings.models.find(model);
  const config::SimulatedModelSettings own =
      found == settings.models.end() ? config::SimulatedModelSettings() : found->second;
  return {.latency = own.latency.value_or(settings.latency),
          .token_interval = own.token_interval.value_or(settings.token_interval),
          .failure_rate = own.failure_rate.value_or(settings.failure_rate),
          .output_tokens = own.output_tokens.value_or(settings.output_tokens),
          .quality = own.quality.value_or(settings.quality),
          .seed = settings.seed};
}

}  // namespace weir::provider::simulated
