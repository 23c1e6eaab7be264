#include <gtest/gtest.h>

#include <string>

#include "http/head.h"

namespace weir::http {
namespace {

using std::string_literals::operator""s;

std::string Answer(std::string_view status, std::string_view headers) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) + "\r\n";
}

TEST(ResponseHead, ReadsEveryPart) {
  std::string bytes = Answer("429 Too Many", "Retry-After: 3\r\nContent-Length: 2\r\n");
  ResponseHead head;
  std::string with_body = bytes + "{}";
  ASSERT_EQ(ParseResponseHead(with_body, {}, &head).value(), bytes.size());
  EXPECT_EQ(head.status, 429);
  EXPECT_EQ(head.minor_version, 1);
  EXPECT_EQ(head.headers.Find("retry-after"), "3");
  EXPECT_EQ(head.framing.kind, BodyKind::kLength);
  EXPECT_EQ(head.framing.length, 2u);
  EXPECT_TRUE(head.keep_alive);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseResponseHead(std::string_view(bytes).substr(0, size), {}, &head).value(), 0u);
  }
}

TEST(ResponseHead, Framing) {
  struct Row {
    std::string bytes;
    BodyKind kind;
    bool keeps;
  };
  for (const Row& row : {
           Row{Answer("200 OK", "Transfer-Encoding: Chunked\r\n"), BodyKind::kChunked, true},
           Row{Answer("200 OK", "Content-Length: 0\r\n"), BodyKind::kLength, true},
           Row{Answer("200 ", "Content-Length: 1\r\nConnection: close\r\n"), BodyKind::kLength,
               false},
           Row{Answer("200 OK", ""), BodyKind::kUntilClose, false},
           Row{Answer("100 Continue", ""), BodyKind::kNone, true},
           Row{Answer("103 Early Hints", "Link: </x>\r\n"), BodyKind::kNone, true},
           Row{Answer("204 No Content", "Content-Length: 0\r\n"), BodyKind::kNone, true},
           Row{Answer("304 Not Modified", "Content-Length: 99\r\n"), BodyKind::kNone, true},
           Row{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", BodyKind::kLength, false},
           Row{"HTTP/1.0 200 caf\xC3\xA9\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n",
               BodyKind::kLength, true},
           Row{"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", BodyKind::kUntilClose, false},
       }) {
    ResponseHead head;
    ASSERT_EQ(ParseResponseHead(row.bytes, {}, &head).value(), row.bytes.size()) << row.bytes;
    EXPECT_EQ(head.framing.kind, row.kind) << row.bytes;
    EXPECT_EQ(head.keep_alive, row.keeps) << row.bytes;
  }
}

TEST(ResponseHead, Refuses) {
  Limits limits;
  std::string many;
  for (size_t i = 0; i <= limits.max_headers; ++i) many += "A: 1\r\n";
  for (const std::string& bytes :
       {Answer("200 OK", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        Answer("200 OK", "Content-Length: -5\r\n"),
        Answer("200 OK", "Content-Length: 5\r\nContent-Length: 5\r\n"),
        Answer("200 OK", "Transfer-Encoding: gzip, chunked\r\n"),
        Answer("200 OK", "X: a\r\n b\r\n"),
        Answer("200 OK", "X: a\nY: b\r\n"),
        Answer("200 OK", "X : a\r\n"),
        Answer("200 O\x01K", ""),
        Answer("2000 OK", ""),
        Answer("20 OK", ""),
        Answer("600 OK", ""),
        Answer("099 OK", ""),
        Answer("-20 OK", ""),
        Answer("200", ""),
        Answer(" 200 OK", ""),
        Answer("101 Switching", "Upgrade: h2c\r\n"),
        Answer("204 No", "Content-Length: 5\r\n"),
        Answer("204 No", "Transfer-Encoding: chunked\r\n"),
        Answer("200 OK", many),
        Answer("100 Continue", "Content-Length: 5\r\n"),
        Answer("200 OK", "X: " + std::string(1 << 20, 'x') + "\r\n"),
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"s,
        "HTTP/2 200 OK\r\n\r\n"s,
        "HTTP/1.2 200 OK\r\n\r\n"s,
        "HTTP/1.1 200 OK\n\n"s,
        "\r\nHTTP/1.1 200 OK\r\n\r\n"s,
        "SSH-2.0"s,
        "\x15\x03\x01"s,
        "ICY 200 OK\r\n\r\n"s,
        "<html>"s}) {
    ResponseHead head;
    Result<size_t> size = ParseResponseHead(bytes, limits, &head);
    ASSERT_FALSE(size) << bytes;
    EXPECT_EQ(size.error().reason, Reason::kUpstreamProtocol) << bytes;
  }
}

TEST(ResponseHead, HeadLimitWithoutAnEnd) {
  Limits limits;
  limits.max_head = 6000;
  std::string bytes = "HTTP/1.1 200 OK\r\nX: " + std::string(6000, 'x');
  ResponseHead head;
  EXPECT_EQ(ParseResponseHead(std::string_view(bytes).substr(0, 5999), limits, &head).value(), 0u);
  EXPECT_FALSE(ParseResponseHead(std::string_view(bytes).substr(0, 6000), limits, &head));
}

}  // namespace
}  // namespace weir::http
