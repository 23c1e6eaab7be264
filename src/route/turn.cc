#include "route/turn.h"

#include <algorithm>

#include "route/small_talk.h"

namespace weir::route {

using catalog::ModelId;

Turn::Turn(const catalog::Directory& directory, const catalog::Route& route,
           std::span<const RouteModel> models, const chat::Request& request, int64_t prompt_tokens,
           const Conversation* known, WallMicros time)
    : directory_(directory),
      route_(route),
      request_(request),
      prompt_tokens_(prompt_tokens),
      known_(known),
      time_(time) {
  if (known_ == nullptr) return;
  model_ = directory.FindModel(known_->model);
  if (std::ranges::find(models, model_, &RouteModel::model) == models.end()) known_ = nullptr;
  tier_ = route.TierIndex(known->tier);
}

Choice Turn::Kept(std::string_view reason) const {
  return {model_, tier_, ShelvedString(reason), known_->score, known_->forgone};
}

// A turn that was answered once and comes again is not one call more.
bool Turn::Stalled() const {
  if (route_.sticky.stalls == 0 || !request_.after_tool) return false;
  if (known_ != nullptr && known_->tool_calls == request_.tool_calls) return false;
  return request_.repeated_calls >= route_.sticky.stalls;
}

// Of a model that no tier stands for, such as a floor's choice: the next one up is the dearest.
int Turn::TierBelowEscalation(ModelId model) const {
  for (size_t i = route_.tiers.size(); i-- > 0;) {
    if (route_.tiers[i].model == model) return static_cast<int>(i);
  }
  return static_cast<int>(route_.tiers.size()) - 2;
}

std::optional<Choice> Turn::Escalated(int tier, ModelId model, double score) const {
  if (tier < 0 && route_.floor) tier = TierBelowEscalation(model);
  for (auto next = static_cast<size_t>(tier + 1); next < route_.tiers.size(); ++next) {
    if (route_.tiers[next].model == model) continue;
    const double least =
        (static_cast<double>(next) + 0.5) / static_cast<double>(route_.tiers.size());
    return Choice{route_.tiers[next].model, static_cast<int>(next), "escalated:stall",
                  std::max(score, least)};
  }
  return std::nullopt;
}

std::optional<Choice> Turn::Before() const {
  const config::StickySettings& sticky = route_.sticky;
  if (sticky.housekeeping && IsHousekeeping(request_)) {
    return Choice{route_.tiers.front().model, 0, ShelvedString(kHousekeeping), 0};
  }
  if (request_.after_tool) {
    if (known_ == nullptr) return std::nullopt;
    if (Stalled()) {
      if (auto more = Escalated(tier_, model_, known_->score)) return more;
    }
    if (sticky.tool_loops) return Kept("sticky:tools");
    return std::nullopt;
  }
  if (!sticky.approvals || !IsApproval(request_.last_user)) return std::nullopt;
  if (known_ != nullptr && (request_.answers > 0 || !known_->same_opening)) {
    return Kept("sticky:approval");
  }
  if (request_.answers == 0) return std::nullopt;
  const auto fallback = static_cast<size_t>(route_.default_tier);
  return Choice{route_.tiers[fallback].model, route_.default_tier, "default",
                (route_.default_tier + 0.5) / static_cast<double>(route_.tiers.size())};
}

Choice Turn::Weigh(Choice classified) {
  if (known_ == nullptr) {
    if (!Stalled()) return classified;
    auto more = Escalated(classified.tier, classified.preferred, classified.score);
    return more ? *std::move(more) : classified;
  }
  const bool same = classified.preferred == model_;
  if (same || classified.tier > tier_ || !route_.sticky.prompt_cache) return classified;
  if (request_.answers == 0) return classified;
  weighed_ = WeighSwitch(directory_, model_, classified.preferred, *known_, request_,
                         prompt_tokens_, time_);
  if (weighed_->Pays()) return classified;
  Choice kept = Kept("sticky");
  kept.score = classified.score;
  kept.forgone = weighed_->forgone;
  kept.others = std::move(classified.others);
  return kept;
}

}  // namespace weir::route
