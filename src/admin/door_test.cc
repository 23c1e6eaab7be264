#include "admin/door.h"

#include <gtest/gtest.h>

namespace weir::admin {
namespace {

constexpr std::string_view kKey = "correct-horse-battery";

http::RequestHead Head(std::initializer_list<http::Header> headers) {
  http::RequestHead head;
  head.host = "localhost:8081";
  for (const http::Header& header : headers) head.headers.Add(header.name, header.value);
  return head;
}

Reason Asked(const http::RequestHead& head, std::string_view key = kKey) {
  Result<void> entered = Door(Secret(std::string(key)), "127.0.0.1").Enter(head);
  return entered ? Reason::kInternal : entered.error().reason;
}
constexpr Reason kIn = Reason::kInternal;

TEST(Door, OpensToTheKeyInOneOfTwoHeaders) {
  EXPECT_EQ(Asked(Head({{"Authorization", "Bearer correct-horse-battery"}})), kIn);
  EXPECT_EQ(Asked(Head({{"authorization", "bearer  correct-horse-battery"}})), kIn);
  EXPECT_EQ(Asked(Head({{"X-Api-Key", kKey}})), kIn);
}

TEST(Door, StaysShutToEverythingElse) {
  const std::vector<http::RequestHead> heads = {
      Head({}),
      Head({{"authorization", ""}}),
      Head({{"authorization", "Bearer"}}),
      Head({{"authorization", "Bearer "}}),
      Head({{"authorization", kKey}}),
      Head({{"authorization", "Basic correct-horse-battery"}}),
      Head({{"authorization", "Bearer correct-horse-batter"}}),
      Head({{"authorization", "Bearer correct-horse-battery1"}}),
      Head({{"authorization", "Bearer CORRECT-HORSE-BATTERY"}}),
      Head({{"x-api-key", ""}}),
      Head({{"x-api-key", "Bearer correct-horse-battery"}}),
      Head({{"cookie", "key=correct-horse-battery"}}),
      Head({{"x-forwarded-for", "127.0.0.1"}}),
      Head({{"x-api-key", kKey}, {"x-api-key", kKey}}),
      Head({{"x-api-key", "wrong"}, {"authorization", "Bearer correct-horse-battery"}}),
      Head({{"authorization", "Bearer correct-horse-battery"}, {"x-api-key", "wrong"}}),
      Head({{"authorization", "Bearer wrong"}, {"authorization", "Bearer correct-horse-battery"}}),
  };
  for (size_t i = 0; i < heads.size(); ++i) {
    EXPECT_EQ(Asked(heads[i]), Reason::kUnauthorized) << "case " << i;
  }
}

TEST(Door, WithoutAKeyNobodyComesIn) {
  EXPECT_EQ(Asked(Head({}), ""), Reason::kUnauthorized);
  EXPECT_EQ(Asked(Head({{"x-api-key", ""}}), ""), Reason::kUnauthorized);
  EXPECT_EQ(Asked(Head({{"authorization", "Bearer "}}), ""), Reason::kUnauthorized);
}

TEST(Door, ForeignHostsAndOriginsStayOutEvenWithTheKey) {
  http::RequestHead rebound = Head({{"x-api-key", kKey}});
  rebound.host = "evil.example";
  EXPECT_EQ(Asked(rebound), Reason::kForbidden);
  EXPECT_EQ(Asked(Head({{"x-api-key", kKey}, {"origin", "http://evil.example"}})),
            Reason::kForbidden);
  EXPECT_EQ(Asked(Head({{"x-api-key", kKey}, {"origin", "http://localhost:3000"}})),
            Reason::kForbidden);
  EXPECT_EQ(Asked(Head({{"x-api-key", kKey}, {"origin", "http://localhost:8081"}})), kIn);
}

TEST(Door, AnErrorDoesNotRepeatWhatWasSent) {
  Result<void> entered =
      Door(Secret(std::string(kKey)), "127.0.0.1").Enter(Head({{"x-api-key", "guess-1234"}}));
  ASSERT_FALSE(entered.has_value());
  EXPECT_EQ(entered.error().message.find("guess"), std::string::npos);
  EXPECT_EQ(entered.error().message.find("horse"), std::string::npos);
}

}  // namespace
}  // namespace weir::admin
