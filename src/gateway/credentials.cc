#include "gateway/credentials.h"

#include "base/strings.h"

namespace weir::gateway {

std::optional<std::string_view> CredentialOf(const http::Header& header) {
  constexpr std::string_view kBearer = "bearer ";
  if (EqualsIgnoreCase(header.name, "x-api-key")) return header.value;
  if (!EqualsIgnoreCase(header.name, "authorization")) return std::nullopt;
  const bool bearer = StartsWithIgnoreCase(header.value, kBearer);
  return bearer ? Trim(header.value.substr(kBearer.size())) : header.value;
}

}  // namespace weir::gateway
