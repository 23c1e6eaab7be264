#include "route/plan.h"

#include <bit>

namespace weir::route {
namespace {

using catalog::ModelId;

void AddModel(ModelId id, int tier, std::vector<RouteModel>* models) {
  if (id == catalog::kNoModel) return;
  const auto same = [id](const RouteModel& known) { return known.model == id; };
  if (std::ranges::none_of(*models, same)) models->push_back({id, tier});
}

std::string Explain(const Rejected& miss) {
  switch (miss.why) {
    case Rejection::kCapability:
      return fmt::format("lacks {}", miss.detail);
    case Rejection::kNoKey:
      return fmt::format("has no key ({} is not set)", miss.detail);
    case Rejection::kNotEmbedding:
      return "does not serve this endpoint";
    default:
      return std::string(RejectionName(miss.why));
  }
}

// What the client is told of a model that its key bars; nullopt for the other reasons.
std::optional<Reason> BarredReason(Rejection why) {
  switch (why) {
    case Rejection::kBudget:
    case Rejection::kStrongBudget:
      return Reason::kBudgetExceeded;
    case Rejection::kNotAllowed:
    case Rejection::kUnpriced:
      return Reason::kForbidden;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<RouteModel> ModelsOf(const catalog::Route& route, const catalog::Directory& directory) {
  std::vector<RouteModel> models;
  AddModel(route.single, -1, &models);
  for (size_t i = 0; i < route.tiers.size(); ++i) {
    AddModel(route.tiers[i].model, static_cast<int>(i), &models);
  }
  if (route.floor) {
    for (const ModelId id : route.floor->models) AddModel(id, -1, &models);
    if (route.floor->baseline_until_proven) AddModel(route.baseline, -1, &models);
  }
  const auto named = models;
  for (const RouteModel& entry : named) {
    for (const ModelId twin : directory.model(entry.model).twins) {
      AddModel(twin, entry.tier, &models);
    }
  }
  for (const RouteModel& entry : named) {
    for (const ModelId id : directory.model(entry.model).fallbacks) AddModel(id, -1, &models);
  }
  for (const ModelId id : route.rule_models) {
    AddModel(id, -1, &models);
    if (id == catalog::kNoModel) continue;
    for (const ModelId twin : directory.model(id).twins) AddModel(twin, -1, &models);
    for (const ModelId next : directory.model(id).fallbacks) AddModel(next, -1, &models);
  }
  return models;
}

Plan::Plan(const catalog::Directory& directory, const chat::Request& request,
           const HealthView& health, Decision* decision)
    : directory_(directory),
      request_(request),
      health_(health),
      decision_(decision),
      needs_(NeedsOf(request)) {}

bool Plan::Known(ModelId id) const {
  const auto same = [id](const auto& entry) { return entry.model == id; };
  return std::ranges::any_of(decision_->candidates, same) ||
         std::ranges::any_of(decision_->rejected, same);
}

bool Plan::Fits(ModelId id) {
  if (Known(id)) return false;
  auto closed = Gate(directory_, id, needs_);
  if (!closed) closed = health_.Barred(id);
  if (!closed) return true;
  decision_->rejected.push_back(std::move(*closed));
  return false;
}

void Plan::Take(ModelId id) {
  Candidate candidate = Priced(directory_, id, *decision_);
  candidate.healthy = health_.Usable(id);
  decision_->candidates.push_back(candidate);
}

bool Plan::TakeFitting(ModelId id) {
  const catalog::Model& model = directory_.model(id);
  const size_t before = decision_->candidates.size();
  if (Fits(id)) Take(id);
  for (const ModelId twin : model.twins) {
    if (Fits(twin)) Take(twin);
  }
  if (decision_->candidates.size() == before) return false;
  TakeFallbacks(model);
  return true;
}

void Plan::TakeFallbacks(const catalog::Model& model) {
  if (needs_.embeds) return;
  for (const ModelId next : model.fallbacks) {
    if (Fits(next)) Take(next);
  }
}

Result<void> Plan::Pinned(ModelId named) {
  const catalog::Model& model = directory_.model(named);
  decision_->preferred = named;
  needs_ = NeedsAmong(directory_, request_, model.fallbacks);
  TakeKeyed(named);
  for (const ModelId twin : model.twins) TakeKeyed(twin);
  TakeFallbacks(model);
  return Finish();
}

void Plan::TakeKeyed(ModelId id) {
  if (Known(id)) return;
  auto closed = KeyGate(directory_, id);
  if (!closed) closed = health_.Barred(id);
  if (closed) {
    decision_->rejected.push_back(std::move(*closed));
  } else {
    Take(id);
  }
}

void Plan::FindFirst(ModelId preferred, int tier, std::span<const RouteModel> models) {
  if (TakeFitting(preferred) || needs_.embeds) return;
  const auto& tiers = decision_->route->tiers;
  const auto from = static_cast<size_t>(tier >= 0 ? tier : decision_->route->default_tier);
  for (size_t i = from; i < tiers.size(); ++i) {
    if (TakeFitting(tiers[i].model)) return;
  }
  for (size_t i = std::min(from, tiers.size()); i-- > 0;) {
    if (TakeFitting(tiers[i].model)) return;
  }
  for (const RouteModel& entry : models) {
    if (TakeFitting(entry.model)) return;
  }
}

Result<void> Plan::Routed(ModelId preferred, int tier, std::span<const RouteModel> models,
                          std::span<const Rejected> reasons) {
  decision_->preferred = preferred;
  std::vector<ModelId> reach;
  if (request_.wants_reasoning) {
    for (const RouteModel& entry : models) reach.push_back(entry.model);
  }
  needs_ = NeedsAmong(directory_, request_, reach);
  FindFirst(preferred, tier, models);
  if (!decision_->candidates.empty()) RejectRest(tier, models, reasons);
  return Finish();
}

void Plan::RejectRest(int tier, std::span<const RouteModel> models,
                      std::span<const Rejected> reasons) {
  for (const RouteModel& entry : models) {
    if (!Fits(entry.model)) continue;
    const auto said = std::ranges::find(reasons, entry.model, &Rejected::model);
    if (said != reasons.end()) {
      decision_->rejected.push_back(*said);
      continue;
    }
    Rejection why = Rejection::kOtherChain;
    if (tier >= 0 && entry.tier > tier) why = Rejection::kDearer;
    if (entry.tier >= 0 && entry.tier < tier) why = Rejection::kTooWeak;
    decision_->rejected.push_back({entry.model, why, {}});
  }
}

Result<void> Plan::Finish() {
  if (decision_->candidates.empty()) return NothingFits();
  std::vector<Candidate> sick;
  std::ranges::copy_if(decision_->candidates, std::back_inserter(sick),
                       std::not_fn(&Candidate::healthy));
  std::erase_if(decision_->candidates, std::not_fn(&Candidate::healthy));
  decision_->candidates.insert(decision_->candidates.end(), sick.begin(), sick.end());
  return {};
}

const Rejected* Plan::NearestMiss() const {
  if (decision_->rejected.empty()) return nullptr;
  if (decision_->route == nullptr) return &decision_->rejected.front();
  // How far from fitting: money or a permission, a window, then a key, then capabilities, then the
  // wrong kind of model.
  const auto distance = [this](const Rejected& entry) {
    const catalog::Model& model = directory_.model(entry.model);
    if (BarredReason(entry.why)) return std::pair{-1, int64_t{0}};
    if (entry.why == Rejection::kContext) return std::pair{0, -model.context};
    if (entry.why == Rejection::kNoKey) return std::pair{1, int64_t{0}};
    const unsigned missing = needs_.capabilities & ~unsigned{model.capabilities};
    return std::pair{entry.why == Rejection::kCapability ? 2 : 3,
                     static_cast<int64_t>(std::popcount(missing))};
  };
  return &*std::ranges::min_element(decision_->rejected, {}, distance);
}

Error Plan::NothingFits() const {
  const std::string whose = decision_->route == nullptr
                                ? "the named model and its fallbacks"
                                : fmt::format("route `{}`", decision_->route->name);
  const Rejected* miss = NearestMiss();
  if (miss == nullptr) {
    return MakeError(Reason::kNoEligibleModel, fmt::format("{} has no model", whose), "model");
  }
  const std::string& name = directory_.model(miss->model).name;
  if (const auto barred = BarredReason(miss->why)) {
    return MakeError(*barred, fmt::format("{}: {} {}", whose, name, miss->detail), "model");
  }
  if (miss->why == Rejection::kContext) {
    return MakeError(Reason::kContextTooLong,
                     fmt::format("the request needs about {} tokens with its max_tokens; the "
                                 "largest window that {} offers for it is {} ({})",
                                 needs_.tokens, whose, directory_.model(miss->model).context, name),
                     "messages");
  }
  return MakeError(Reason::kNoEligibleModel,
                   fmt::format("no model of {} can take this request; nearest: {} {}", whose, name,
                               Explain(*miss)),
                   "model");
}

}  // namespace weir::route
