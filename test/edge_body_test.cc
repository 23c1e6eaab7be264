// HARDENING 4.1, J39–J45: bodies refused for what they are as a whole, before they are read.
#include <fmt/format.h>

#include "test/harness/edge.h"

namespace weir::e2e {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::string_view kTenGigabytes = "content-length: 10737418240\r\n";

class EdgeBodyTest : public EdgeTest {
 protected:
  static void SetUpTestSuite() {
    World world;
    world.limits = "max_body: 4MiB";
    StartShared(world);
  }
  static Talk PostAs(std::string_view type, std::string_view fields, std::string_view body) {
    return Say(fmt::format("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n"
                           "content-type: {}\r\n{}content-length: {}\r\n\r\n{}",
                           type, fields, body.size(), body) +
               Smuggled());
  }
  // At once: nothing of the body has been sent, and nothing is asked for.
  static void ExpectRefusedUnread(std::string_view fields, const std::vector<int>& statuses) {
    const int64_t resident = weir().resident_kib();
    const auto began = steady_clock::now();
    const Talk talk = Say(Framed(fields, ""));
    EXPECT_LT(steady_clock::now() - began, seconds(2));
    EXPECT_TRUE(Refused(talk, statuses));
    EXPECT_EQ(talk.answers.at(0).interims, 0) << "no 100";
    if (MemoryIsOurs()) {
      EXPECT_LT(weir().resident_kib() - resident, 8 << 10);
    }
  }
};

TEST_F(EdgeBodyTest, J39TextPlain) {
  EXPECT_TRUE(Refused(PostAs("text/plain", "", ChatBody("large", "hi")), {415}));
}

TEST_F(EdgeBodyTest, J40AGzipBombIsNotInflated) {
  std::string members;  // of 1 MiB of zeros each
  const std::string bomb = GzipOf(std::string(1 << 20, '\0'));
  for (int i = 0; i < 1000; ++i) members += bomb;
  const int64_t resident = weir().resident_kib();
  EXPECT_TRUE(Refused(PostAs("application/json", "content-encoding: gzip\r\n", members), {415}));
  if (MemoryIsOurs()) {
    EXPECT_LT(weir().resident_kib() - resident, 8 << 10);
  }
}

TEST_F(EdgeBodyTest, J41AnUnknownEncoding) {
  EXPECT_TRUE(Refused(
      PostAs("application/json", "content-encoding: zstd\r\n", ChatBody("large", "hi")), {415}));
}

TEST_F(EdgeBodyTest, J42TenGigabytesAnnounced) {
  ExpectRefusedUnread(kTenGigabytes, {413});
}

TEST_F(EdgeBodyTest, J43MoreChunksThanTheLimit) {
  const std::string chunk = "10000\r\n" + std::string(64 << 10, ' ') + "\r\n";
  std::string chunks;
  for (int i = 0; i < 65; ++i) chunks += chunk;
  const int64_t resident = weir().resident_kib();
  const Talk talk = Say(Framed("transfer-encoding: chunked\r\n", chunks + "0\r\n\r\n"));
  EXPECT_TRUE(Refused(talk, {413}));
  if (MemoryIsOurs()) {
    EXPECT_LT(weir().resident_kib() - resident, 16 << 10);
  }
}

TEST_F(EdgeBodyTest, J44TenGigabytesAnnouncedToBeAskedFor) {
  ExpectRefusedUnread(fmt::format("expect: 100-continue\r\n{}", kTenGigabytes), {413, 417});
}

TEST_F(EdgeBodyTest, J45TenGigabytesOfAStranger) {
  ExpectRefusedUnread(fmt::format("authorization: Bearer sk-nobody\r\n{}", kTenGigabytes),
                      {401, 413});
}

}  // namespace
}  // namespace weir::e2e
