#include "testing/testdata.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace weir {

std::optional<std::string> TestDataRoot() {
  const char* named = std::getenv("WEIR_TESTDATA");
  // A test runs from the checkout or from its build folder.
  for (std::string candidate : {std::string(named ? named : ""), std::string("../shared"),
                                std::string(WEIR_SOURCE_DIR) + "/../shared"}) {
    if (!candidate.empty() && std::filesystem::is_directory(candidate + "/client_requests")) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::optional<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace weir
