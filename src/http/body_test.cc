#include "http/body.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace weir::http {
namespace {

using std::string_literals::operator""s;

struct Decoded {
  std::string data;
  size_t consumed = 0;
  bool end = false;
  bool refused = false;

  bool operator==(const Decoded&) const = default;
};

// Feeds `bytes` in pieces that end at the given cuts.
Decoded Decode(Framing framing, std::string_view bytes, const std::vector<size_t>& cuts) {
  BodyDecoder decoder(framing, Reason::kBadRequest);
  Decoded decoded;
  for (size_t cut : cuts) {
    while (true) {
      Result<BodyPiece> piece =
          decoder.Next(bytes.substr(decoded.consumed, cut - decoded.consumed));
      if (!piece) {
        EXPECT_EQ(piece.error().reason, Reason::kBadRequest);
        decoded.refused = true;
        decoded.consumed = 0;
        return decoded;
      }
      decoded.data += piece->data;
      decoded.consumed += piece->consumed;
      decoded.end = piece->end;
      EXPECT_EQ(piece->end, decoder.ended());
      if (piece->end) return decoded;
      if (piece->consumed == 0) break;
    }
  }
  return decoded;
}

Decoded Whole(std::string_view bytes, BodyKind kind = BodyKind::kChunked, uint64_t length = 0) {
  return Decode({kind, length}, bytes, {bytes.size()});
}

std::vector<size_t> EveryByte(size_t size) {
  std::vector<size_t> cuts;
  for (size_t i = 1; i <= size; ++i) cuts.push_back(i);
  return cuts;
}

TEST(BodyDecoder, NoneEndsAtOnce) {
  EXPECT_EQ(Whole("GET /", BodyKind::kNone), (Decoded{"", 0, true}));
  EXPECT_EQ(Whole("", BodyKind::kNone), (Decoded{"", 0, true}));
}

TEST(BodyDecoder, LengthStopsAtItsEnd) {
  EXPECT_EQ(Whole("helloGET /", BodyKind::kLength, 5), (Decoded{"hello", 5, true}));
  EXPECT_EQ(Whole("hel", BodyKind::kLength, 5), (Decoded{"hel", 3, false}));
  EXPECT_EQ(Whole("x", BodyKind::kLength, 0), (Decoded{"", 0, true}));
  EXPECT_EQ(Decode({BodyKind::kLength, 5}, "hello!", {1, 2, 6}), (Decoded{"hello", 5, true}));
}

TEST(BodyDecoder, UntilCloseNeverEnds) {
  EXPECT_EQ(Whole("abc", BodyKind::kUntilClose), (Decoded{"abc", 3, false}));
}

TEST(BodyDecoder, DataIsAViewIntoTheInput) {
  std::string bytes = "5\r\nhello\r\n0\r\n\r\n";
  BodyDecoder decoder({BodyKind::kChunked, 0}, Reason::kBadRequest);
  BodyPiece piece = decoder.Next(bytes).value();
  EXPECT_EQ(piece.data.data(), bytes.data() + 3);
  EXPECT_EQ(piece.consumed, bytes.size());
  EXPECT_TRUE(piece.end);
}

TEST(BodyDecoder, AfterTheEndNothingIsTaken) {
  BodyDecoder decoder({BodyKind::kChunked, 0}, Reason::kBadRequest);
  ASSERT_TRUE(decoder.Next("0\r\n\r\n").value().end);
  BodyPiece piece = decoder.Next("more").value();
  EXPECT_TRUE(piece.end);
  EXPECT_EQ(piece.consumed, 0u);
}

const std::string kGood[] = {
    "5\r\nhello\r\n0\r\n\r\n",
    "0\r\n\r\n",
    "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "0000000000000005\r\nhello\r\n000\r\n\r\n",
    "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n",
    "1\r\n\n\r\n2\r\n\r\n\r\n0\r\nX: y\r\nContent-Lengths: 5\r\nAuthorization:z\r\nE:\r\n\r\n",
    "5;a=\"\\\"; \";b;c=1\r\nhello\r\n0\r\nXTransfer-Encoding: chunked\r\ncontent: 1\r\n\r\n",
    "5\r\n5\r\n0\r\r\n0\r\n\r\n"};

TEST(BodyDecoder, ChunkedIsTheSameHoweverItIsCut) {
  std::mt19937 random(1);
  for (const std::string& bytes : kGood) {
    Decoded whole = Whole(bytes + "NEXT");
    ASSERT_TRUE(whole.end) << bytes;
    EXPECT_EQ(whole.consumed, bytes.size());
    EXPECT_EQ(Decode({BodyKind::kChunked, 0}, bytes, EveryByte(bytes.size())), whole) << bytes;
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      EXPECT_EQ(Decode({BodyKind::kChunked, 0}, bytes, {cut, bytes.size()}), whole) << bytes;
      EXPECT_FALSE(Whole(bytes.substr(0, cut)).end);
    }
  }
  EXPECT_EQ(Whole(kGood[2]).data, "01234567890123456789");
  EXPECT_EQ(Whole(kGood[5]).data, "\n\r\n");
}

