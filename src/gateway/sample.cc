#include "gateway/sample.h"

#include "json/object.h"
#include "json/write.h"

namespace weir::gateway {
namespace {

// What the judge said in both orders, as one digit for each.
int64_t PairCode(const std::pair<quality::Judgement, quality::Judgement>& both) {
  return 10 * static_cast<int64_t>(both.first.better) + static_cast<int64_t>(both.second.better);
}

std::optional<std::pair<quality::Judgement, quality::Judgement>> PairOf(int64_t code) {
  constexpr auto kMost = static_cast<int64_t>(quality::Better::kTie);
  const int64_t first = code / 10, second = code % 10;
  if (code < 0 || first > kMost || second > kMost) return std::nullopt;
  const auto said = [](int64_t better) {
    return quality::Judgement{static_cast<quality::Better>(better), {}};
  };
  return std::pair(said(first), said(second));
}

}  // namespace

const catalog::Measured& MeasuredOf(const Sample& sample) {
  const catalog::Route& route = sample.snapshot->directory->routes()[sample.route];
  return route.quality->measured[static_cast<size_t>(sample.measured)];
}

double ClientsOf(const Sample& sample) {
  if (!sample.probe) return 1 / sample.share;
  const catalog::Directory& directory = *sample.snapshot->directory;
  const catalog::Route& route = directory.routes()[sample.route];
  // Whatever the baseline's request was to measure, it tells the same of the client.
  return directory.AreTwins(route.baseline, sample.answered) ? 1 / sample.alone : 0;
}

ledger::Record RowOf(const Sample& sample, const SampleOutcome& outcome, const RequestId& id) {
  const catalog::Directory& directory = *sample.snapshot->directory;
  const catalog::Route& route = directory.routes()[sample.route];
  const catalog::Measured& measured = MeasuredOf(sample);
  ledger::Record row;
  row.id = id;
  row.time = sample.time;
  row.kind = ledger::kSample;
  row.parent = sample.parent.ToString();
  row.endpoint = "chat";
  row.route = route.name;
  row.tier = measured.name;
  row.model = directory.model(measured.model).name;
  row.baseline = directory.model(route.baseline).name;
  row.key = sample.key;
  row.team = sample.team;
  row.experiment = sample.experiment;
  row.arm = sample.arm;
  row.unit = sample.unit;
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
    if (sample.quotable) row.verdict_why = outcome.verdict->why;
  }
  std::string signals;
  json::Writer writer(&signals);
  writer.BeginObject();
  writer.Key("sampled");
  writer.Double(sample.share);
  writer.Key("clients");
  writer.Double(ClientsOf(sample));
  writer.Key("own");
  writer.Int(sample.own ? 1 : 0);
  writer.Key("probe");
  writer.Int(sample.probe ? 1 : 0);
  writer.Key("scale");
  writer.Int(sample.scale);
  if (outcome.both) {
    writer.Key("judged");
    writer.Int(PairCode(*outcome.both));
  }
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
  const auto clients = signals->Double("clients");
  const auto own = signals->Int("own");
  const auto count = [&signals](std::string_view name) {
    const auto value = signals->Int(name);
    return value ? value->value_or(0) : 0;
  };
  evidence.given_tokens = count("given_tokens");
  evidence.baseline_tokens = count("baseline_tokens");
  evidence.served = !probe || probe->value_or(0) == 0;
  evidence.sampled = sampled ? std::clamp(sampled->value_or(1), 1e-6, 1.0) : 1;
  const bool told = clients && *clients;
  evidence.clients = told ? std::clamp(**clients, 0.0, 1e6) : 1 / evidence.sampled;
  evidence.own = !own || own->value_or(1) != 0;
  evidence.scale = static_cast<uint32_t>(count("scale"));
  evidence.model = row.model;
  evidence.baseline = row.baseline;
  for (const ledger::Attempt& attempt : row.attempts) {
    if (attempt.role == "judge") evidence.judge = attempt.model;
  }
  const auto judged = signals->Int("judged");
  if (judged && *judged) evidence.both = PairOf(**judged);
  evidence.score = row.score;
  evidence.baseline_chance = row.baseline_chance;
  return evidence;
}

}  // namespace weir::gateway
