#include "http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace weir::http {
namespace {

constexpr int kGzip = 15 + 16;
constexpr int kZlib = 15;

std::string Deflate(std::string_view text, int window) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Prose() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  return text;
}

TEST(Inflater, GzipAndZlibWholeAndByteByByte) {
  for (int window : {kGzip, kZlib}) {
    for (const std::string& text : {Prose(), std::string(), std::string("x")}) {
      std::string packed = Deflate(text, window);
      std::string out = "before ";
      Inflater whole(text.size());
      ASSERT_TRUE(whole.Feed(packed, &out));
      EXPECT_EQ(out, "before " + text);
      EXPECT_TRUE(whole.ended());
      out.clear();
      Inflater dripped(text.size());
      for (size_t i = 0; i < packed.size(); ++i) {
        EXPECT_FALSE(dripped.ended());
        ASSERT_TRUE(dripped.Feed({&packed[i], 1}, &out));
      }
      EXPECT_EQ(out, text);
      EXPECT_TRUE(dripped.ended());
    }
  }
}

TEST(Inflater, ABombStopsAtTheBound) {
  std::string packed = Deflate(std::string(64 << 20, '\0'), kGzip);
  for (size_t bound : {size_t{0}, size_t{1}, size_t{100'000}, size_t{16 << 10}}) {
    Inflater inflater(bound);
    std::string out;
    Result<void> fed = inflater.Feed(packed, &out);
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().reason, Reason::kUpstreamTooLarge);
    EXPECT_EQ(out.size(), bound);
  }
}

TEST(Inflater, SeveralGzipMembers) {
  std::string out;
  Inflater inflater(1000);
  ASSERT_TRUE(inflater.Feed(Deflate("one ", kGzip) + Deflate("two", kGzip), &out));
  EXPECT_TRUE(inflater.ended());
  ASSERT_TRUE(inflater.Feed(Deflate(" three", kGzip), &out));
  EXPECT_EQ(out, "one two three");
}

TEST(Inflater, JunkIsRefused) {
  std::string packed = Deflate(Prose(), kGzip);
  std::string flipped = packed;
  flipped[packed.size() - 6] = static_cast<char>(flipped[packed.size() - 6] ^ 1);  // the CRC
  for (const std::string& bytes : {std::string("{\"error\":1}"), flipped, packed + "junk",
                                   Deflate("raw", -15), Deflate("x", kZlib) + "junk"}) {
    Inflater inflater(1 << 20);
    std::string out;
    Result<void> fed = inflater.Feed(bytes, &out);
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().reason, Reason::kUpstreamProtocol);
  }
}

TEST(Inflater, ACutStreamHasNotEnded) {
  std::string packed = Deflate(Prose(), kGzip);
  Inflater inflater(1 << 20);
  std::string out;
  ASSERT_TRUE(inflater.Feed(std::string_view(packed).substr(0, packed.size() / 2), &out));
  EXPECT_FALSE(inflater.ended());
  Inflater moved = std::move(inflater);
  ASSERT_TRUE(moved.Feed(std::string_view(packed).substr(packed.size() / 2), &out));
  EXPECT_TRUE(moved.ended());
  EXPECT_EQ(out, Prose());
}

TEST(Inflater, Encodings) {
  EXPECT_TRUE(IsInflatable("gzip"));
  EXPECT_TRUE(IsInflatable("X-GZIP"));
  EXPECT_TRUE(IsInflatable("Deflate"));
  EXPECT_FALSE(IsInflatable("br"));
  EXPECT_FALSE(IsInflatable(""));
  EXPECT_FALSE(IsInflatable("gzip, br"));
}

}  // namespace
}  // namespace weir::http
