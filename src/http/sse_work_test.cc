#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>

#include "http/sse.h"

namespace weir::http {
namespace {

// The sanitizer is the judge: a read beyond what is allocated ends the test.
TEST(SseSplitter, PaddingIsReadableBehindDataOfAnyLength) {
  for (size_t length = 0; length < 600; ++length) {
    std::string text(length, 'x');
    for (const std::string& bytes : {"data: " + text + "\n\n", "data: " + text + "\ndata:y\n\n"}) {
      SseSplitter splitter;
      SseEvent event;
      ASSERT_TRUE(splitter.Feed(bytes));
      ASSERT_TRUE(splitter.Next(&event));
      ASSERT_TRUE(event.data.starts_with(text));
      volatile char sink = 0;
      for (size_t i = 0; i < kSsePadding; ++i) sink = event.data.data()[event.data.size() + i];
      (void)sink;
    }
  }
}

// CPU seconds that one thread needs to split `bytes`, fed in pieces of `stride`; the best of three.
double CpuTime(const std::string& bytes, size_t stride) {
  auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  };
  double best = 1e9;
  for (int round = 0; round < 3; ++round) {
    SseSplitter splitter;
    SseEvent event;
    double begin = now();
    for (size_t at = 0; at < bytes.size(); at += stride) {
      EXPECT_TRUE(splitter.Feed(std::string_view(bytes).substr(at, stride)));
      while (splitter.Next(&event)) continue;
    }
    best = std::min(best, now() - begin);
  }
  return best;
}

// Four times the bytes cost about four times as much, not sixteen times: no byte is searched again.
TEST(SseSplitter, WorkIsLinear) {
  constexpr size_t kSmall = 100'000;
  for (std::string_view unit : {"xx", "x\r", "x\n", "x\r\n", "x\n\n"}) {
    std::string bytes;
    while (bytes.size() < 4 * kSmall) bytes += unit;
    for (size_t stride : {size_t{1}, bytes.size()}) {
      double large = CpuTime(bytes, stride);
      double small = CpuTime(bytes.substr(0, kSmall), stride);
      EXPECT_LT(large, 9 * small + 0.01) << testing::PrintToString(unit) << " by " << stride;
    }
  }
}

}  // namespace
}  // namespace weir::http
