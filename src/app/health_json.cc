#include "app/metrics.h"
#include "json/write.h"

namespace weir::app {
namespace {

void Member(json::Writer& writer, std::string_view key, int64_t value) {
  writer.Key(key);
  writer.Int(value);
}

void WriteTarget(json::Writer& writer, const gateway::TargetHealth& target) {
  writer.BeginObject();
  writer.Key("model");
  writer.String(target.model);
  writer.Key("provider");
  writer.String(target.provider);
  writer.Key("state");
  writer.String(target.open ? "resting" : "ok");
  Member(writer, "ready_in_ms", target.open_for_ms);
  Member(writer, "consecutive_failures", target.consecutive_failures);
  Member(writer, "keys", static_cast<int64_t>(target.keys));
  Member(writer, "keys_usable", static_cast<int64_t>(target.keys_usable));
  writer.EndObject();
}

void WriteLedger(json::Writer& writer, const ledger::LedgerHealth& health) {
  writer.BeginObject();
  Member(writer, "rows", static_cast<int64_t>(health.rows));
  Member(writer, "rows_dropped", static_cast<int64_t>(health.rows_dropped));
  Member(writer, "rows_in_ring", static_cast<int64_t>(health.rows_in_ring));
  Member(writer, "sink_lag_rows", static_cast<int64_t>(health.sink_lag_rows));
  writer.EndObject();
}

void WriteCache(json::Writer& writer, const cache::StoreFigures& figures) {
  writer.BeginObject();
  Member(writer, "entries", static_cast<int64_t>(figures.entries));
  Member(writer, "bytes", static_cast<int64_t>(figures.bytes));
  Member(writer, "limit", static_cast<int64_t>(figures.limit));
  writer.EndObject();
}

}  // namespace

std::string HealthJson(const gateway::Server& server, const ledger::Ledger& ledger) {
  const gateway::ServerHealth health = server.health();
  const ledger::LedgerHealth rows = ledger.health();
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("status");
  const bool redis_down = health.redis && health.redis->down;
  const bool degraded = !rows.degraded.empty() || redis_down;
  writer.String(health.draining ? "draining" : degraded ? "degraded" : "ok");
  writer.Key("degraded");
  writer.BeginArray();
  if (!rows.degraded.empty()) writer.String("ledger: " + rows.degraded);
  if (redis_down) writer.String("redis");
  writer.EndArray();
  Member(writer, "inflight", health.inflight);
  Member(writer, "config_version", health.config_version);
  Member(writer, "retry_tokens", health.retry_tokens);
  writer.Key("ledger");
  WriteLedger(writer, rows);
  writer.Key("cache");
  WriteCache(writer, health.cache);
  writer.Key("targets");
  writer.BeginArray();
  for (const gateway::TargetHealth& target : health.targets) WriteTarget(writer, target);
  writer.EndArray();
  writer.EndObject();
  return text;
}

}  // namespace weir::app
