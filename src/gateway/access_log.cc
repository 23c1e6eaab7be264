#include "gateway/access_log.h"

#include "base/log.h"
#include "base/strings.h"
#include "json/write.h"

namespace weir::gateway {
namespace {

constexpr size_t kMaxPath = 256;
constexpr size_t kUsualLine = 640;

std::string_view Dash(std::string_view text) {
  return text.empty() ? "-" : text;
}

using Out = std::back_insert_iterator<std::string>;

void PutMillis(Out out, int64_t micros) {
  if (micros < 0) {
    fmt::format_to(out, "-");
  } else {
    fmt::format_to(out, "{}.{}ms", micros / 1000, micros % 1000 / 100);
  }
}

void WriteText(const ledger::Record& record, const catalog::Rates* rates, std::string* line) {
  const Out out(*line);
  fmt::format_to(out, "{} {} ", WallText(record.time).view(), record.id.Text().view());
  // A client's text: quoted, so that a line stays a line.
  AppendJsonString(line, record.route.empty() ? record.requested : record.route);
  fmt::format_to(out, " tier={} reason={} model={} ", Dash(record.tier), Dash(record.reason),
                 Dash(record.model));
  if (rates != nullptr) {
    fmt::format_to(out, "${}/${}", FormatPrice(rates->input), FormatPrice(rates->output));
  } else {
    fmt::format_to(out, "unpriced");
  }
  fmt::format_to(out, " cost=${} first=", FormatUsd(record.cost));
  PutMillis(out, record.first_token_us);
  fmt::format_to(out, " total=");
  PutMillis(out, record.total_us);
  fmt::format_to(out, " cache={} attempts={}", std::string_view(record.cache),
                 record.attempts.size());
  if (record.outcome != "ok") {
    fmt::format_to(out, " status={} error={}", record.status, std::string_view(record.outcome));
  }
  if (!record.fallback.empty()) {
    fmt::format_to(out, " fallback={}", std::string_view(record.fallback));
  }
}

[[gnu::always_inline]] inline void Text(json::Writer& writer, json::Name key,
                                        std::string_view value) {
  writer.Key(key);
  writer.String(value);
}

void Number(json::Writer& writer, json::Name key, int64_t value) {
  writer.Key(key);
  writer.Int(value);
}

void Millis(json::Writer& writer, json::Name key, int64_t micros) {
  writer.Key(key);
  writer.Decimal(micros, 3);
}

void BeginLine(json::Writer& writer, WallMicros time, const RequestId& id) {
  writer.BeginObject();
  Text(writer, "time", WallText(time));
  Text(writer, "level", "info");
  Text(writer, "event", "request");
  Text(writer, "id", id.Text());
}

void WriteJson(const ledger::Record& record, const catalog::Rates* rates, std::string* line) {
  json::Writer writer(line);
  BeginLine(writer, record.time, record.id);
  Text(writer, "endpoint", record.endpoint);
  Text(writer, "requested", record.requested);
  Text(writer, "route", record.route);
  Text(writer, "tier", record.tier);
  Text(writer, "reason", record.reason);
  Text(writer, "model", record.model);
  if (rates != nullptr) {
    Text(writer, "usd_per_million_in", FormatPrice(rates->input));
    Text(writer, "usd_per_million_out", FormatPrice(rates->output));
  }
  Text(writer, "cost_usd", FormatUsd(record.cost));
  if (record.first_token_us >= 0) {
    Millis(writer, "first_token_ms", record.first_token_us);
  }
  Millis(writer, "total_ms", record.total_us);
  Text(writer, "cache", record.cache);
  Number(writer, "attempts", static_cast<int64_t>(record.attempts.size()));
  Number(writer, "status", record.status);
  Text(writer, "outcome", record.outcome);
  if (!record.fallback.empty()) Text(writer, "fallback", record.fallback);
  writer.EndObject();
}

std::string TextLine(const LogEntry& entry) {
  std::string path;
  AppendJsonString(&path, Utf8Prefix(entry.path, kMaxPath));
  return fmt::format("{} {} {} {} status={} outcome={}", FormatWall(entry.time),
                     entry.id.ToString(), Dash(entry.method), path, entry.status, entry.outcome);
}

std::string JsonLine(const LogEntry& entry) {
  std::string line;
  line.reserve(kUsualLine);
  json::Writer writer(&line);
  BeginLine(writer, entry.time, entry.id);
  Text(writer, "method", entry.method);
  Text(writer, "path", Utf8Prefix(entry.path, kMaxPath));
  Number(writer, "status", entry.status);
  Text(writer, "outcome", entry.outcome);
  writer.EndObject();
  return line;
}

}  // namespace

void LogRequest(const LogEntry& entry) {
  if (!LogEnabled(LogLevel::kInfo)) return;
  LogLine(CurrentLogFormat() == LogFormat::kJson ? JsonLine(entry) : TextLine(entry));
}

void LogRequest(const ledger::Record& record, const catalog::Directory& directory,
                std::string* scratch) {
  if (!LogEnabled(LogLevel::kInfo)) return;
  catalog::ModelId model = directory.FindModel(record.model);
  const catalog::Rates* rates = nullptr;
  if (model != catalog::kNoModel && directory.model(model).prices) {
    rates = &directory.model(model).prices->At(record.tokens.prompt, record.time);
  }
  scratch->clear();
  scratch->reserve(kUsualLine);
  if (CurrentLogFormat() == LogFormat::kJson) {
    WriteJson(record, rates, scratch);
  } else {
    WriteText(record, rates, scratch);
  }
  LogLine(*scratch);
}

}  // namespace weir::gateway
