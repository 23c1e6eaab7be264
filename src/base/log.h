// The program's log: one line an event, text on a terminal, JSON into a pipe. Lines are scrubbed of
// secrets and written by a background thread (line_writer.h), warnings at once, others within 10
// ms; a stopped reader never stops a worker. Any thread, after InitLog(); before it lines go to
// stderr.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace weir {

enum class LogLevel : uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat : uint8_t { kText, kJson };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

// A named value of a line. `raw` values (numbers, booleans) are not quoted in JSON.
struct LogField {
  std::string_view name;
  std::string value;
  bool raw = false;
};
LogField Field(std::string_view name, std::string_view value);
LogField Field(std::string_view name, int64_t value);

void InitLog(LogOptions options);
bool LogEnabled(LogLevel level);
// `event` is a short constant phrase; what varies stands in fields.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
// A ready line (the one-line-a-request log, built by its owner): scrubbed and written as it is.
void LogLine(std::string_view line);
LogFormat CurrentLogFormat();
uint64_t LogLinesDropped();
void FlushLog();  // writes what is queued; at exit

}  // namespace weir
