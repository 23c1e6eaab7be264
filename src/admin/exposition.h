// Metric families as Prometheus' text format 0.0.4.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "admin/admin_api.h"

namespace weir::admin {

inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";
inline constexpr size_t kMaxExposition = 8 << 20;

// Label values and help are escaped, and what is no UTF-8 or a control character becomes U+FFFD, so
// that no value can end its line. Characters that a name must not have become '_'. A line that
// would pass `max_bytes` and all after it are left out; the gauge weir_metrics_truncated, always
// the last family, says so.
std::string WriteExposition(std::span<const MetricFamily> families,
                            size_t max_bytes = kMaxExposition);

}  // namespace weir::admin
