#include "route/classifier.h"

namespace weir::route {
namespace {

// The user's rules run before every classifier, so nothing is left to decide here.
class RulesOnly final : public Classifier {
 public:
  Verdict Classify(const Features&) const override { return {}; }
};

Result<std::unique_ptr<const Classifier>> Make() {
  return std::make_unique<const RulesOnly>();
}

}  // namespace

const ClassifierRow kRulesOnly{"rules", "the user's rules, else the route's default tier", Make};

}  // namespace weir::route
