// What the ledger's tests share: rows, a disk that fails on request.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "ledger/journal.h"
#include "ledger/record.h"
#include "testing/temp_dir.h"

namespace weir::ledger {

inline std::string ReadBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

inline void WriteBytes(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Row `n` of a series, with one attempt; ids ascend with time.
inline Record MakeRow(int n, WallMicros base = 1'764'000'000'000'000) {
  Record record;
  record.time = base + n * 1'000'000LL;
  record.id = NewRequestId(record.time);
  record.endpoint = "chat";
  record.route = "auto";
  record.tier = n % 3 == 0 ? "simple" : "medium";
  record.model = n % 2 == 0 ? "aiwave/deepseek-chat" : "aiwave/glm-4-flash";
  record.outcome = "ok";
  record.status = 200;
  record.tokens = {.prompt = 1000 + n, .cached = 10, .completion = 500, .reasoning = 0};
  record.cost = NanoUsd{100'000 + n};
  record.priced = true;
  record.baseline = "openai/gpt-4o";
  record.baseline_cost = NanoUsd{7'500'000};
  record.first_token_us = 1000 * (n + 1);
  record.total_us = 2000 * (n + 1);
  record.attempts = {{.model = record.model,
                      .provider = "aiwave",
                      .outcome = "ok",
                      .status = 200,
                      .tokens = record.tokens,
                      .priced = true,
                      .cost = record.cost,
                      .first_byte_us = 900,
                      .total_us = 1900}};
  return record;
}

inline Bodies BodiesOf(const Record& row) {
  return {R"({"messages":[{"role":"user","content":"of )" + row.id.ToString() + R"("}]})",
          "the answer", "the other answer"};
}

inline std::vector<std::string> ReplayAll(const std::string& directory, JournalPosition from = {}) {
  std::vector<std::string> payloads;
  auto result = Replay(directory, from, [&](std::string_view payload, JournalPosition) {
    payloads.emplace_back(payload);
    return true;
  });
  EXPECT_TRUE(result) << result.error().message;
  return payloads;
}

// A disk whose n-th call fails; the counts are of all calls so far.
struct FaultyDisk {
  int writes = 0;
  int syncs = 0;
  int fail_write = -1;  // the n-th write, from 0, fails with `error`
  bool fail_all_writes = false;
  int fail_sync = -1;
  bool fail_truncate = false;
  size_t part = 0;            // bytes that the failing write stores nevertheless
  size_t at_most = SIZE_MAX;  // bytes a write takes
  int error = ENOSPC;
  std::function<void()> before_write = [] {};

  FileCalls Calls() {
    return {
        [this](int fd, const void* bytes, size_t size) { return Write(fd, bytes, size); },
        [this](int) { return syncs++ == fail_sync ? Fail(EIO) : 0; },
        [this](int fd, int64_t size) { return fail_truncate ? Fail(EIO) : ftruncate(fd, size); }};
  }

 private:
  static int Fail(int code) {
    errno = code;
    return -1;
  }
  long Write(int fd, const void* bytes, size_t size) {
    before_write();
    int n = writes++;
    // After the part that fits comes the failure itself.
    if (n == fail_write && part > 0 && part < size) {
      ++fail_write;
      return ::write(fd, bytes, std::exchange(part, 0));
    }
    if (n == fail_write || fail_all_writes) return Fail(error);
    return ::write(fd, bytes, std::min(size, at_most));
  }
};

}  // namespace weir::ledger
