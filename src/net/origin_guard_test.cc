#include "net/origin_guard.h"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

http::RequestHead Head(std::string_view host, std::string_view origin = {}) {
  http::RequestHead head;
  head.host = host;
  if (!origin.empty()) head.headers.Add("Origin", origin);
  return head;
}

bool HostPasses(std::string_view host, const std::string& listen = "127.0.0.1") {
  return CheckHost(Head(host), listen).has_value();
}

TEST(OriginGuard, TakesTheNamesOfThisMachine) {
  for (std::string_view host : {"localhost", "LocalHost:8081", "app.localhost:1", "127.0.0.1:8081",
                                "127.9.9.9", "[::1]", "[::1]:8081", ""}) {
    EXPECT_TRUE(HostPasses(host)) << host;
  }
  EXPECT_TRUE(HostPasses("192.0.2.7:8081", "192.0.2.7"));
  EXPECT_TRUE(HostPasses("[2001:DB8::1]:8081", "2001:db8::1"));
}

TEST(OriginGuard, RefusesEveryOtherName) {
  for (std::string_view host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                                "127.evil", "[::1].evil", "[::1", "localhost:8081@evil",
                                "localhost:123456", "192.0.2.7", "0.0.0.0", "notlocalhost"}) {
    Result<void> checked = CheckHost(Head(host), "127.0.0.1");
    ASSERT_FALSE(checked.has_value()) << host;
    EXPECT_EQ(checked.error().reason, Reason::kForbidden);
  }
}

TEST(OriginGuard, AListenerOnEveryAddressTakesLiteralsButNoForeignName) {
  for (const std::string listen : {"0.0.0.0", "::"}) {
    EXPECT_TRUE(HostPasses("192.0.2.7:8081", listen));
    EXPECT_TRUE(HostPasses("[2001:db8::1]", listen));
    EXPECT_FALSE(HostPasses("evil.example", listen));
  }
}

TEST(OriginGuard, OriginMustNameThisMachine) {
  auto passes = [](std::string_view origin) {
    return CheckOrigin(Head("localhost:8080", origin), "127.0.0.1").has_value();
  };
  EXPECT_TRUE(passes(""));
  EXPECT_TRUE(passes("http://localhost:3000"));
  EXPECT_TRUE(passes("https://127.0.0.1"));
  EXPECT_FALSE(passes("http://evil.example"));
  EXPECT_FALSE(passes("null"));
  EXPECT_FALSE(passes("file://"));
  EXPECT_FALSE(passes("http://"));
  EXPECT_FALSE(CheckOrigin(Head("evil.example", "http://localhost"), "127.0.0.1").has_value());
}

TEST(OriginGuard, SameOriginMeansTheSamePortToo) {
  auto passes = [](std::string_view origin) {
    return CheckSameOrigin(Head("localhost:8081", origin), "127.0.0.1").has_value();
  };
  EXPECT_TRUE(passes(""));
  EXPECT_TRUE(passes("http://LOCALHOST:8081"));
  EXPECT_FALSE(passes("http://localhost:3000"));
  EXPECT_FALSE(passes("http://127.0.0.1:8081"));
  EXPECT_FALSE(passes("http://localhost"));
  EXPECT_FALSE(passes("null"));
  EXPECT_FALSE(CheckSameOrigin(Head("evil.example", "http://evil.example"), "127.0.0.1"));
}

}  // namespace
}  // namespace weir::net
