// The shared test data: recordings of real providers and clients, read where they lie.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

// The folder named by WEIR_TESTDATA, else ../shared beside the checkout; nullopt when it is absent.
std::optional<std::string> TestDataRoot();

// A whole file, or nullopt.
std::optional<std::string> ReadWholeFile(const std::string& path);

}  // namespace weir

// Skips the test with a clear line when the shared data is not there.
#define WEIR_REQUIRE_TESTDATA(root)                                                \
  auto root##_or = weir::TestDataRoot();                                           \
  if (!root##_or) GTEST_SKIP() << "shared test data is absent: set WEIR_TESTDATA"; \
  const std::string& root = *root##_or
