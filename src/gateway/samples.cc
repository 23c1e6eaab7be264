#include "gateway/samples.h"

#include "gateway/accounting.h"
#include "gateway/transcript.h"
#include "quality/comparison.h"
#include "quality/drawing.h"
#include "quality/judge.h"
#include "quality/shortened.h"

namespace weir::gateway {
namespace {

// The request as it is asked again: not as a stream, and once.
std::string PlainBody(const chat::Request& request, std::string_view body) {
  std::string plain = "{";
  for (const chat::Member& member : request.members) {
    const std::string_view name = member.name.of(body);
    if (name == "stream" || name == "stream_options" || name == "n") continue;
    if (plain.size() > 1) plain += ',';
    (plain += '"').append(name).append("\":").append(member.value.of(body));
  }
  return plain + "}";
}

// With what a conversation said before: its last message alone may mean nothing.
std::string QuestionOf(const chat::Request& request) {
  constexpr size_t kContext = 2'000, kLast = 3'500;
  const std::string last = quality::Shortened(request.last_user, kLast);
  if (request.messages <= 1) return last;
  return fmt::format("The conversation began so:\n{}\n\nIts last message:\n{}",
                     Utf8Prefix(request.all_text, kContext), last);
}

// From [0, 1).
double Uniform() {
  return static_cast<double>(FastRandom() >> 11) * 0x1.0p-53;
}

double ChanceOr0(const route::Decision& decision, catalog::ModelId model) {
  const route::Chance* chance = route::ChanceOf(decision, model);
  return chance == nullptr ? 0 : chance->good;
}

}  // namespace

void DeleteSamples::operator()(Samples* samples) const {
  delete samples;
}

std::unique_ptr<Samples, DeleteSamples> MakeSamples(Core& core) {
  return std::unique_ptr<Samples, DeleteSamples>(new Samples(core));
}

Samples::~Samples() {
  CancelAll();
}

void Samples::CancelAll() {
  // Ending one may take it out of the list, in a later turn of the loop.
  for (Running& running : running_) running.cancel.Cancel();
}

std::unique_ptr<Sample> Samples::Draw(const std::shared_ptr<const Snapshot>& snapshot,
                                      const ledger::Record& row, const limits::Key* key,
                                      const chat::Request& request, std::string_view body,
                                      route::Decision* decision) {
  const catalog::Route* route = decision->route;
  if (route == nullptr || !route->quality || request.n != 1) return nullptr;
  if (request.endpoint != chat::Endpoint::kChatCompletions) return nullptr;
  if (key != nullptr && !key->may_be_sampled()) return nullptr;
  if (decision->measurable.empty()) return nullptr;
  const auto own = [decision](size_t place) { return decision->measurable[place].own; };
  const auto [place, chance] = quality::DrawOne(decision->measurable.size(), own, Uniform());
  const double share = ShareOf(*decision, decision->measurable[place]);
  if (Uniform() >= share) return nullptr;
  if (running_.size() >= kMostAtOnce || body.size() > kLargestBody) {
    ++core_.sample_counts.busy;
    return nullptr;
  }
  snapshot->router->AddChances(request, decision);
  const route::Measurable& drawn_one = decision->measurable[place];
  const auto measured = static_cast<size_t>(drawn_one.index);
  auto drawn = std::make_unique<Sample>();
  Sample& sample = *drawn;
  sample.snapshot = snapshot;
  sample.parent = row.id;
  sample.time = row.time;
  sample.route = route->id;
  sample.measured = drawn_one.index;
  sample.scale = snapshot->router->StartOf(*route, measured).scale;
  sample.probe = drawn_one.probe;
  sample.share = share * chance;
  sample.alone = share;
  sample.own = drawn_one.own;
  sample.task = decision->task;
  sample.language = decision->language;
  sample.key = row.key;
  sample.team = row.team;
  sample.experiment = row.experiment;
  sample.arm = row.arm;
  sample.unit = row.unit;
  sample.score = drawn_one.need;
  sample.chance = ChanceOr0(*decision, route->quality->measured[measured].model);
  sample.baseline_chance = ChanceOr0(*decision, route->baseline);
  sample.body = PlainBody(request, body);
  sample.question = QuestionOf(request);
  using Bodies = config::LedgerSettings::Bodies;
  sample.quotable = MayKeepWords(key, request, body);
  sample.keeps_words = snapshot->settings.ledger.bodies != Bodies::kOff && sample.quotable;
  return drawn;
}

// A need that is not worked out yet is drawn at the rate asked for.
double Samples::ShareOf(const route::Decision& decision, const route::Measurable& one) const {
  const catalog::Route& route = *decision.route;
  const double rate = route.quality->sample;
  if (one.need < 0) return rate;
  const std::string& name = route.quality->measured[static_cast<size_t>(one.index)].name;
  return core_.monitor.SampleShare(route.name, name, rate, one.need, decision.task);
}

void Samples::Take(WorkerState& worker, Sample sample) {
  const catalog::Directory& directory = *sample.snapshot->directory;
  const catalog::ModelId cheap = MeasuredOf(sample).model;
  // A fallback answered: that says nothing of the measured model.
  if (!sample.probe && !directory.AreTwins(cheap, sample.answered)) return;
  if (sample.answer.empty() || core_.draining.load(std::memory_order_relaxed)) return;
  if (running_.size() >= kMostAtOnce) {
    ++core_.sample_counts.busy;
    return;
  }
  // Its chain fell back to the very model that was to be asked besides.
  if (directory.AreTwins(cheap, sample.answered)) {
    sample.probe = false;
    sample.own = true;
  }
  ++core_.sample_counts.taken;
  running_.emplace_back(std::move(sample));
  net::Spawn(Run(worker, std::prev(running_.end())));
}

net::Task<void> Samples::Run(WorkerState& worker, Place place) {
  const Sample& sample = place->sample;
  const catalog::Route& route = sample.snapshot->directory->routes()[sample.route];
  const std::string account = limits::AccountName(limits::Owner::kJudge, route.name);
  limits::Caps caps;
  if (route.quality->budget) caps.budgets.push_back(*route.quality->budget);
  limits::Tab tab(core_.accounts, {{core_.accounts.Open(account), &caps}}, sample.time);
  const ledger::Record promise = RowOf(sample, {}, NewRequestId(worker.clock().Wall()));
  OwnCall call{worker, *sample.snapshot, place->cancel, tab, promise, sample.time};
  SampleOutcome outcome = co_await Compare(call, sample);
  NoteLengths(call, sample, &outcome);
  ledger::Record row = RowOf(sample, outcome, promise.id);
  row.attempts = std::move(call.attempts);
  SumAttempts(&row);
  if (sample.keeps_words && !outcome.routed.empty()) {
    worker.rows.Add(row, {sample.body, std::move(outcome.routed), std::move(outcome.baseline)});
  } else {
    worker.rows.Add(row);
  }
  ++(outcome.verdict ? core_.sample_counts.verdicts : core_.sample_counts.failed);
  if (outcome.failure == Traits(Reason::kBudgetExceeded).name) ++core_.sample_counts.broke;
  if (auto evidence = EvidenceOf(row)) {
    evidence->both = std::move(outcome.both);
    core_.monitor.Add(*std::move(evidence));
  }
  running_.erase(place);
}

// Of an answer in time and of a shadow's: whichever of the two the client was given.
void Samples::NoteLengths(const OwnCall& call, const Sample& sample, SampleOutcome* outcome) {
  const catalog::Directory& directory = *sample.snapshot->directory;
  const catalog::Route& route = directory.routes()[sample.route];
  const auto length = [&](catalog::ModelId model) {
    if (directory.AreTwins(model, sample.answered)) return sample.answer_tokens;
    int64_t tokens = 0;
    for (const ledger::Attempt& attempt : call.attempts) {
      const bool same = directory.AreTwins(model, directory.FindModel(attempt.model));
      if (attempt.role == "shadow" && same) tokens = attempt.tokens.completion;
    }
    return tokens;
  };
  outcome->given_tokens = length(MeasuredOf(sample).model);
  outcome->baseline_tokens = length(route.baseline);
}

SampleOutcome Samples::Failed(const Error& error) {
  SampleOutcome outcome;
  outcome.failure = Traits(error.reason).name;
  return outcome;
}

net::Task<SampleOutcome> Samples::Compare(OwnCall& call, const Sample& sample) {
  const catalog::Directory& directory = *sample.snapshot->directory;
  const catalog::Route& route = directory.routes()[sample.route];
  const catalog::ModelId cheap = MeasuredOf(sample).model;
  // A shadow is not paid for when nobody could judge it.
  const SnapshotHealth health(*sample.snapshot, call.worker.clock().Steady(), sample.time);
  if (!health.Usable(route.quality->judge)) {
    co_return Failed(MakeError(Reason::kBreakerOpen, "the judge rests after failures"));
  }
  std::string routed = directory.AreTwins(cheap, sample.answered) ? sample.answer : std::string();
  if (routed.empty()) {
    Result<std::string> asked = co_await AskForText(call, cheap, sample.body, "shadow");
    if (!asked) co_return Failed(asked.error());
    routed = *std::move(asked);
  }
  std::string baseline =
      directory.AreTwins(route.baseline, sample.answered) ? sample.answer : std::string();
  if (baseline.empty()) {
    Result<std::string> asked = co_await AskForText(call, route.baseline, sample.body, "shadow");
    if (!asked) co_return Failed(asked.error());
    baseline = *std::move(asked);
  }
  SampleOutcome outcome;
  // An answer without words, a tool call, is nothing that a judge could be shown.
  if (routed.empty() || baseline.empty()) co_return outcome;
  outcome.verdict = quality::Compare(routed, baseline);
  if (!outcome.verdict) outcome = co_await Judge(call, sample, routed, baseline);
  outcome.routed = std::move(routed);
  outcome.baseline = std::move(baseline);
  co_return outcome;
}

net::Task<SampleOutcome> Samples::Judge(OwnCall& call, const Sample& sample,
                                        const std::string& routed, const std::string& baseline) {
  const catalog::Directory& directory = *sample.snapshot->directory;
  const catalog::ModelId judge = directory.routes()[sample.route].quality->judge;
  const quality::Pair pair{sample.question, routed, baseline};
  const std::string salt = sample.parent.ToString();
  std::optional<quality::Judgement> said[2];
  for (size_t i = 0; i < 2; ++i) {
    const quality::Order order =
        i == 0 ? quality::Order::kRoutedFirst : quality::Order::kBaselineFirst;
    std::string body = quality::JudgeBody(directory.model(judge).name, pair, order, salt);
    Result<std::string> asked = co_await AskForText(call, judge, std::move(body), "judge");
    if (!asked) co_return Failed(asked.error());
    said[i] = quality::ReadJudgement(*asked);
  }
  SampleOutcome outcome;
  outcome.verdict = quality::Combine(said[0], said[1]);
  if (said[0] && said[1]) outcome.both.emplace(*said[0], *said[1]);
  co_return outcome;
}

}  // namespace weir::gateway
