// A route of the config, made ready to decide: its rules, its classifier, and what that knows of
// each of its models.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/directory.h"
#include "route/choice.h"
#include "route/classifier.h"
#include "route/conversation.h"
#include "route/decision.h"
#include "route/features.h"
#include "route/outlook.h"
#include "route/plan.h"
#include "route/router.h"
#include "route/rule_set.h"

namespace weir::route {

class Turn;

// Any thread.
class CompiledRoute {
 public:
  // The directory with the route in it, and the classifier (null for a route of one model), outlive
  // it. kConfig, with the place in `file`, for a rule that does not compile.
  static Result<CompiledRoute> Make(const catalog::Directory& directory,
                                    const catalog::Route& route, const Classifier* classifier,
                                    std::string_view file);

  // What of the route is to answer; `decision` gets what was found out on the way.
  Choice Choose(const Features& features, const HealthView& health, const Conversation* known,
                Decision* decision) const;
  // As Router has it. `decision` is one of this route.
  void AddChances(const Features& features, Decision* decision) const;
  // As Router has it; `weights`: a hash of the classifier's, even.
  Router::Start StartOf(size_t measured, uint32_t weights) const;

  const std::vector<RouteModel>& models() const { return models_; }

 private:
  CompiledRoute(const catalog::Directory& directory, const catalog::Route& route, RuleSet rules,
                const Classifier* classifier);
  void LookOut();
  double SavingOf(catalog::ModelId model) const;
  Verdict Judge(const Features& features, Decision* decision) const;
  Choice Classified(const Features& features, const HealthView& health, Turn* turn,
                    Decision* decision) const;

  const catalog::Directory* directory_;
  const catalog::Route* route_;
  RuleSet rules_;
  const Classifier* classifier_;  // nullptr: a route of one model
  std::vector<RouteModel> models_;
  std::unique_ptr<const Outlook> outlook_;  // of `judged_`; nullptr: the classifier has none
  std::vector<catalog::ModelId> judged_;
};

}  // namespace weir::route
