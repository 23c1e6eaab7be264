// The pure decision: a request and a resolved config in, a Decision out. No I/O, no clock, no
// state.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/directory.h"
#include "chat/request.h"
#include "route/classifier.h"
#include "route/conversation.h"
#include "route/decision.h"
#include "route/explain.h"
#include "route/signal.h"

namespace weir::route {

// What verdicts say of a model, for one request.
struct Trust {
  double verdicts = 0;  // that it rests on
  bool may = true;      // answer it: its need is below the crest, its task is not held
  double crest = 1;
  double net_loss = 0;  // by how much the baseline's answer is likelier to be the better one
};

// What the world looks like now: asked per model. Default: everything is usable. An unusable model
// is tried after all usable ones and never left out: the last door stays open.
struct HealthView {
  virtual ~HealthView() = default;
  virtual bool Usable(catalog::ModelId) const { return true; }
  // Why the asking key may not be given the model now: its permissions, its money. Asked of models
  // that pass every gate.
  virtual std::optional<Rejected> Barred(catalog::ModelId) const { return std::nullopt; }
  // What verdicts have taught of one of the route's quality->measured, for a request of that need
  // and task. nullopt: nothing, or it is not to be acted upon.
  virtual std::optional<Trust> TrustIn(const catalog::Route&, int /*measured*/, double /*need*/,
                                       std::string_view /*task*/) const {
    return std::nullopt;
  }
  // When the request was whole: the time of the prices that are expected of it.
  virtual WallMicros Time() const { return catalog::kNoTime; }
};

// Where the client's wish for a model came from (CONTRACT "Which model").
enum class WishSource : uint8_t { kBody, kHeader, kQuery };
struct Wish {
  std::string_view name;
  WishSource source = WishSource::kBody;
};

// Immutable; shared by all threads; keeps the Directory alive.
class Router {
 public:
  // Compiles rules and makes the classifiers that the routes name, with `weights` of `weir train`
  // where a classifier has such and they are not empty. Errors are kConfig; `file` is the config's
  // name in them.
  static Result<std::shared_ptr<const Router>> Make(
      std::shared_ptr<const catalog::Directory> directory,
      std::span<const ClassifierRow* const> classifiers, std::span<const Signal* const> signals,
      std::string_view file = {}, std::string_view weights = {});
  ~Router();

  // A route name routes, a model name pins, "provider/anything" pins at a provider that allows it;
  // names are compared exactly. The first rule that matches decides, else the classifier, else the
  // default tier. Embeddings must never change model, so for them a route means one model whatever
  // the text: its default tier's, else its cheapest, that embeds. Between rules and classifier
  // stands what the route's `sticky` says of the conversation `known` (null: of none); a model of
  // it that does not fit or is unhealthy is not kept. Errors: kBadRequest without a name;
  // kModelNotFound with "did you mean"; kNoEligibleModel when no candidate fits (the message names
  // the nearest miss); kContextTooLong when only the window is too small. A pinned model is never
  // refused by an estimate or its listed capabilities.
  Result<Decision> Decide(const chat::Request& request, Wish wish, const HealthView& health,
                          const Conversation* known = nullptr) const;
  // Adds the chances of the models of a route's decision, and what the request needs of those that
  // are measurable, where its classifier knows them and they were not needed to decide. `request`
  // as it was decided.
  void AddChances(const chat::Request& request, Decision* decision) const;

  // How one of a route's quality->measured begins, before there are verdicts.
  struct Start {
    double crest = 1;  // the need below which it answers
    // Of its needs: other weights make others, and so do proven chances instead of the score.
    uint32_t scale = 0;
    double saving = 0;  // dollars on a usual request, beside the baseline; 0: a price is missing
  };
  Start StartOf(const catalog::Route& route, size_t measured) const;
  const catalog::Directory& directory() const;

 private:
  class Compiled;
  explicit Router(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace weir::route
