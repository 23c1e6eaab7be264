// YAML text -> Settings. Unknown and duplicate keys, wrong types, units and combinations are errors
// with file:line:col, the value and "did you mean". `${NAME}` is expanded in parsed scalars only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.h"

namespace weir::config {

// The environment, handed in so that tests own it: nullopt when unset.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment ProcessEnvironment();

Result<Settings> Parse(std::string_view text, std::string_view file, const Environment& env);
// Reads the file (at most 32 MiB) and parses it; adds the warning about a world-readable file that
// holds a secret in clear.
Result<Settings> ParseFile(const std::string& path, const Environment& env);

// Shared by other readers of declared values: "10s", "250ms", "1h30m"; "32MiB", "64k"; "128k" tokens.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);
Result<int64_t> ParseSize(std::string_view text);        // KiB/MiB/GiB; k/M/G are 1000s
Result<int64_t> ParseTokenCount(std::string_view text);  // 128k = 128,000; 1M; plain integers
Result<Url> ParseUrl(std::string_view text);
Result<HostPort> ParseHostPort(std::string_view text);

}  // namespace weir::config
