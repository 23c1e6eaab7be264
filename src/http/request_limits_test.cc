#include <gtest/gtest.h>

#include <string>

#include "http/head.h"
#include "http/test_heads.h"

namespace weir::http {
namespace {

TEST(RequestLimits, TargetLimit) {
  Limits limits;
  limits.max_target = 100;
  std::string path = "/" + std::string(99, 'p');
  std::string rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(Parse("GET " + path + rest, limits).size, 4 + 100 + rest.size());
  EXPECT_EQ(Parse("GET " + path + "p" + rest, limits).refused, Reason::kUriTooLong);
  EXPECT_EQ(Parse("GET " + path, limits).refused, std::nullopt);
  EXPECT_EQ(Parse("GET " + path + "p", limits).refused, Reason::kUriTooLong);
  EXPECT_EQ(Parse(std::string(32, 'M') + " " + path + "p", limits).refused, Reason::kUriTooLong);
  EXPECT_EQ(Parse("GET /" + std::string(256 << 10, 'p')).refused, Reason::kUriTooLong);
}

TEST(RequestLimits, HeadLimit) {
  Limits limits;
  std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  std::string fits = start + std::string(limits.max_head - start.size() - 4, 'x') + "\r\n\r\n";
  ASSERT_EQ(fits.size(), limits.max_head);
  EXPECT_EQ(Parse(fits).size, limits.max_head);
  EXPECT_EQ(Parse(fits + "body").size, limits.max_head);
  EXPECT_EQ(Parse(fits.substr(0, fits.size() - 1)).refused, std::nullopt);
  std::string over = start + std::string(limits.max_head - start.size() - 3, 'x') + "\r\n\r\n";
  EXPECT_EQ(Parse(over).refused, Reason::kHeaderTooLarge);
  EXPECT_EQ(Parse(over.substr(0, limits.max_head)).refused, Reason::kHeaderTooLarge);
  EXPECT_EQ(Parse(start + std::string(4 << 20, 'x')).refused, Reason::kHeaderTooLarge);
  limits.max_head = 20;
  EXPECT_EQ(Parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n", limits).refused, Reason::kHeaderTooLarge);
}

TEST(RequestLimits, HeaderCountLimit) {
  Limits limits;
  limits.max_headers = 3;
  EXPECT_FALSE(Parse(Post("A: 1\r\nB: 2\r\n"), limits).refused);
  EXPECT_EQ(Parse(Post("A: 1\r\nB: 2\r\nC: 3\r\n"), limits).refused, Reason::kHeaderTooLarge);
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "A: 1\r\n";
  EXPECT_EQ(Parse(Post(many)).refused, Reason::kHeaderTooLarge);
}

// Beyond the eager part a fault shows when the head is whole; it must not be lost.
TEST(RequestLimits, LongHeadsAreJudgedToTheirEnd) {
  std::string padding = "X: " + std::string(20'000, 'x') + "\r\n";
  EXPECT_EQ(Parse(Post(padding)).size, Post(padding).size());
  EXPECT_EQ(Parse(Post(padding + "Y : 1\r\n")).refused, Reason::kBadRequest);
  EXPECT_EQ(Parse(Post(padding + "Y: 1\nZ: 2\r\n")).refused, Reason::kBadRequest);
  EXPECT_EQ(Parse(Post(padding + "Host: a\r\n")).refused, Reason::kBadRequest);
  std::string whole = Post(padding);
  for (size_t size = whole.size() - 8; size < whole.size(); ++size) {
    EXPECT_EQ(Parse(std::string_view(whole).substr(0, size)).size, 0u);
  }
}

// The head's end may lie across the border of the eager part.
TEST(RequestLimits, EveryLengthRoundTheEagerBorder) {
  Limits limits;
  limits.max_target = 64;
  for (size_t length = 40; length < 90; ++length) {
    std::string bytes = Post("X: " + std::string(length, 'x') + "\r\n");
    EXPECT_EQ(Parse(bytes, limits).size, bytes.size()) << length;
    EXPECT_EQ(Parse(bytes + "{}", limits).size, bytes.size()) << length;
  }
}

}  // namespace
}  // namespace weir::http
