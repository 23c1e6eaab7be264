// The pure decision: a request and a resolved config in, a Decision out. No I/O, no clock, no state.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/directory.h"
#include "chat/request.h"
#include "route/classifier.h"
#include "route/decision.h"
#include "route/signal.h"

namespace weir::route {

// What the world looks like now: asked per model. Default: everything is usable.
struct HealthView {
  virtual ~HealthView() = default;
  virtual bool Usable(catalog::ModelId) const { return true; }
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
  // Compiles rules and makes the classifiers that the routes name. Errors are kConfig.
  static Result<std::shared_ptr<const Router>> Make(std::shared_ptr<const catalog::Directory> directory,
                                                    std::span<const ClassifierRow* const> classifiers,
                                                    std::span<const Signal* const> signals);
  ~Router();

  // A route name routes, a model name pins. Errors: kModelNotFound with "did you mean",
  // kNoEligibleModel when no candidate fits (the message names the nearest miss),
  // kContextTooLong when only the window is too small. A pinned model is never refused by an estimate.
  Result<Decision> Decide(const chat::Request& request, Wish wish, const HealthView& health) const;
  const catalog::Directory& directory() const;

 private:
  struct Compiled;
  explicit Router(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// `weir explain` and POST /api/explain: the whole decision, as aligned text or JSON.
std::string ExplainText(const Decision& decision, const catalog::Directory& directory);
std::string ExplainJson(const Decision& decision, const catalog::Directory& directory);

}  // namespace weir::route
