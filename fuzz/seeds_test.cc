// The fuzz targets on their committed seeds, in the build under test (HARDENING F01–F08). A fault
// ends the process with the oracle's words.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "testing/testdata.h"

// One line a target: its number in HARDENING, or the nearest one, and its name.
#define WEIR_FUZZ_TARGETS(X)   \
  X(F01, fuzz_http_request)    \
  X(F01, fuzz_http_connection) \
  X(F02, fuzz_http_response)   \
  X(F02, fuzz_gzip)            \
  X(F03, fuzz_sse)             \
  X(F04, fuzz_chat_json)       \
  X(F04, fuzz_prompt)          \
  X(F04, fuzz_reading)         \
  X(F05, fuzz_config)          \
  X(F05, fuzz_keys)            \
  X(F06, fuzz_journal)         \
  X(F07, fuzz_auth)            \
  X(F07, fuzz_query)           \
  X(F07, fuzz_url)             \
  X(F08, fuzz_redis_reply)     \
  X(More, fuzz_cache_key)      \
  X(More, fuzz_money)          \
  X(More, fuzz_quality)

#define WEIR_DECLARE(id, name) extern "C" int name(const uint8_t* bytes, size_t size);
WEIR_FUZZ_TARGETS(WEIR_DECLARE)

namespace weir {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> SeedsOf(const std::string& target) {
  const fs::directory_iterator files(fs::path(WEIR_FUZZ_CORPUS) / target);
  return {begin(files), end(files)};
}

void RunSeeds(const std::string& target, int (*run)(const uint8_t*, size_t)) {
  const std::vector<fs::path> seeds = SeedsOf(target);
  EXPECT_GE(seeds.size(), 3U);
  for (const fs::path& seed : seeds) {
    const std::string bytes = ReadWholeFile(seed).value();
    EXPECT_EQ(run(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()), 0) << seed;
  }
}

#define WEIR_TEST_SEEDS(id, name) \
  TEST(FuzzSeeds, id##_##name) {  \
    RunSeeds(#name, &name);       \
  }
WEIR_FUZZ_TARGETS(WEIR_TEST_SEEDS)

TEST(FuzzSeeds, NoTargetIsLeftOut) {
#define WEIR_NAME(id, name) #name,
  const std::set<std::string> named = {WEIR_FUZZ_TARGETS(WEIR_NAME)};
  for (const auto& folder : fs::directory_iterator(WEIR_FUZZ_CORPUS)) {
    EXPECT_TRUE(named.contains(folder.path().filename())) << folder.path();
  }
}

}  // namespace
}  // namespace weir
