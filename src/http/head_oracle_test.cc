// Random heads near the border of what is legal; Beast must agree with all that Weir accepts.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "http/beast_oracle.h"

namespace weir::http {
namespace {

constexpr int kRounds = 150'000;

constexpr std::string_view kMethods[] = {"GET", "POST", "OPTIONS", "PURGE", "CONNECT", ""};
constexpr std::string_view kTargets[] = {"/",
                                         "/v1/chat/completions?model=a%20b",
                                         "*",
                                         "//x/../y",
                                         "/a{}|\\^\"<>`",
                                         "http://a/",
                                         "/\xC3\xA9",
                                         ""};
constexpr std::string_view kVersions[] = {"HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.1 "};
constexpr std::string_view kLines[] = {"Host: a",
                                       "Host: [::1]:80",
                                       "Host:",
                                       "Content-Length: 5",
                                       "Content-Length: 0",
                                       "Content-Length: 007",
                                       "Content-Length: 5, 5",
                                       "Transfer-Encoding: chunked",
                                       "Transfer-Encoding: xchunked",
                                       "Transfer-Encoding:\t chunked \t",
                                       "Connection: close",
                                       "Connection: keep-alive, x",
                                       "Connection: ,,close,",
                                       "Connection: a b",
                                       "Upgrade: websocket",
                                       "Expect: 100-continue",
                                       "X-Value:  a\tb \xC3\xA9 ",
                                       "X-Empty: ",
                                       " folded",
                                       "X : y",
                                       "nothing"};
constexpr std::string_view kEnds[] = {"\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r"};
constexpr std::string_view kStatuses[] = {"200 OK", "204 No Content", "304 x", "100 Continue",
                                          "500 ",   "999 x",          "200",   "20 x"};

class HeadMaker {
 public:
  std::string Request() {
    std::string head = Pick(kMethods) + " " + Pick(kTargets) + " " + Pick(kVersions) + "\r\n";
    if (random_() % 4 != 0) head += "Host: a\r\n";
    return Damage(head + Lines() + "\r\n");
  }
  std::string Response() {
    std::string version = random_() % 3 ? "HTTP/1.1" : Pick(kVersions);
    return Damage(version + " " + Pick(kStatuses) + "\r\n" + Lines() + "\r\n");
  }

 private:
  template <size_t kSize>
  std::string Pick(const std::string_view (&from)[kSize]) {
    return std::string(from[random_() % kSize]);
  }
  std::string Lines() {
    std::string lines;
    for (auto left = random_() % 4; left > 0; --left) lines += Pick(kLines) + Pick(kEnds);
    return lines;
  }
  std::string Damage(std::string head) {
    constexpr std::string_view kBytes = "\r\n \t:,;\x00\x01\x7f\xff#?aA0";
    while (random_() % 3 == 0) {
      size_t at = random_() % head.size();
      char byte = random_() % 2 ? kBytes[random_() % kBytes.size()] : static_cast<char>(random_());
      if (random_() % 2) {
        head[at] = byte;
      } else {
        head.insert(at, 1, byte);
      }
    }
    return head;
  }

  std::mt19937 random_{20261123};
};

TEST(HeadOracle, BeastAgreesWithAcceptedRequests) {
  HeadMaker maker;
  RequestHead head;
  int accepted = 0;
  for (int i = 0; i < kRounds; ++i) {
    std::string bytes = maker.Request();
    Result<size_t> size = ParseRequestHead(bytes, {}, &head);
    if (!size || *size == 0) continue;
    ++accepted;
    std::string_view whole = std::string_view(bytes).substr(0, *size);
    EXPECT_EQ(BeastOracle<true>::Compare(whole, head.headers, head.framing, head.keep_alive), "")
        << bytes;
  }
  EXPECT_GT(accepted, kRounds / 50);
}

TEST(HeadOracle, BeastAgreesWithAcceptedResponses) {
  HeadMaker maker;
  ResponseHead head;
  int accepted = 0;
  for (int i = 0; i < kRounds; ++i) {
    std::string bytes = maker.Response();
    Result<size_t> size = ParseResponseHead(bytes, {}, &head);
    if (!size || *size == 0) continue;
    ++accepted;
    std::string_view whole = std::string_view(bytes).substr(0, *size);
    EXPECT_EQ(BeastOracle<false>::Compare(whole, head.headers, head.framing, head.keep_alive), "")
        << bytes;
  }
  EXPECT_GT(accepted, kRounds / 50);
}

}  // namespace
}  // namespace weir::http
