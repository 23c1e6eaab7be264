#include "gateway/arm.h"

#include <algorithm>

#include "base/hash.h"
#include "gateway/conversation_name.h"

namespace weir::gateway {
namespace {

std::string UnitOf(const catalog::Experiment& experiment, const http::HeaderList& headers,
                   const chat::Request& request, std::string_view key) {
  if (experiment.by == config::ExperimentSettings::By::kUser) {
    return std::string(request.user.empty() ? key : request.user);
  }
  for (const http::Header& header : headers.all()) {
    if (IsSessionHeader(header.name) && !header.value.empty()) return std::string(header.value);
  }
  if (!request.prompt_cache_key.empty()) return std::string(request.prompt_cache_key);
  return fmt::format("{:016x}", request.opening);
}

}  // namespace

Assignment Assign(const catalog::Experiment& experiment, const http::HeaderList& headers,
                  const chat::Request& request, std::string_view key) {
  const std::string unit = UnitOf(experiment, headers, request, key);
  const uint64_t hash = Hash64(fmt::format("{}\n{}\n{}", experiment.name, key, unit)) >> 11;
  const double place = static_cast<double>(hash) / static_cast<double>(1ULL << 53);
  const auto number = static_cast<int64_t>(std::max<uint64_t>(hash, 1));
  for (const catalog::Experiment::Arm& arm : experiment.arms) {
    if (place < arm.until) return {arm, number};
  }
  return {experiment.arms.back(), number};
}

}  // namespace weir::gateway
