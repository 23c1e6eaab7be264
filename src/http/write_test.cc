#include "http/write.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "http/body.h"
#include "http/head.h"

namespace weir::http {
namespace {

TEST(HeadWriter, AResponseReadsBack) {
  std::string out;
  HeadWriter(&out).Status(429).Field("retry-after", uint64_t{7}).Field("content-length", 0).End();
  EXPECT_EQ(out, "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n");
  ResponseHead head;
  EXPECT_EQ(ParseResponseHead(out, {}, &head).value(), out.size());
  EXPECT_EQ(head.status, 429);
}

TEST(HeadWriter, ARequestReadsBack) {
  std::string out;
  HeadWriter(&out).RequestLine("POST", "/v1/x", "a=1&b=2").Field("host", "h").End();
  EXPECT_EQ(out, "POST /v1/x?a=1&b=2 HTTP/1.1\r\nhost: h\r\n\r\n");
  RequestHead head;
  EXPECT_EQ(ParseRequestHead(out, {}, &head).value(), out.size());
  out.clear();
  HeadWriter(&out).RequestLine("GET", "/v1/x", "");
  EXPECT_EQ(out, "GET /v1/x HTTP/1.1\r\n");
}

TEST(HeadWriter, NothingCanBeInjected) {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  std::string out;
  HeadWriter(&out)
      .RequestLine("GET" + every, "/" + every, every)
      .Field("host", "h")
      .Field("x", "a\r\nTransfer-Encoding: chunked\r\n\r\n" + every)
      .End();
  RequestHead head;
  ASSERT_EQ(ParseRequestHead(out, {}, &head).error().reason, Reason::kBadRequest);
  out.clear();
  HeadWriter(&out)
      .RequestLine("GET", "/ HTTP/1.1\r\nEvil: 1\r\n" + every, every)
      .Field("host", "h")
      .Field("x", "a\r\nTransfer-Encoding: chunked\r\n\r\n" + every)
      .End();
  ASSERT_EQ(ParseRequestHead(out, {}, &head).value(), out.size());
  EXPECT_EQ(head.headers.all().size(), 2u);
  EXPECT_EQ(head.framing.kind, BodyKind::kNone);
  std::string_view value = head.headers.Find("x").value();
  EXPECT_TRUE(std::none_of(value.begin(), value.end(),
                           [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; }));
  EXPECT_TRUE(head.path.starts_with("/HTTP/1.1Evil:1!\"$%"));
}

TEST(HeadWriter, KeepsTheCapacityOfItsString) {
  std::string out;
  HeadWriter(&out).Status(200).Field("content-type", "application/json").End();
  const char* storage = out.data();
  size_t capacity = out.capacity();
  out.clear();
  HeadWriter(&out).Status(200).Field("content-type", "application/json").End();
  EXPECT_EQ(out.data(), storage);
  EXPECT_EQ(out.capacity(), capacity);
}

TEST(AppendChunk, ReadsBackAndNeverEndsTheBody) {
  std::string out;
  std::string big(70'000, 'x');
  AppendChunk(&out, big);
  AppendChunk(&out, "");
  AppendChunk(&out, "y");
  EXPECT_TRUE(out.starts_with("11170\r\nxxx"));
  BodyDecoder decoder({BodyKind::kChunked, 0}, Reason::kUpstreamProtocol);
  BodyPiece first = decoder.Next(out).value();
  EXPECT_EQ(first.data, big);
  BodyPiece second = decoder.Next(std::string_view(out).substr(first.consumed)).value();
  EXPECT_EQ(second.data, "y");
  EXPECT_FALSE(second.end);
  EXPECT_TRUE(decoder.Next(kLastChunk).value().end);
}

TEST(StatusText, KnownAndUnknown) {
  EXPECT_EQ(StatusText(100), "Continue");
  EXPECT_EQ(StatusText(200), "OK");
  EXPECT_EQ(StatusText(431), "Request Header Fields Too Large");
  EXPECT_EQ(StatusText(529), "Overloaded");
  EXPECT_EQ(StatusText(299), "Unknown");
  EXPECT_EQ(StatusText(99), "Unknown");
  EXPECT_EQ(StatusText(600), "Unknown");
}

TEST(AllowLists, ToUpstream) {
  for (std::string_view name : {"Accept", "user-agent", "OpenAI-Beta", "openai-project",
                                "anthropic-version", "X-Stainless-Retry-Count", "traceparent",
                                "Idempotency-Key", "x-request-id", "HTTP-Referer", "X-Title"}) {
    EXPECT_TRUE(MayForwardToUpstream(name)) << name;
  }
  for (std::string_view name : {"Authorization",
                                "Proxy-Authorization",
                                "Cookie",
                                "x-api-key",
                                "api-key",
                                "x-goog-api-key",
                                "X-Weir-Model",
                                "Connection",
                                "Keep-Alive",
                                "TE",
                                "Trailer",
                                "Upgrade",
                                "Transfer-Encoding",
                                "Content-Length",
                                "Content-Type",
                                "Host",
                                "Expect",
                                "Forwarded",
                                "X-Forwarded-For",
                                "X-Real-IP",
                                "Via",
                                "Accept-Encoding",
                                "X-Stainless-",
                                "X-Anything",
                                "X-Portkey-Custom-Host",
                                "X-Original-URL",
                                "Origin",
                                ""}) {
    EXPECT_FALSE(MayForwardToUpstream(name)) << name;
  }
}

TEST(AllowLists, ToClient) {
  for (std::string_view name :
       {"Content-Type", "Retry-After", "retry-after-ms", "OpenAI-Processing-MS", "request-id",
        "X-Request-ID", "x-ratelimit-remaining-tokens", "Anthropic-RateLimit-Requests-Limit"}) {
    EXPECT_TRUE(MayForwardToClient(name)) << name;
  }
  for (std::string_view name :
       {"Set-Cookie", "CF-Ray", "Server", "Content-Length", "Content-Encoding", "Transfer-Encoding",
        "Connection", "OpenAI-Organization", "Anthropic-Organization-Id", "X-Weir-Id", "Alt-Svc",
        "Strict-Transport-Security", "x-ratelimit-", "Location", ""}) {
    EXPECT_FALSE(MayForwardToClient(name)) << name;
  }
}

}  // namespace
}  // namespace weir::http
