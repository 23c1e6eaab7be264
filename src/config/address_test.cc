#include <gtest/gtest.h>

#include "config/parse.h"

namespace weir::config {
namespace {

TEST(UrlText, ReadsHostPortAndPath) {
  Result<Url> url = ParseUrl("https://API.Example.com/v1/");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "api.example.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->path, "/v1");
  EXPECT_EQ(url->ToString(), "https://api.example.com/v1");
}

TEST(UrlText, ReadsLiteralsAndPorts) {
  EXPECT_EQ(ParseUrl("http://127.0.0.1:11434")->ToString(), "http://127.0.0.1:11434");
  EXPECT_EQ(ParseUrl("http://[::1]:8000/v1")->host, "::1");
  EXPECT_EQ(ParseUrl("http://[::1]:8000/v1")->ToString(), "http://[::1]:8000/v1");
  EXPECT_EQ(ParseUrl("http://my_engine:80")->ToString(), "http://my_engine");
  EXPECT_EQ(ParseUrl("https://xn--bcher-kva.example")->host, "xn--bcher-kva.example");
}

TEST(UrlText, WhatItPrintsItReads) {
  for (std::string_view text :
       {"https://a.b/c/d", "http://10.0.0.1:8080", "https://[2001:db8::1]:8443/x",
        "http://localhost:65535/v1beta/openai"}) {
    ASSERT_TRUE(ParseUrl(text)) << text;
    EXPECT_EQ(ParseUrl(text)->ToString(), text);
  }
}

TEST(UrlText, G08RefusesEveryOtherForm) {
  for (std::string_view bad : {"",
                               "api.example.com/v1",
                               "//api.example.com",
                               "file:///etc/passwd",
                               "gopher://a/",
                               "ftp://a",
                               "http:/a",
                               "https://",
                               "https:///v1",
                               "https://user:hunter2@a/v1",
                               "https://a@b",
                               "https://a/#x",
                               "https://a/?x=1",
                               "https://a\r\nHost: b",
                               "https://a b",
                               "https://exämple.com",
                               "https://аpple.com",
                               "https://a:0",
                               "https://a:65536",
                               "https://a:",
                               "https://a:80x",
                               "https://a..b",
                               "https://.a",
                               "https://a.",
                               "https://-a",
                               "https://[::1",
                               "https://[1.2.3.4]",
                               "https://::1/",
                               "https://[::1]x",
                               "http://127.1",
                               "http://0x7f.0.0.1",
                               "http://2130706433",
                               "http://1.2.3.256",
                               "https://a\\b",
                               "https://a/{x}"}) {
    Result<Url> url = ParseUrl(bad);
    ASSERT_FALSE(url) << bad;
    EXPECT_EQ(url.error().message.find("hunter2"), std::string::npos);
    EXPECT_NE(url.error().message.find("such as https://"), std::string::npos);
  }
  EXPECT_FALSE(ParseUrl("https://a/" + std::string(3000, 'x')));
  EXPECT_FALSE(ParseUrl("https://" + std::string(64, 'x') + ".com"));
}

TEST(UrlText, LoopbackIsJudgedByAddress) {
  for (std::string_view local : {"http://127.0.0.1", "http://127.9.9.9", "http://[::1]",
                                 "http://LOCALHOST:1", "http://[0:0:0:0:0:0:0:1]"}) {
    EXPECT_TRUE(ParseUrl(local)->IsLoopback()) << local;
  }
  for (std::string_view remote : {"http://127.evil.com", "http://128.0.0.1", "http://[::2]",
                                  "http://localhost.evil.com", "http://0.0.0.0"}) {
    EXPECT_FALSE(ParseUrl(remote)->IsLoopback()) << remote;
  }
}

TEST(ListenAddress, ReadsLiterals) {
  EXPECT_EQ(ParseHostPort("127.0.0.1:8080")->ToString(), "127.0.0.1:8080");
  EXPECT_EQ(ParseHostPort("[::1]:1")->host, "::1");
  EXPECT_EQ(ParseHostPort("[::1]:1")->ToString(), "[::1]:1");
  EXPECT_EQ(ParseHostPort("localhost:65535")->host, "127.0.0.1");
  EXPECT_FALSE(ParseHostPort("0.0.0.0:80")->IsLoopback());
  EXPECT_TRUE(ParseHostPort("127.0.0.2:80")->IsLoopback());
}

TEST(ListenAddress, G10RefusesBadPortsAndNames) {
  for (std::string_view bad :
       {"", "8080", ":8080", "*:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000",
        "127.0.0.1:-1", "127.0.0.1:80a", "::1:8080", "[::1]", "[127.0.0.1]:1", "example.com:80",
        "127.1:80", "[::1:80"}) {
    EXPECT_FALSE(ParseHostPort(bad)) << bad;
  }
}

// The system's parser takes a NUL for the end.
TEST(ListenAddress, ANulHidesNothing) {
  using std::string_view_literals::operator""sv;
  for (std::string_view bad : {"127.0.0.1\0junk:80"sv, "[::1\0junk]:80"sv, "127.0.0.1\0:80"sv}) {
    EXPECT_FALSE(ParseHostPort(bad));
  }
}

}  // namespace
}  // namespace weir::config
