#include "admin/when.h"

#include <fmt/format.h>

#include "base/moment.h"
#include "config/parse.h"

namespace weir::admin {

Result<WallMicros> ParseWhen(std::string_view name, std::string_view text, WallMicros now) {
  if (std::optional<WallMicros> moment = ParseMoment(text)) return *moment;
  Result<std::chrono::milliseconds> ago = config::ParseDuration(text);
  if (ago) return now - ago->count() * 1000;
  return MakeError(Reason::kBadRequest,
                   fmt::format("`{}` must be a duration such as 24h or 30d, or a UTC time such as "
                               "2026-11-23 or 2026-11-23T21:20:00Z",
                               name),
                   std::string(name));
}

}  // namespace weir::admin
