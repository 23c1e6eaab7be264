#include "app/quality.h"

#include "app/admin_client.h"
#include "app/command.h"
#include "app/flags.h"
#include "app/loaded.h"
#include "app/print.h"
#include "gateway/sample.h"
#include "json/object.h"
#include "json/write.h"
#include "ledger/each_row.h"
#include "ledger/ledger.h"
#include "ledger/report.h"
#include "quality/reach_json.h"

namespace weir::app {
namespace {

constexpr int64_t kMostSamples = 100'000;  // rows read, with a verdict or without
constexpr int64_t kMostOfATier = 20'000;
constexpr int64_t kMostOrders = 1'000;
constexpr std::string_view kUndo = "undo", kResume = "resume";

struct Where {
  std::string route, tier;
};

Result<Where> WhereOf(std::string_view body) {
  WEIR_TRY(const json::Object object, json::Object::Parse(body));
  Where where;
  WEIR_TRY(where.route, object.RequiredString("route"));
  WEIR_TRY(where.tier, object.RequiredString("tier"));
  return where;
}

void WriteShare(std::string_view name, double value, json::Writer* writer) {
  writer->Key(name);
  writer->Double(value);
}

void WriteSlice(const quality::SliceFigures& slice, json::Writer* writer) {
  writer->BeginObject();
  for (const auto& [name, text] :
       {std::pair<std::string_view, const std::string&>{"route", slice.name.route},
        {"tier", slice.name.tier},
        {"task", slice.name.task},
        {"language", slice.name.language}}) {
    writer->Key(name);
    writer->String(text);
  }
  constexpr std::string_view kOutcomes[] = {"wins", "ties", "losses"};
  for (size_t i = 0; i < slice.counts.size(); ++i) {
    writer->Key(kOutcomes[i]);
    writer->Int(slice.counts[i]);
  }
  WriteShare("as_good", slice.as_good, writer);
  WriteShare("low", slice.interval.low, writer);
  WriteShare("high", slice.interval.high, writer);
  WriteShare("loss", slice.loss, writer);
  WriteShare("loss_low", slice.loss_interval.low, writer);
  WriteShare("loss_high", slice.loss_interval.high, writer);
  writer->EndObject();
}

void WriteTier(const quality::Monitor::Tier& tier, json::Writer* writer) {
  writer->BeginObject();
  writer->Key("route");
  writer->String(tier.route);
  writer->Key("tier");
  writer->String(tier.tier);
  writer->Key("in_force");
  writer->Bool(tier.acts);
  writer->Key("pinned");
  writer->Bool(tier.pinned);
  writer->Key("version");
  writer->Uint(tier.calibration->version);
  WriteShare("reach", tier.calibration->crest, writer);
  WriteShare("verdicts", tier.calibration->verdicts, writer);
  WriteShare("loss", tier.calibration->loss, writer);
  WriteShare("allowed", tier.calibration->allowed, writer);
  writer->Key("held");
  writer->BeginArray();
  for (const quality::TaskTerms& task : tier.calibration->tasks) {
    if (task.held) writer->String(task.task);
  }
  writer->EndArray();
  writer->EndObject();
}

// In the ledger, with what is in force from then on: a restart takes that up again.
void Write(const Where& where, std::string_view order, const quality::Calibration& now_in_force,
           WallMicros now, ledger::Ledger& ledger) {
  ledger::Record row;
  row.time = now;
  row.id = NewRequestId(row.time);
  row.kind = ledger::kOrder;
  row.route = where.route;
  row.tier = where.tier;
  row.outcome = order;
  row.priced = true;
  std::string state;
  json::Writer writer(&state);
  quality::WriteReach(now_in_force, &writer);
  row.signals = state;
  ledger.Append(row);
}

// The newest verdicts that a start is told of, and not more of one tier than it remembers.
class Collected {
 public:
  void Take(const ledger::Record& row) {
    std::optional<quality::Evidence> evidence = gateway::EvidenceOf(row);
    if (!evidence) return;
    int64_t& known = by_tier_[{evidence->route, evidence->tier}];
    if (++known <= kMostOfATier) verdicts_.push_back(*std::move(evidence));
  }
  void Tell(quality::Monitor& monitor) {
    for (auto evidence = verdicts_.rbegin(); evidence != verdicts_.rend(); ++evidence) {
      monitor.Add(std::move(*evidence));
      if ((verdicts_.rend() - evidence) % 1'000 == 0) monitor.Wait();
    }
    monitor.Wait();
  }

 private:
  std::vector<quality::Evidence> verdicts_;
  std::map<std::pair<std::string, std::string>, int64_t> by_tier_;
};

Result<void> EachNewest(ledger::Reader& reader, std::string_view kind, int64_t most,
                        const std::function<void(const ledger::Record& row)>& take) {
  ledger::DecisionFilter filter;
  filter.kind = kind;
  return ledger::EachRow(reader, filter, [&](const ledger::Record& row) -> Result<bool> {
    take(row);
    return --most > 0;
  });
}

// The newest order of each tier is the one that holds.
Result<void> ObeyOrders(ledger::Reader& reader, quality::Monitor& monitor) {
  std::set<std::pair<std::string, std::string>> seen;
  return EachNewest(reader, ledger::kOrder, kMostOrders, [&](const ledger::Record& row) {
    const bool newest = seen.emplace(std::string(row.route), std::string(row.tier)).second;
    if (newest && row.outcome == kUndo) {
      const auto reach = quality::ReadReach(row.signals);
      if (reach) monitor.Pin(row.route, row.tier, *reach);
    }
  });
}

std::string Said(std::string_view name, std::string_view text) {
  std::string answer;
  json::Writer writer(&answer);
  writer.BeginObject();
  writer.Key(std::string(name));
  writer.String(text);
  writer.EndObject();
  return answer;
}

std::string OrderOf(const Where& where) {
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("route");
  writer.String(where.route);
  writer.Key("tier");
  writer.String(where.tier);
  writer.EndObject();
  return text;
}

int Ask(const std::string& config, std::string_view method, std::string_view path,
        const std::string& body) {
  const Result<Loaded> loaded = Load(config);
  if (!loaded) return Fail(loaded.error());
  Result<std::string> answer = AskAdmin(loaded->settings, method, path, body);
  if (!answer) return Fail(answer.error());
  Print(*answer + "\n");
  return kDone;
}

std::function<int()> Declare(const Flags& flags, const std::string& config) {
  auto where = std::make_shared<Where>();
  flags.Sub("show", "what verdicts say, and what follows from them",
            [&config] { return Ask(config, "GET", "/api/quality", ""); });
  const Flags undo = flags.Sub(
      "undo", "back to before the last change, and stay there",
      [&config, where] { return Ask(config, "POST", "/api/quality/undo", OrderOf(*where)); });
  const Flags resume = flags.Sub("resume", "learn on after an undo", [&config, where] {
    return Ask(config, "POST", "/api/quality/resume", OrderOf(*where));
  });
  for (const Flags& order : {undo, resume}) {
    order.Add("route", where->route, "the route").Required();
    order.Add("tier", where->tier, "its tier, or its floor's model").Required();
  }
  return flags.Chosen();
}

}  // namespace

Result<void> LoadVerdicts(const std::string& data_dir, quality::Monitor& monitor) {
  auto reader = ledger::Reader::Open(data_dir, {0, 0});
  if (!reader) return {};  // nothing was ever written
  Collected newest;
  WEIR_CHECK_OK(EachNewest(**reader, ledger::kSample, kMostSamples,
                           [&newest](const ledger::Record& row) { newest.Take(row); }));
  newest.Tell(monitor);
  return ObeyOrders(**reader, monitor);
}

std::string QualityJson(const gateway::ServerHealth& health) {
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Key("verdicts");
  writer.Int(health.quality.verdicts);
  writer.Key("samples");
  writer.Uint(health.samples.taken);
  writer.Key("samples_over_budget");
  writer.Uint(health.samples.broke);
  writer.Key("alarms");
  writer.BeginArray();
  for (const std::string& alarm : health.quality.alarms) writer.String(alarm);
  writer.EndArray();
  writer.Key("tiers");
  writer.BeginArray();
  for (const auto& tier : health.quality.tiers) WriteTier(tier, &writer);
  writer.EndArray();
  writer.Key("slices");
  writer.BeginArray();
  for (const auto& slice : health.quality.slices) WriteSlice(slice, &writer);
  writer.EndArray();
  writer.EndObject();
  return text;
}

Result<std::string> UndoQuality(quality::Monitor& monitor, ledger::Ledger& ledger, WallMicros now,
                                std::string_view body) {
  WEIR_TRY(const Where where, WhereOf(body));
  WEIR_TRY(const std::string line, monitor.Undo(where.route, where.tier));
  if (const auto reach = monitor.Learned(where.route, where.tier)) {
    Write(where, kUndo, *reach, now, ledger);
  }
  return Said("undone", line);
}

Result<std::string> ResumeQuality(quality::Monitor& monitor, ledger::Ledger& ledger, WallMicros now,
                                  std::string_view body) {
  WEIR_TRY(const Where where, WhereOf(body));
  WEIR_CHECK_OK(monitor.Resume(where.route, where.tier));
  Write(where, kResume, {}, now, ledger);
  return Said("resumed", where.tier);
}

const Command kQuality = {
    "quality", "what verdicts say of a running server's routes; undo a change", &Declare};

}  // namespace weir::app