TEST(BodyDecoder, BadFramingIsRefusedHoweverItIsCut) {
  const std::string kBad[] = {"\r\n",
                              "0x5\r\nhello\r\n0\r\n\r\n",
                              "00000000000000005\r\nhello",
                              "8000000000000001\r\n",
                              "ffffffffffffffff\r\n",
                              "-1\r\n",
                              "+5\r\nhello",
                              " 5\r\nhello",
                              "5 \r\nhello",
                              "g\r\n",
                              "5\nhello\r\n0\r\n\r\n",
                              "5\r\nhello\n0\r\n\r\n",
                              "5\r\nhell\r\n0\r\n\r\n",
                              "5\r\nhelloo\r\n0\r\n\r\n",
                              "5;a\nb\r\nhello",
                              "5;a\rb\r\nhello",
                              "5;\0\r\nhello"s,
                              "5;\r\nhello",
                              "5; a\r\nhello",
                              "5;a;\r\nhello",
                              "5;a =b\r\nhello",
                              "5;a=\r\nhello",
                              "5;a= b\r\nhello",
                              "5;a=b c\r\nhello",
                              "5;a=\"b\r\nhello",
                              "5;a=\"b\"c\r\nhello",
                              "5;a=\"\\\r\nhello",
                              "5\rhello",
                              ";a\r\n",
                              "5\r\nhello\r\n\r\n",
                              "0\r\n\n",
                              "0\r\n\r\r",
                              "0\r\nbad\r\n\r\n",
                              "0\r\n: x\r\n\r\n",
                              "0\r\nX : y\r\n\r\n",
                              "0\r\nX: y\n\r\n",
                              "0\r\nX: y\r\n z\r\n\r\n",
                              "0\r\nX: \x01\r\n\r\n",
                              "0\r\nX: y\r\r\n",
                              "0\r\nContent-Length: 5\r\n\r\n",
                              "0\r\nX: y\r\ncontent-LENGTH:\r\n\r\n",
                              "0\r\nTransfer-Encoding: x\r\n\r\n",
                              "0\r\nConnection: close\r\n\r\n",
                              "0\r\nProxy-Connection: close\r\n\r\n",
                              "0\r\nUpgrade: x\r\n\r\n",
                              "2\r\n{}\r\n0\r\nX: y\r\nContent-Length: 5\r\n\r\n",
                              "1\r\nx\r\n1; a\r\ny\r\n0\r\n\r\n",
                              "1\r\nx\r\n1;a=\r\ny\r\n0\r\n\r\n"};
  for (const std::string& bytes : kBad) {
    Decoded whole = Whole(bytes);
    EXPECT_TRUE(whole.refused) << bytes;
    EXPECT_EQ(Decode({BodyKind::kChunked, 0}, bytes, EveryByte(bytes.size())), whole) << bytes;
  }
}

TEST(BodyDecoder, ContentBeforeAFaultIsHandedOut) {
  Decoded decoded = Whole("5\r\nhelloX");
  EXPECT_TRUE(decoded.refused);
  EXPECT_EQ(decoded.data, "hello");
}

TEST(BodyDecoder, TheLargestChunkIsOnlyAnnounced) {
  EXPECT_EQ(Whole("8000000000000000\r\nab"), (Decoded{"ab", 20, false}));
}

TEST(BodyDecoder, TheFaultIsTheCallers) {
  BodyDecoder decoder({BodyKind::kChunked, 0}, Reason::kUpstreamProtocol);
  EXPECT_EQ(decoder.Next("x").error().reason, Reason::kUpstreamProtocol);
}

TEST(BodyDecoder, ExtensionsAreBoundedOverTheBody) {
  std::string fits = "1;" + std::string(kMaxChunkExtensions - 1, 'e') + "\r\nx\r\n0\r\n\r\n";
  EXPECT_TRUE(Whole(fits).end);
  EXPECT_TRUE(Whole("1;" + std::string(kMaxChunkExtensions, 'e')).refused);
  std::string many;
  for (size_t i = 0; i < kMaxChunkExtensions / 2; ++i) many += "1;e\r\nx\r\n";
  EXPECT_TRUE(Whole(many + "0\r\n\r\n").end);
  EXPECT_TRUE(Whole(many + "1;e\r\nx\r\n0\r\n\r\n").refused);
}

TEST(BodyDecoder, TrailersAreBounded) {
  std::string fits = "0\r\nX: " + std::string(kMaxTrailers - 7, 't') + "\r\n\r\n";
  EXPECT_TRUE(Whole(fits).end);
  EXPECT_TRUE(Whole("0\r\nX: " + std::string(kMaxTrailers - 6, 't') + "\r\n\r\n").refused);
}

std::string Chunks(size_t count, std::string_view content) {
  std::string bytes;
  for (size_t i = 0; i < count; ++i) {
    bytes += "10\r\n"s.substr(content.size() == 16 ? 0 : 4);
    if (content.size() != 16) bytes += std::to_string(content.size()) + "\r\n";
    bytes.append(content).append("\r\n");
  }
  return bytes + "0\r\n\r\n";
}

TEST(BodyDecoder, TinyChunksAreBounded) {
  EXPECT_TRUE(Whole(Chunks(kFreeChunks, "x")).end);
  Decoded many = Whole(Chunks(200'000, "x"));
  EXPECT_TRUE(many.refused);
  EXPECT_LT(many.data.size(), kFreeChunks * 2);
  EXPECT_TRUE(Whole(Chunks(200'000, "sixteen bytes ok")).end);
}

}  // namespace
}  // namespace weir::http
