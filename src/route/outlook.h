// What a classifier knows of models: how likely each is to answer a request well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weir::route {

class Features;
struct Verdict;

// A model as it is known to the world, not by what the user calls it: renaming changes nothing.
struct ModelFacts {
  std::string_view upstream;           // its name on the wire
  std::optional<double> usd_a_prompt;  // of a usual one; nullopt: unpriced
};

enum class Basis : uint8_t {
  kNone,     // nothing is known
  kPrice,    // what models of its price do, in the training data
  kShipped,  // its own results in the training data, on other people's prompts
  kOwn,      // recalibrated to the user's own labels
  kVerdicts  // the baseline's less what verdicts on the user's own traffic say is lost
};
std::string_view BasisName(Basis basis);  // "none", "price", "shipped", "own", "verdicts"

// Labels or verdicts from which on a chance is taken at its word: then the standard error of a rate
// of .8 is .04. No chance rests on shipped weights alone: they are miscalibrated on new traffic.
inline constexpr uint32_t kProvenLabels = 100;

struct Chance {
  double good = 0;  // 0..1; 0 for kNone
  Basis basis = Basis::kNone;
  uint32_t labels = 0;  // the user's own, or verdicts, of this model
  bool proven() const {
    return (basis == Basis::kOwn || basis == Basis::kVerdicts) && labels >= kProvenLabels;
  }
};

// Of some models, in their order. Immutable; any thread; its classifier outlives it.
class Outlook {
 public:
  virtual ~Outlook() = default;
  // The classifier's verdict, and into `chances`, which has room for each model, theirs.
  virtual Verdict Judge(const Features& features, std::span<Chance> chances) const = 0;
  // Whether the chances of that model, by its place, are proven, whatever the request.
  virtual bool Proven(size_t model) const = 0;
};

}  // namespace weir::route
