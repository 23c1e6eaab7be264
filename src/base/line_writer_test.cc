#include "base/line_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/secret.h"

namespace weir {
namespace {

class Pipe {
 public:
  Pipe() {
    ::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
  }
  ~Pipe() {
    CloseReader();
    CloseWriter();
  }
  int writer() const { return ends_[1]; }
  void CloseReader() { Close(&ends_[0]); }
  void CloseWriter() { Close(&ends_[1]); }
  // Everything until the writer has closed.
  std::string Rest() {
    CloseWriter();
    std::string all;
    std::array<char, 4096> piece;
    for (;;) {
      const ssize_t bytes = ::read(ends_[0], piece.data(), piece.size());
      if (bytes <= 0) return all;
      all.append(piece.data(), static_cast<size_t>(bytes));
    }
  }
  std::string Some() const {
    std::array<char, 4096> piece;
    const ssize_t bytes = ::read(ends_[0], piece.data(), piece.size());
    return {piece.data(), static_cast<size_t>(std::max<ssize_t>(bytes, 0))};
  }

 private:
  static void Close(int* fd) {
    if (*fd >= 0) ::close(*fd);
    *fd = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

TEST(LineWriter, KeepsEveryThreadsOrder) {
  constexpr int kThreads = 4;
  constexpr int kLines = 2000;
  Pipe pipe;
  std::string all;
  std::thread reader([&] {
    for (std::string some = pipe.Some(); !some.empty(); some = pipe.Some()) all += some;
  });
  {
    LineWriter writer(pipe.writer(), 4 << 20);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&writer, thread] {
        for (int i = 0; i < kLines; ++i)
          writer.Append(fmt::format("{} {}", thread, i), i % 97 == 0);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  pipe.CloseWriter();
  reader.join();
  std::map<int, int> next;
  size_t lines = 0;
  for (size_t at = 0; at < all.size(); ++lines) {
    const size_t end = all.find('\n', at);
    int thread = -1;
    int number = -1;
    ASSERT_EQ(sscanf(all.substr(at, end - at).c_str(), "%d %d", &thread, &number), 2);
    EXPECT_EQ(number, next[thread]++);
    at = end + 1;
  }
  EXPECT_EQ(lines, static_cast<size_t>(kThreads * kLines));
}

TEST(LineWriter, UrgentLinesTakeTheOthersAlong) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), 1 << 20);
  writer.Append("calm", false);
  writer.Append("urgent", true);
  std::string seen;
  while (seen.find("urgent") == std::string::npos) seen += pipe.Some();
  EXPECT_EQ(seen, "calm\nurgent\n");
}

TEST(LineWriter, HidesSecrets) {
  const Secret secret("sk-line-writer-secret");
  Pipe pipe;
  {
    LineWriter(pipe.writer(), 1 << 20).Append("key=sk-line-writer-secret.", false);
  }
  EXPECT_EQ(pipe.Rest(), "key=[secret].\n");
}

TEST(LineWriter, AStoppedReaderCostsLinesAndNothingElse) {
  constexpr uint64_t kLines = 1000;
  Pipe pipe;  // takes 64 KiB and then no more
  const std::string line(1023, 'x');
  uint64_t dropped = 0;
  {
    LineWriter writer(pipe.writer(), 256 << 10);
    for (uint64_t i = 0; i < kLines; ++i) writer.Append(line, false);
    dropped = writer.dropped();
    EXPECT_GE(dropped, kLines - 2 * 256 - 64);
    EXPECT_LT(dropped, kLines);
    pipe.CloseReader();  // what is being written fails; nothing hangs
  }
}

TEST(LineWriter, AGoneReaderIsCounted) {
  Pipe pipe;
  pipe.CloseReader();
  LineWriter writer(pipe.writer(), 1 << 20);
  writer.Append("nobody reads this", true);
  while (writer.dropped() == 0) std::this_thread::yield();
  EXPECT_EQ(writer.dropped(), 1U);
}

}  // namespace
}  // namespace weir
