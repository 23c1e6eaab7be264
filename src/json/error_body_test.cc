#include "json/error_body.h"

#include <gtest/gtest.h>

#include "base/secret.h"
#include "json/object.h"

namespace weir::json {
namespace {

TEST(ErrorBody, HasTheFourMembers) {
  EXPECT_EQ(ErrorBody(MakeError(Reason::kModelNotFound, "no \"x\"", "model")),
            R"({"error":{"message":"no \"x\"","type":"not_found_error","param":"model",)"
            R"("code":"model_not_found"}})");
  EXPECT_EQ(ErrorBody(MakeError(Reason::kUnauthorized, "who?")),
            R"({"error":{"message":"who?","type":"authentication_error","param":null,)"
            R"("code":"invalid_api_key"}})");
}

TEST(ErrorBody, ScrubsSecretsAndStaysSmallWhateverTheMessage) {
  Secret secret("sk-canary-0123456789");
  std::string body = ErrorBody(
      MakeError(Reason::kBadRequest, "key sk-canary-0123456789 is bad", "sk-canary-0123456789"));
  EXPECT_EQ(body.find("canary"), std::string::npos);
  EXPECT_NE(body.find("[secret]"), std::string::npos);
  // A NUL costs six bytes once escaped.
  std::string nuls(100'000, '\0');
  body = ErrorBody(MakeError(Reason::kBadRequest, nuls, nuls));
  EXPECT_LT(body.size(), 16u << 10);
  EXPECT_TRUE(Object::Parse(body).has_value());
}

}  // namespace
}  // namespace weir::json
