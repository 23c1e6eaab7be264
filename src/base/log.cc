#include "base/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

#include "base/clock.h"
#include "base/line_writer.h"
#include "base/secret.h"
#include "base/strings.h"

namespace weir {
namespace {

constexpr size_t kQueueBytes = 4 << 20;

struct LogState {
  std::atomic<LogLevel> level{LogLevel::kInfo};
  std::atomic<LogFormat> format{LogFormat::kText};
  std::unique_ptr<LineWriter> writer;
};

LogState& State() {
  static LogState state;
  return state;
}

std::string_view LevelName(LogLevel level) {
  constexpr std::array<std::string_view, 6> kNames = {"trace", "debug", "info",
                                                      "warn",  "error", "off"};
  return kNames[static_cast<size_t>(level)];
}

std::string JsonLine(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) {
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","event":)",
                                 FormatWall(SystemClock().Wall()), LevelName(level));
  AppendJsonString(&line, event);
  for (const LogField& field : fields) {
    line += ',';
    AppendJsonString(&line, field.name);
    line += ':';
    if (field.raw) {
      line += field.value;
    } else {
      AppendJsonString(&line, field.value);
    }
  }
  return line + "}";
}

bool IsPlainWord(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
  });
}

std::string TextLine(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) {
  std::string line =
      fmt::format("{} {:5} {}", FormatWall(SystemClock().Wall()), LevelName(level), event);
  for (const LogField& field : fields) {
    line += fmt::format(" {}=", field.name);
    if (field.raw || IsPlainWord(field.value)) {
      line += field.value;
    } else {
      AppendJsonString(&line, field.value);
    }
  }
  return line;
}

void Write(std::string_view line, bool urgent) {
  LogState& state = State();
  if (state.writer) {
    state.writer->Append(line, urgent);
  } else {
    fmt::print(stderr, "{}\n", ScrubSecrets(line));
  }
}

}  // namespace

LogField Field(std::string_view name, std::string_view value) {
  return {name, std::string(value), false};
}
LogField Field(std::string_view name, int64_t value) {
  return {name, std::to_string(value), true};
}

void InitLog(LogOptions options) {
  LogState& state = State();
  state.level = options.level;
  state.format = options.format;
  if (!state.writer) state.writer = std::make_unique<LineWriter>(STDOUT_FILENO, kQueueBytes);
}

bool LogEnabled(LogLevel level) {
  return level >= State().level.load(std::memory_order_relaxed);
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!LogEnabled(level)) return;
  Write(CurrentLogFormat() == LogFormat::kJson ? JsonLine(level, event, fields)
                                               : TextLine(level, event, fields),
        level >= LogLevel::kWarn);
}

void LogLine(std::string_view line) {
  Write(line, false);
}

LogFormat CurrentLogFormat() {
  return State().format.load(std::memory_order_relaxed);
}

uint64_t LogLinesDropped() {
  LogState& state = State();
  return state.writer ? state.writer->dropped() : 0;
}

void FlushLog() {
  State().writer.reset();
}

}  // namespace weir
