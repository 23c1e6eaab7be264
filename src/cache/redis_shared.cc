#include "cache/redis_shared.h"

#include "base/log.h"
#include "base/strings.h"

namespace weir::cache {
namespace {

net::RedisTarget TargetOf(const config::RedisSettings& settings) {
  net::RedisTarget target;
  target.endpoint.host = settings.host;
  target.endpoint.port = settings.port;
  target.endpoint.tls = settings.tls;
  target.endpoint.ca_file = settings.ca_file;
  target.endpoint.http = false;
  target.user = settings.user;
  target.password = settings.password;
  target.database = settings.database;
  target.probe_key = "weir:probe";
  return target;
}

void Tell(const std::string& where, const Outage::Line& line) {
  const LogField url = Field("redis", where);
  const LogField untold = Field("changes_since_last_line", line.untold);
  if (line.began) {
    Log(LogLevel::kWarn, "redis is down: answers are cached by this process alone",
        {url, Field("why", line.why), untold});
  } else {
    Log(LogLevel::kInfo, "redis is back",
        {url, Field("after", FormatDuration(line.lasted)), untold});
  }
}

uint64_t Read(const std::atomic<uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

}  // namespace

RedisShared::RedisShared(const config::RedisSettings& settings, const Clock& clock)
    : clock_(clock),
      target_(TargetOf(settings)),
      outage_(clock,
              [where = settings.ToString()](const Outage::Line& line) { Tell(where, line); }),
      purges_(clock) {}

RedisFigures RedisShared::figures() const {
  RedisFigures figures;
  figures.down = outage_.any();
  figures.down_time = outage_.total();
  figures.hits = Read(counters_.hits);
  figures.misses = Read(counters_.misses);
  figures.unasked = Read(counters_.unasked);
  figures.corrupt = Read(counters_.corrupt);
  figures.stored = Read(counters_.stored);
  figures.too_large = Read(counters_.too_large);
  figures.purged = Read(counters_.purged);
  figures.purges_unfinished = purges_.unfinished();
  figures.connects = Read(traffic_.connects);
  figures.commands = Read(traffic_.commands);
  figures.errors = Read(traffic_.errors);
  figures.timeouts = Read(traffic_.timeouts);
  figures.dropped = Read(traffic_.dropped);
  figures.sent_bytes = Read(traffic_.sent_bytes);
  figures.received_bytes = Read(traffic_.received_bytes);
  return figures;
}

}  // namespace weir::cache
