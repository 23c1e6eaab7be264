// HARDENING 4.1, H30, H31, H33 and H60–H63: more framing than a request can need is refused early,
// in bounded memory.
#include <fmt/format.h>

#include "test/harness/edge.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::string_view kChunked = "transfer-encoding: chunked\r\n";
constexpr int64_t kMostKib = 8 << 10;  // that one connection may make the process grow by

class EdgeFloodTest : public EdgeTest {
 protected:
  void TearDown() override {
    if (MemoryIsOurs()) {
      EXPECT_LT(weir().resident_kib() - resident_, kMostKib);
    }
    EXPECT_EQ(upstream().requests().size(), requests_);
    EXPECT_LT(steady_clock::now() - began_, seconds(10));
    EdgeTest::TearDown();
  }
  static std::string Request(std::string_view target, std::string_view fields) {
    return fmt::format("POST {} HTTP/1.1\r\nhost: 127.0.0.1\r\n{}\r\n", target, fields);
  }

 private:
  int64_t resident_ = weir().resident_kib();
  size_t requests_ = upstream().requests().size();
  steady_clock::time_point began_ = steady_clock::now();
};

TEST_F(EdgeFloodTest, H30AnExtensionOf256KiB) {
  EXPECT_TRUE(
      Refused(Say(Framed(kChunked, "2;" + std::string(256 << 10, 'x') + "\r\n{}\r\n0\r\n\r\n")),
              {400, 413}));
}

TEST_F(EdgeFloodTest, H31TwoHundredThousandChunksOfOneByte) {
  std::string chunks;
  for (int i = 0; i < 200'000; ++i) chunks += "1\r\n \r\n";
  EXPECT_TRUE(Refused(Say(Framed(kChunked, chunks + "0\r\n\r\n")), {400, 413}));
}

TEST_F(EdgeFloodTest, H33TrailersOf512KiB) {
  std::string trailers;
  while (trailers.size() < 512 << 10) trailers += "x-trailer: 0123456789abcdef0123456789abcdef\r\n";
  EXPECT_TRUE(
      Refused(Say(Framed(kChunked, "2\r\n{}\r\n0\r\n" + trailers + "\r\n")), {400, 413, 431}));
}

TEST_F(EdgeFloodTest, H60ATargetOf256KiB) {
  EXPECT_TRUE(Refused(Say(Request("/v1/" + std::string(256 << 10, 'x'), "") + Smuggled()),
                      {400, 414, 431}));
}

TEST_F(EdgeFloodTest, H61AHeaderOf256KiB) {
  EXPECT_TRUE(Refused(
      Say(Request("/v1/models", "x-long: " + std::string(256 << 10, 'x') + "\r\n") + Smuggled()),
      {400, 431}));
}

TEST_F(EdgeFloodTest, H62TenThousandHeaders) {
  std::string fields;
  for (int i = 0; i < 10'000; ++i) fields += fmt::format("x-{}: 1\r\n", i);
  EXPECT_TRUE(Refused(Say(Request("/v1/models", fields) + Smuggled()), {400, 431}));
}

TEST_F(EdgeFloodTest, H63AHeaderSectionOf4MiB) {
  std::string fields;
  while (fields.size() < 4 << 20) fields += "x-field: " + std::string(1000, 'x') + "\r\n";
  EXPECT_TRUE(Refused(Say(Request("/v1/models", fields) + Smuggled()), {400, 431}));
}

}  // namespace
}  // namespace weir::e2e
