#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "base/clock.h"
#include "base/secret.h"
#include "base/strings.h"

namespace weir {
namespace {

constexpr size_t kQueueLines = 8192;

struct LogState {
  std::atomic<LogLevel> level{LogLevel::kInfo};
  std::atomic<LogFormat> format{LogFormat::kText};
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::logger> logger;
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
  if (state.logger) return;
  state.pool = std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1);
  auto sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  state.logger = std::make_shared<spdlog::async_logger>(
      "weir", std::move(sink), state.pool, spdlog::async_overflow_policy::overrun_oldest);
  state.logger->set_pattern("%v");
  state.logger->flush_on(spdlog::level::info);
}

bool LogEnabled(LogLevel level) {
  return level >= State().level.load(std::memory_order_relaxed);
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!LogEnabled(level)) return;
  LogLine(CurrentLogFormat() == LogFormat::kJson ? JsonLine(level, event, fields)
                                                 : TextLine(level, event, fields));
}

void LogLine(std::string_view line) {
  LogState& state = State();
  std::string clean = ScrubSecrets(line);
  if (state.logger) {
    state.logger->log(spdlog::level::info, spdlog::string_view_t(clean));
  } else {
    fmt::print(stderr, "{}\n", clean);
  }
}

LogFormat CurrentLogFormat() {
  return State().format.load(std::memory_order_relaxed);
}

uint64_t LogLinesDropped() {
  LogState& state = State();
  return state.pool ? state.pool->overrun_counter() : 0;
}

void FlushLog() {
  LogState& state = State();
  if (!state.logger) return;
  state.logger->flush();
  // The pool's destructor joins its thread after the queue is written.
  state.logger.reset();
  state.pool.reset();
}

}  // namespace weir
