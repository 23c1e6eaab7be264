#include "gateway/query.h"

#include "base/strings.h"

namespace weir::gateway {

Result<Query> SplitQuery(std::string_view query) {
  Query split;
  if (query.empty()) return split;
  for (std::string_view part : Split(query, '&')) {
    size_t equals = part.find('=');
    if (part.substr(0, equals) != "model" || equals == std::string_view::npos) {
      if (!split.rest.empty()) split.rest += '&';
      split.rest += part;
      continue;
    }
    std::optional<std::string> name = PercentDecode(part.substr(equals + 1), true);
    bool clean = name && std::all_of(name->begin(), name->end(), [](char c) {
                   return static_cast<uint8_t>(c) >= 0x20 && c != 0x7f;
                 });
    if (!clean || split.model) {
      return MakeError(Reason::kBadRequest,
                       "the query parameter `model` must stand once and be a plain name", "model");
    }
    split.model = std::move(*name);
  }
  return split;
}

}  // namespace weir::gateway
