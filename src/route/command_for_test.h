// What a shell command prints, for tests against Python and scripts.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

namespace weir::route {

// Its standard output; nullopt when it cannot be run or fails.
inline std::optional<std::string> OutputOf(const std::string& command) {
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string out;
  char block[4096];
  for (size_t got; (got = fread(block, 1, sizeof(block), pipe)) > 0;) out.append(block, got);
  if (pclose(pipe) != 0) return std::nullopt;
  return out;
}

inline bool PythonIsHere() {
  return OutputOf("python3 -c pass").has_value();
}

}  // namespace weir::route
