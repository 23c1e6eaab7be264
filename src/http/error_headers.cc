#include "http/error_headers.h"

#include "http/write.h"

namespace weir::http {

std::string ErrorHeaders(const Error& error) {
  std::string lines;
  HeadWriter writer(&lines);
  if (error.reason == Reason::kUnauthorized) writer.Field("www-authenticate", "Bearer");
  if (error.reason == Reason::kBudgetExceeded) writer.Field("x-should-retry", "false");
  if (!error.allow.empty()) writer.Field("allow", error.allow);
  if (error.retry_after.count() > 0) {
    writer.Field("retry-after", static_cast<uint64_t>((error.retry_after.count() + 999) / 1000));
  } else if (error.side() == Side::kOverload) {
    writer.Field("retry-after", uint64_t{1});
  }
  return lines;
}

}  // namespace weir::http
