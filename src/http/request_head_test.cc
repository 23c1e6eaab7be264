#include <gtest/gtest.h>

#include <string>

#include "http/head.h"
#include "http/test_heads.h"

namespace weir::http {
namespace {

using std::string_literals::operator""s;

constexpr std::string_view kTypical =
    "POST /v1/chat/completions?model=glm&x=%00 HTTP/1.1\r\n"
    "Host: api.example.com:8080\r\n"
    "Authorization:Bearer sk-test\r\n"
    "Content-Type: \t application/json \t\r\n"
    "X-Empty:\r\n"
    "User-Agent: caf\xC3\xA9/1.0\r\n"
    "content-LENGTH: 12\r\n"
    "\r\n";

TEST(RequestHead, ReadsEveryPart) {
  RequestHead head;
  std::string bytes = std::string(kTypical) + "{\"model\":1}\n";
  ASSERT_EQ(ParseRequestHead(bytes, {}, &head).value(), kTypical.size());
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/chat/completions?model=glm&x=%00");
  EXPECT_EQ(head.path, "/v1/chat/completions");
  EXPECT_EQ(head.query, "model=glm&x=%00");
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.host, "api.example.com:8080");
  EXPECT_EQ(head.headers.all().size(), 6u);
  EXPECT_EQ(head.headers.Find("authorization"), "Bearer sk-test");
  EXPECT_EQ(head.headers.Find("CONTENT-TYPE"), "application/json");
  EXPECT_EQ(head.headers.Find("x-empty"), "");
  EXPECT_EQ(head.headers.Find("user-agent"), "caf\xC3\xA9/1.0");
  EXPECT_EQ(head.headers.Find("x-absent"), std::nullopt);
  EXPECT_EQ(head.framing.kind, BodyKind::kLength);
  EXPECT_EQ(head.framing.length, 12u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expect_continue);
}

TEST(RequestHead, EveryPrefixWantsMore) {
  for (size_t size = 0; size < kTypical.size(); ++size) {
    Outcome outcome = Parse(kTypical.substr(0, size));
    EXPECT_FALSE(outcome.refused) << size;
    EXPECT_EQ(outcome.size, 0u) << size;
  }
}

TEST(RequestHead, FollowingBytesDoNotMatter) {
  for (std::string_view rest : {"GET", "\n\n", "\x16\x03", " "}) {
    EXPECT_EQ(Parse(std::string(kTypical) + std::string(rest)).size, kTypical.size());
  }
}

TEST(RequestHead, NothingIsAllocatedOnceWarm) {
  RequestHead head;
  ASSERT_TRUE(ParseRequestHead(kTypical, {}, &head));
  const Header* storage = head.headers.all().data();
  size_t capacity = head.headers.all().capacity();
  ASSERT_TRUE(ParseRequestHead(kTypical, {}, &head));
  EXPECT_EQ(head.headers.all().data(), storage);
  EXPECT_EQ(head.headers.all().capacity(), capacity);
  EXPECT_EQ(head.headers.all().size(), 6u);
}

TEST(RequestHead, KeepAliveFollowsVersionAndConnection) {
  struct Row {
    std::string_view version, connection;
    bool keeps;
  };
  for (const Row& row : {Row{"1", "", true}, Row{"1", "Connection: Close\r\n", false},
                         Row{"1", "Connection: x, ,CLOSE\r\n", false},
                         Row{"1", "Connection: x\r\nConnection: close\r\n", false},
                         Row{"1", "Connection: closed\r\n", true}, Row{"0", "", false},
                         Row{"0", "Connection: Keep-Alive\r\n", true},
                         Row{"0", "Connection: keep-alive, close\r\n", false}}) {
    RequestHead head;
    std::string bytes = "GET / HTTP/1." + std::string(row.version) + "\r\nHost: a\r\n" +
                        std::string(row.connection) + "\r\n";
    ASSERT_TRUE(ParseRequestHead(bytes, {}, &head)) << bytes;
    EXPECT_EQ(head.keep_alive, row.keeps) << bytes;
    EXPECT_EQ(head.framing.kind, BodyKind::kNone);
  }
}

TEST(RequestHead, Expect) {
  RequestHead head;
  ASSERT_TRUE(ParseRequestHead(Post("Expect: 100-Continue\r\n"), {}, &head));
  EXPECT_TRUE(head.expect_continue);
  ASSERT_TRUE(ParseRequestHead("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n", {}, &head));
  EXPECT_FALSE(head.expect_continue);
  EXPECT_EQ(Parse(Post("Expect: 200-ok\r\n")).refused, Reason::kExpectationFailed);
  EXPECT_EQ(Parse(Post("Expect: 100-continue\r\nExpect:\r\n")).refused, Reason::kExpectationFailed);
}

TEST(RequestHead, ChunkedInAnyCase) {
  RequestHead head;
  ASSERT_TRUE(ParseRequestHead(Post("Transfer-Encoding:\tCHunked \r\n"), {}, &head));
  EXPECT_EQ(head.framing.kind, BodyKind::kChunked);
}

TEST(RequestHead, UnknownMethodsAreTheCallersMatter) {
  for (std::string_view method : {"TRACE", "PURGE", "get", "M-SEARCH", "!#$%&'*+-.^_`|~"}) {
    RequestHead head;
    std::string bytes = std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n";
    ASSERT_TRUE(ParseRequestHead(bytes, {}, &head)) << method;
    EXPECT_EQ(head.method, method);
  }
  constexpr std::string_view kStar = "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(Parse(kStar).size, kStar.size());
}

TEST(RequestHead, GoodHosts) {
  for (std::string_view host :
       {"a", "A_b.example.com.", "127.0.0.1:65535", "[::1]", "[::ffff:1.2.3.4]:80", "a:", "x~y"}) {
    RequestHead head;
    std::string bytes = "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
    ASSERT_TRUE(ParseRequestHead(bytes, {}, &head)) << host;
    EXPECT_EQ(head.host, host);
  }
  EXPECT_FALSE(Parse("GET / HTTP/1.0\r\n\r\n").refused);
}

TEST(RequestHead, BadHosts) {
  for (std::string_view host :
       {"",        " ",        "a/b",   "a?b",         "a#b",  "u@a",     "a b",    "a,b",
        "a:x",     "a:123456", "a:1:2", ":80",         "[]",   "[::1",    "[::1]x", "[g::]",
        "[::1]:x", "a%2fb",    "x/?#",  "caf\xC3\xA9", "a\\b", "http://a"}) {
    for (std::string_view version : {"1.1", "1.0"}) {
      std::string bytes = "GET / HTTP/" + std::string(version) + "\r\nHost: " + std::string(host);
      EXPECT_EQ(Parse(bytes + "\r\n\r\n").refused, Reason::kBadRequest) << bytes;
    }
  }
  EXPECT_EQ(Parse("GET / HTTP/1.1\r\n\r\n").refused, Reason::kBadRequest);
  EXPECT_EQ(Parse("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n").refused, Reason::kBadRequest);
  EXPECT_EQ(Parse("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n").refused, Reason::kBadRequest);
}

class BadRequest : public testing::TestWithParam<std::string> {};

// Refused, and refused by every longer input as well: what was judged bad does not become good.
TEST_P(BadRequest, IsRefusedForGood) {
  const std::string& bytes = GetParam();
  ASSERT_EQ(Parse(bytes).refused, Reason::kBadRequest) << bytes;
  bool refused = false;
  for (size_t size = 0; size <= bytes.size(); ++size) {
    Outcome outcome = Parse(std::string_view(bytes).substr(0, size));
    EXPECT_TRUE(outcome.refused || !refused) << bytes << " at " << size;
    EXPECT_EQ(outcome.size, 0u) << bytes << " at " << size;
    refused = outcome.refused.has_value();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Framing, BadRequest,
    testing::Values(
        Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        Post("Content-Length: 5\r\nContent-Length: 6\r\n"),
        Post("Content-Length: 5\r\nContent-Length: 5\r\n"), Post("Content-Length: 5, 5\r\n"),
        Post("Content-Length: +5\r\n"), Post("Content-Length: 0x5\r\n"),
        Post("Content-Length: 5abc\r\n"), Post("Content-Length: 5_0\r\n"),
        Post("Content-Length: 5 0\r\n"), Post("Content-Length: -1\r\n"),
        Post("Content-Length: 18446744073709551621\r\n"),
        Post("Content-Length: 9223372036854775808\r\n"), Post("Content-Length:\r\n"),
        Post("Content-Length: \"5\"\r\n"), Post("Transfer-Encoding: xchunked\r\n"),
        Post("Transfer-Encoding: chunked, identity\r\n"), Post("Transfer-Encoding: identity\r\n"),
        Post("Transfer-Encoding: gzip, chunked\r\n"),
        Post("Transfer-Encoding: chunked, chunked\r\n"),
        Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        Post("Transfer-Encoding : chunked\r\n"), Post("Transfer-Encoding: \x0B"s + "chunked\r\n"),
        Post("Transfer-Encoding:\r\n chunked\r\n"), Post("Transfer-Encoding: \"chunked\"\r\n"),
        Post("Transfer-Encoding:\r\n"), Post("Transfer-Encoding: chunked;q=1\r\n"),
        Post("Connection: a b\r\n"),
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"s));

INSTANTIATE_TEST_SUITE_P(
    Lines, BadRequest,
    testing::Values("GET / HTTP/1.1\nHost: a\n\n"s, "GET / HTTP/1.1\r\nHost: a\n\r\n"s,
                    "GET / HTTP/1.1\r\nHost: a\r\n\n"s, "GET / HTTP/1.1\r\rHost: a\r\n\r\n"s,
                    Post("X: a\rb\r\n"), Post("X: a\0b\r\n"s), Post("X\0: a\r\n"s),
                    Post("X: a\x7f\r\n"), Post("X: a\x1b\r\n"), Post("X\x01: a\r\n"),
                    Post("X Y: a\r\n"), Post("X\xC3\xA9: a\r\n"), Post(": a\r\n"),
                    Post("no colon\r\n"), Post("X\r\n"), Post(" X: a\r\n"), Post("X: a\r\n b\r\n"),
                    Post("X: a\r\n\tb\r\n"), Post("X : a\r\n"), Post("X\t: a\r\n"),
                    Post("(X): a\r\n"), "GET / HTTP/1.1\r\n Host: a\r\n\r\n"s));

INSTANTIATE_TEST_SUITE_P(
    RequestLine, BadRequest,
    testing::Values(
        "GET /\r\n\r\n"s, "GET / \r\n\r\n"s, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"s,
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n"s, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"s,
        "GET / HTTP/1.10\r\nHost: a\r\n\r\n"s, "GET / http/1.1\r\nHost: a\r\n\r\n"s,
        "GET / HTTP/1\r\nHost: a\r\n\r\n"s, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"s,
        "GET / HTTPS/1.1\r\nHost: a\r\n\r\n"s, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"s, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"s,
        " GET / HTTP/1.1\r\nHost: a\r\n\r\n"s, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"s, "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s, "GET /\xC3\xA9 HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n"s, "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n"s, "OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"s, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "GET ?a HTTP/1.1\r\nHost: a\r\n\r\n"s, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"s, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n"s,
        "G\xC3T / HTTP/1.1\r\nHost: a\r\n\r\n"s,
        std::string(33, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s, "HTTP/1.1 200 OK\r\n\r\n"s));

TEST(RequestHead, RefusesAtTheFirstByteThatShowsIt) {
  for (const std::string& bytes : {"\x16"s,
                                   "\x00"s,
                                   "\xff"s,
                                   "\r"s,
                                   "\n"s,
                                   " "s,
                                   "PRI *"s,
                                   "GET h"s,
                                   "GET  "s,
                                   "GET /\n"s,
                                   "GET /\r"s,
                                   "GET / \r"s,
                                   "GET / I"s,
                                   "GET / HTTP/2"s,
                                   "GET / HTTP/1.1\n"s,
                                   "GET / HTTP/1.1\r\nHost: a\n"s,
                                   "GET / HTTP/1.1\r\nHost "s,
                                   "GET / HTTP/1.1\r\n "s,
                                   "GET / HTTP/1.1\r\n:"s,
                                   "GET / HTTP/1.1\r\nX: \x01"s,
                                   "{"s,
                                   std::string(33, 'x')}) {
    EXPECT_EQ(Parse(bytes).refused, Reason::kBadRequest) << bytes;
    EXPECT_FALSE(Parse(std::string_view(bytes).substr(0, bytes.size() - 1)).refused) << bytes;
  }
}

// Values are scanned eight bytes at a time: no control character hides at any offset.
TEST(RequestHead, EveryByteAtEveryPlaceOfAValue) {
  for (size_t at = 0; at < 20; ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string value(20, '\xFF');
      value[at] = static_cast<char>(c);
      bool legal = c == '\t' || (c >= 0x20 && c != 0x7f);
      EXPECT_EQ(!Parse(Post("X: " + value + "\r\n")).refused, legal) << at << " " << c;
    }
  }
}

TEST(HeaderList, Counts) {
  HeaderList list;
  list.Add("Set-Cookie", "a");
  list.Add("X", "b");
  list.Add("set-cookie", "c");
  EXPECT_EQ(list.Count("SET-COOKIE"), 2);
  EXPECT_EQ(list.Count("y"), 0);
  EXPECT_EQ(list.Find("set-cookie"), "a");
  list.Clear();
  EXPECT_EQ(list.Count("x"), 0);
}

}  // namespace
}  // namespace weir::http
