// YAML text -> Settings. Unknown and duplicate keys, wrong types, units and combinations are errors
// with file:line:col, the value and "did you mean". `${NAME}` is expanded in parsed scalars only.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/environment.h"
#include "config/settings.h"

namespace weir::config {

Result<Settings> Parse(std::string_view text, std::string_view file, const Environment& env);
// Reads the file (at most 32 MiB) and parses it; adds the warning about a world-readable file that
// holds a secret in clear.
Result<Settings> ParseFile(const std::string& path, const Environment& env);

// A list of what the section `keys` holds; environment variables are not expanded.
Result<std::vector<KeySettings>> ParseKeys(std::string_view text, std::string_view file);

// The bytes of a file, at most one more than LoadYaml takes; a kConfig error that names it.
Result<std::string> ReadFile(const std::string& path);

// Shared by other readers of declared values: "10s", "250ms", "1h30m"; "32MiB", "64k"; "128k"
// tokens. The errors quote the text and say what was expected, without a position. ParseUrl's and
// ParseRedisUrl's never quote.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);  // > 0, at most 3650d
Result<int64_t> ParseSize(std::string_view text);        // KiB/MiB/GiB; k/M/G are 1000s
Result<int64_t> ParseTokenCount(std::string_view text);  // 128k = 128,000; 1M; plain integers
// What may name a provider, model, route, tier or rule: 1 to 200 visible ASCII characters without
// quotes or any of \ , ; < > { } ? & #, so that it can stand in a header, a URL and a log line.
bool IsName(std::string_view text);
// http or https with a host, port and path; no user, query or fragment; ASCII only.
Result<Url> ParseUrl(std::string_view text);
// redis://[user:password@]host[:port][/database], rediss:// for TLS; user and password may be
// percent-encoded. What the URL does not say is left as it is in RedisSettings.
Result<RedisSettings> ParseRedisUrl(std::string_view text);
// An IP literal and a port from 1; "localhost" becomes 127.0.0.1.
Result<HostPort> ParseHostPort(std::string_view text);

}  // namespace weir::config
