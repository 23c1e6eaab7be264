#include "http/error_headers.h"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

TEST(ErrorHeaders, SayWhatIsAllowedAndWhenToComeBack) {
  EXPECT_EQ(ErrorHeaders(MakeError(Reason::kBadRequest, "")), "");
  Error error = MakeError(Reason::kMethodNotAllowed, "");
  error.allow = "POST";
  EXPECT_EQ(ErrorHeaders(error), "allow: POST\r\n");
  error = MakeError(Reason::kUpstreamRateLimit, "");
  error.retry_after = std::chrono::milliseconds(1001);
  EXPECT_EQ(ErrorHeaders(error), "retry-after: 2\r\n");
  EXPECT_EQ(ErrorHeaders(MakeError(Reason::kOverloaded, "")), "retry-after: 1\r\n");
}

}  // namespace
}  // namespace weir::http
