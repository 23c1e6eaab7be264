// A turn of a conversation: what is chosen because of what was chosen before.
#pragma once

#include <optional>
#include <span>

#include "catalog/directory.h"
#include "chat/request.h"
#include "route/choice.h"
#include "route/conversation.h"
#include "route/plan.h"
#include "route/switching.h"

namespace weir::route {

// Views of one decision; a route with tiers.
class Turn {
 public:
  // `time`: of the prices. `known` may be null. It is as good as unknown when its model is not
  // among `models` any more.
  Turn(const catalog::Directory& directory, const catalog::Route& route,
       std::span<const RouteModel> models, const chat::Request& request, int64_t prompt_tokens,
       const Conversation* known, WallMicros time);

  // housekeeping, sticky:tools, sticky:approval, or `default` for a consent to nobody knows what.
  // nullopt: the classifier is to be asked, and Weigh() what becomes of its answer.
  std::optional<Choice> Before() const;
  // The choice itself; a tier more when the agent's loop is stalled; the conversation's model when
  // that is no easier than what was chosen, and leaving does not pay.
  Choice Weigh(Choice classified);
  // The conversation's, while the route has it; else kNoModel.
  catalog::ModelId known_model() const { return known_ == nullptr ? catalog::kNoModel : model_; }
  // What Weigh() has compared.
  const std::optional<Switch>& weighed() const { return weighed_; }

 private:
  bool Stalled() const;
  Choice Kept(std::string_view reason) const;
  int TierBelowEscalation(catalog::ModelId model) const;
  std::optional<Choice> Escalated(int tier, catalog::ModelId model, double score) const;

  const catalog::Directory& directory_;
  const catalog::Route& route_;
  const chat::Request& request_;
  const int64_t prompt_tokens_;
  const Conversation* known_;
  const WallMicros time_;
  catalog::ModelId model_ = catalog::kNoModel;  // of the conversation
  int tier_ = -1;
  std::optional<Switch> weighed_;
};

inline constexpr std::string_view kHousekeeping = "housekeeping";

}  // namespace weir::route
