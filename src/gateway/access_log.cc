#include "gateway/access_log.h"

#include "base/log.h"
#include "base/strings.h"
#include "json/write.h"

namespace weir::gateway {
namespace {

constexpr size_t kMaxPath = 256;
constexpr size_t kUsualLine = 640;

std::string PricesText(const catalog::Prices& prices) {
  return fmt::format("${}/${}", FormatPrice(prices.input), FormatPrice(prices.output));
}

std::string Dash(std::string_view text) {
  return std::string(text.empty() ? "-" : text);
}

std::string Millis(int64_t micros) {
  return micros < 0 ? "-" : fmt::format("{}.{}ms", micros / 1000, micros % 1000 / 100);
}

std::string TextLine(const ledger::Record& record, const catalog::Prices* prices) {
  std::string name = record.route.empty() ? record.requested : record.route;
  std::string requested;
  AppendJsonString(&requested, name);  // a client's text: quoted, so that a line stays a line
  std::string line = fmt::format(
      "{} {} {} tier={} reason={} model={} {} cost=${} first={} total={} cache={} attempts={}",
      FormatWall(record.time), record.id.ToString(), requested, Dash(record.tier),
      Dash(record.reason), Dash(record.model), prices ? PricesText(*prices) : "unpriced",
      FormatUsd(record.cost), Millis(record.first_token_us), Millis(record.total_us), record.cache,
      record.attempts.size());
  if (record.outcome != "ok")
    line += fmt::format(" status={} error={}", record.status, record.outcome);
  if (!record.fallback.empty()) line += fmt::format(" fallback={}", record.fallback);
  return line;
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
  Text(writer, "time", FormatWall(time));
  Text(writer, "level", "info");
  Text(writer, "event", "request");
  Text(writer, "id", id.ToString());
}

std::string JsonLine(const ledger::Record& record, const catalog::Prices* prices) {
  std::string line;
  line.reserve(kUsualLine);
  json::Writer writer(&line);
  BeginLine(writer, record.time, record.id);
  Text(writer, "endpoint", record.endpoint);
  Text(writer, "requested", record.requested);
  Text(writer, "route", record.route);
  Text(writer, "tier", record.tier);
  Text(writer, "reason", record.reason);
  Text(writer, "model", record.model);
  if (prices != nullptr) {
    Text(writer, "usd_per_million_in", FormatPrice(prices->input));
    Text(writer, "usd_per_million_out", FormatPrice(prices->output));
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
  return line;
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

void LogRequest(const ledger::Record& record, const catalog::Directory& directory) {
  if (!LogEnabled(LogLevel::kInfo)) return;
  catalog::ModelId model = directory.FindModel(record.model);
  const catalog::Prices* prices = nullptr;
  if (model != catalog::kNoModel && directory.model(model).prices) {
    prices = &*directory.model(model).prices;
  }
  LogLine(CurrentLogFormat() == LogFormat::kJson ? JsonLine(record, prices)
                                                 : TextLine(record, prices));
}

}  // namespace weir::gateway
