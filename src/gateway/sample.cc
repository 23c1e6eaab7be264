#include "gateway/sample.h"

#include "json/object.h"
#include "json/write.h"

namespace weir::gateway {

ledger::Record RowOf(const Sample& sample, const SampleOutcome& outcome, const RequestId& id) {
  const catalog::Directory& directory = *sample.snapshot->directory;
  const catalog::Route& route = directory.routes()[sample.route];
  const catalog::Tier& tier = route.tiers[static_cast<size_t>(sample.tier)];
  ledger::Record row;
  row.id = id;
  row.time = sample.time;
  row.kind = ledger::kSample;
  row.parent = sample.parent.ToString();
  row.endpoint = "chat";
  row.route = route.name;
  row.tier = tier.name;
  row.model = directory.model(tier.model).name;
  row.baseline = directory.model(route.baseline).name;
  row.key = sample.key;
  row.team = sample.team;
  row.experiment = sample.experiment;
  row.arm = sample.arm;
  row.task = sample.task;
  row.language = sample.language;
  row.score = sample.score;
  row.chance = sample.chance;
  row.baseline_chance = sample.baseline_chance;
  row.config_version = sample.snapshot->version;
  row.outcome = outcome.failure.empty() ? "no_verdict" : outcome.failure;
  if (outcome.verdict) {
    row.outcome = sample.probe ? ledger::kProbe : "ok";
    row.verdict = quality::OutcomeName(outcome.verdict->outcome);
    row.verdict_by = quality::DecidedByName(outcome.verdict->by);
    row.verdict_why = outcome.verdict->why;
  }
  std::string signals;
  json::Writer writer(&signals);
  writer.BeginObject();
  writer.Key("sampled");
  writer.Double(sample.share);
  writer.Key("probe");
  writer.Int(sample.probe ? 1 : 0);
  writer.Key("given_tokens");
  writer.Int(outcome.given_tokens);
  writer.Key("baseline_tokens");
  writer.Int(outcome.baseline_tokens);
  writer.EndObject();
  row.signals = signals;
  return row;
}

std::optional<quality::Evidence> EvidenceOf(const ledger::Record& row) {
  if (row.kind != ledger::kSample) return std::nullopt;
  const auto outcome = quality::OutcomeByName(row.verdict);
  const auto signals = json::Object::Parse(row.signals);
  if (!outcome || !signals) return std::nullopt;
  quality::Evidence evidence;
  evidence.time = row.time;
  evidence.route = row.route;
  evidence.tier = row.tier;
  evidence.task = row.task;
  evidence.language = row.language;
  evidence.key = row.key;
  evidence.outcome = *outcome;
  const auto probe = signals->Double("probe");
  const auto sampled = signals->Double("sampled");
  const auto count = [&signals](std::string_view name) {
    const auto value = signals->Int(name);
    return value ? value->value_or(0) : 0;
  };
  evidence.given_tokens = count("given_tokens");
  evidence.baseline_tokens = count("baseline_tokens");
  evidence.served = !probe || probe->value_or(0) == 0;
  evidence.sampled = sampled ? std::clamp(sampled->value_or(1), 1e-6, 1.0) : 1;
  evidence.score = row.score;
  evidence.baseline_chance = row.baseline_chance;
  return evidence;
}

}  // namespace weir::gateway
