#include "route/explain.h"

#include "base/money.h"
#include "base/strings.h"
#include "json/write.h"
#include "route/gate.h"

namespace weir::route {
namespace {

// Appends JSON members with their commas.
class Members {
 public:
  explicit Members(std::string* out) : out_(out) { out_->push_back('{'); }
  void Text(std::string_view name, std::string_view value) {
    Name(name);
    AppendJsonString(out_, value);
  }
  void Raw(std::string_view name, std::string_view json) {
    Name(name);
    out_->append(json);
  }
  void Number(std::string_view name, double value) { Raw(name, fmt::format("{:.6g}", value)); }
  void Bool(std::string_view name, bool value) { Raw(name, value ? "true" : "false"); }
  void End() { out_->push_back('}'); }

 private:
  void Name(std::string_view name) {
    if (out_->back() != '{') out_->push_back(',');
    AppendJsonString(out_, name);
    out_->push_back(':');
  }
  std::string* out_;
};

void AddCost(const Candidate& candidate, Members* members) {
  if (!candidate.priced) {
    members->Raw("expected_cost_nano", "null");
    members->Raw("expected_cost_usd", "null");
    return;
  }
  members->Raw("expected_cost_nano", fmt::format("{}", candidate.expected_cost.nano));
  members->Text("expected_cost_usd", FormatUsd(candidate.expected_cost));
}

std::string SignalsJson(const Decision& decision) {
  std::string out;
  Members members(&out);
  for (const SignalValue& signal : decision.signals) members.Number(signal.name, signal.value);
  members.End();
  return out;
}

void AddChance(const Chance* chance, Members* members) {
  if (chance == nullptr || chance->basis == Basis::kNone) {
    members->Raw("p", "null");
    return;
  }
  members->Number("p", chance->good);
  members->Text("basis", BasisName(chance->basis));
  members->Raw("labels", fmt::format("{}", chance->labels));
  members->Bool("calibrated", chance->proven());
}

// Everyone's whose chance is known, as `value` writes it.
template <class Value>
std::string ChancesJson(const Decision& decision, const catalog::Directory& directory,
                        Value value) {
  std::string out;
  Members members(&out);
  for (const auto& [model, chance] : decision.chances) {
    if (chance.basis != Basis::kNone) members.Raw(directory.model(model).name, value(chance));
  }
  members.End();
  return out;
}

std::string FloorJson(const Decision& decision, const catalog::Directory& directory) {
  std::string out;
  Members members(&out);
  members.Number("floor", decision.floor->share);
  members.Bool("in_force", decision.floor->in_force);
  members.Number("threshold", decision.floor->threshold);
  members.Text("baseline", directory.model(decision.route->baseline).name);
  members.Raw("p", ChancesJson(decision, directory, [](const Chance& chance) {
                std::string text;
                Members about(&text);
                about.Number("p", chance.good);
                about.Text("basis", BasisName(chance.basis));
                about.Raw("labels", fmt::format("{}", chance.labels));
                about.End();
                return text;
              }));
  members.End();
  return out;
}

// Per tier what it and the cheaper ones get together.
void AppendSharesJson(const catalog::Route& route, std::string* out) {
  json::Writer writer(out);
  writer.BeginObject();
  writer.Key("shares");
  writer.BeginObject();
  for (size_t i = 0; i < route.tiers.size(); ++i) {
    writer.Key(route.tiers[i].name);
    writer.Double(route.shares[i]);
  }
  writer.EndObject();
  writer.EndObject();
}

bool AnyCalibrated(const Decision& decision) {
  return std::ranges::any_of(decision.chances,
                             [](const ModelChance& entry) { return entry.chance.proven(); });
}

std::string CandidatesJson(const Decision& decision, const catalog::Directory& directory) {
  std::string out = "[";
  for (const Candidate& candidate : decision.candidates) {
    if (out.size() > 1) out.push_back(',');
    Members members(&out);
    members.Text("model", CandidateName(candidate, decision, directory));
    AddCost(candidate, &members);
    AddChance(ChanceOf(decision, candidate.model), &members);
    members.Bool("healthy", candidate.healthy);
    members.End();
  }
  return out + "]";
}

std::string RejectedJson(const Decision& decision, const catalog::Directory& directory) {
  std::string out = "[";
  for (const Rejected& rejected : decision.rejected) {
    if (out.size() > 1) out.push_back(',');
    Members members(&out);
    members.Text("model", directory.model(rejected.model).name);
    members.Text("why", RejectionName(rejected.why));
    members.Text("detail", rejected.detail);
    AddCost(Priced(directory, rejected.model, decision), &members);
    AddChance(ChanceOf(decision, rejected.model), &members);
    members.End();
  }
  return out + "]";
}

std::string SwitchJson(const Switch& weighed, const catalog::Directory& directory) {
  std::string out;
  Members members(&out);
  const auto cost = [&](std::string_view name, const std::optional<NanoUsd>& value) {
    members.Raw(name, value ? fmt::format("{}", value->nano) : "null");
  };
  members.Text("from", directory.model(weighed.from).name);
  members.Text("to", directory.model(weighed.to).name);
  members.Raw("warm_tokens", fmt::format("{}", weighed.warm_tokens));
  cost("stay_cost_nano", weighed.stay);
  cost("leave_cost_nano", weighed.leave);
  cost("settled_cost_nano", weighed.settled);
  cost("forgone_nano", weighed.forgone);
  members.Bool("pays", weighed.Pays());
  members.End();
  return out;
}

std::string SwitchLine(const Switch& weighed, const catalog::Directory& directory) {
  const auto cost = [](const std::optional<NanoUsd>& value) {
    return value ? "$" + FormatUsd(*value) : std::string("unpriced");
  };
  return fmt::format(
      "{} to {}: {}; staying {} with {} warm tokens, leaving {}, then {}; forgone {}",
      directory.model(weighed.from).name, directory.model(weighed.to).name,
      weighed.Pays() ? "pays" : "does not pay", cost(weighed.stay), weighed.warm_tokens,
      cost(weighed.leave), cost(weighed.settled), cost(weighed.forgone));
}

std::string_view RouteName(const Decision& decision) {
  return decision.route ? std::string_view(decision.route->name) : std::string_view();
}

size_t NameWidth(const Decision& decision, const catalog::Directory& directory) {
  size_t width = 0;
  for (const Candidate& candidate : decision.candidates) {
    width = std::max(width, CandidateName(candidate, decision, directory).size());
  }
  for (const Rejected& rejected : decision.rejected) {
    width = std::max(width, directory.model(rejected.model).name.size());
  }
  return width;
}

// "P(ok) 0.812 own labels (312)", or nothing where it is not known.
std::string ChanceText(const Chance* chance) {
  if (chance == nullptr || chance->basis == Basis::kNone) return {};
  const auto p = fmt::format("P(ok) {:.3f}", chance->good);
  switch (chance->basis) {
    case Basis::kOwn:
      return fmt::format("{} {}own labels ({})", p, chance->proven() ? "" : "too few ",
                         chance->labels);
    case Basis::kShipped:
      return p + " shipped, not calibrated";
    default:
      return p + " by its price, not calibrated";
  }
}

// What is known of a model: "$0.000123456 expected, P(ok) …".
std::string About(const Candidate& candidate, const Decision& decision) {
  std::string text = candidate.priced
                         ? fmt::format("${} expected", FormatUsd(candidate.expected_cost))
                         : std::string("unpriced");
  const std::string chance = ChanceText(ChanceOf(decision, candidate.model));
  if (!chance.empty()) text += ", " + chance;
  return text;
}

std::string CandidateLine(const Candidate& candidate, const Decision& decision) {
  const std::string about = About(candidate, decision);
  return candidate.healthy ? about : about + ", unhealthy";
}

std::string FloorLine(const Decision& decision, const catalog::Directory& directory) {
  const FloorTerms& floor = *decision.floor;
  const std::string& baseline = directory.model(decision.route->baseline).name;
  if (!floor.in_force) {
    return fmt::format(
        "{:.6g} of {}, not in force: it takes {} own labels of the baseline and of a "
        "model",
        floor.share, baseline, kProvenLabels);
  }
  return fmt::format("{:.6g} of {}: P(ok) {:.3f} or more", floor.share, baseline, floor.threshold);
}

// The baseline's, where it is only held against.
std::string BaselineLine(const Decision& decision, const catalog::Directory& directory) {
  const catalog::ModelId id = decision.route->baseline;
  return fmt::format("{}  {}", directory.model(id).name,
                     About(Priced(directory, id, decision), decision));
}

}  // namespace

std::string CandidateName(const Candidate& candidate, const Decision& decision,
                          const catalog::Directory& directory) {
  if (candidate.model != catalog::kNoModel) return directory.model(candidate.model).name;
  if (!decision.open_provider) return {};
  return directory.provider(*decision.open_provider).name + "/" + decision.open_upstream;
}

void AppendPolicyJson(const Decision& decision, const catalog::Directory& directory,
                      std::string* out) {
  if (decision.route == nullptr) return;
  if (decision.floor) {
    out->append(FloorJson(decision, directory));
  } else if (decision.ranked) {
    AppendSharesJson(*decision.route, out);
  }
}

std::string ExplainText(const Decision& decision, const catalog::Directory& directory) {
  std::string out;
  auto line = std::back_inserter(out);
  const auto dash = [](std::string_view text) { return text.empty() ? "-" : text; };
  fmt::format_to(line, "route       {}\n", dash(RouteName(decision)));
  fmt::format_to(line, "tier        {}\n", dash(decision.tier));
  fmt::format_to(line, "reason      {}\n", decision.reason);
  fmt::format_to(line, "difficulty  {:.3f}  (calibrated: {})\n", decision.score,
                 AnyCalibrated(decision) ? "yes" : "no");
  fmt::format_to(line, "prompt      ~{} tokens, answer ~{}\n", decision.estimated_prompt_tokens,
                 decision.expected_answer_tokens);
  if (decision.floor) {
    fmt::format_to(line, "floor       {}\nbaseline    {}\n", FloorLine(decision, directory),
                   BaselineLine(decision, directory));
  }
  if (decision.weighed) {
    fmt::format_to(line, "switch      {}\n", SwitchLine(*decision.weighed, directory));
  }
  fmt::format_to(line, "signals    ");
  for (const SignalValue& signal : decision.signals) {
    fmt::format_to(line, " {}={:.6g}", signal.name, signal.value);
  }
  const size_t width = NameWidth(decision, directory);
  int place = 0;
  fmt::format_to(line, "\n\n");
  for (const Candidate& candidate : decision.candidates) {
    fmt::format_to(line, "{:>9}.  {:<{}}  {}\n", ++place,
                   CandidateName(candidate, decision, directory), width,
                   CandidateLine(candidate, decision));
  }
  for (const Rejected& rejected : decision.rejected) {
    fmt::format_to(line, "  rejected  {:<{}}  {}{}{}  ({})\n", directory.model(rejected.model).name,
                   width, RejectionName(rejected.why), rejected.detail.empty() ? "" : ": ",
                   rejected.detail, About(Priced(directory, rejected.model, decision), decision));
  }
  return out;
}

std::string ExplainJson(const Decision& decision, const catalog::Directory& directory) {
  std::string out;
  Members members(&out);
  members.Text("route", RouteName(decision));
  members.Text("tier", decision.tier);
  members.Text("reason", decision.reason);
  members.Number("score", decision.score);
  members.Bool("calibrated", AnyCalibrated(decision));
  members.Raw("estimated_prompt_tokens", fmt::format("{}", decision.estimated_prompt_tokens));
  members.Raw("expected_answer_tokens", fmt::format("{}", decision.expected_answer_tokens));
  std::string policy;
  AppendPolicyJson(decision, directory, &policy);
  if (!policy.empty()) members.Raw("policy", policy);
  if (decision.weighed) members.Raw("switch", SwitchJson(*decision.weighed, directory));
  members.Raw("signals", SignalsJson(decision));
  members.Raw("candidates", CandidatesJson(decision, directory));
  members.Raw("rejected", RejectedJson(decision, directory));
  members.End();
  return out;
}

std::string ScoreJson(std::string_view id_raw, const Decision& decision,
                      const catalog::Directory& directory) {
  std::string out;
  Members members(&out);
  members.Raw("id", id_raw);
  members.Number("score", decision.score);
  members.Text("tier", decision.tier);
  members.Text("model", CandidateName(decision.candidates.front(), decision, directory));
  members.Raw("p", ChancesJson(decision, directory, [](const Chance& chance) {
                return fmt::format("{:.6g}", chance.good);
              }));
  members.End();
  return out;
}

}  // namespace weir::route
