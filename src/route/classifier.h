// Classifiers: features -> tier. A row of the table in app/wiring.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "route/features.h"
#include "route/outlook.h"

namespace weir::route {

struct Verdict {
  std::string_view tier;    // "simple" | "medium" | "complex"; empty = no opinion (default tier)
  std::string_view reason;  // "seed:simple.2"; reaches x-weir-reason
  double score = 0.5;       // need for a strong model, 0..1; monotone in difficulty
  // The score is the share of ordinary traffic that needs a strong model less: the route's `shares`
  // say which tier that is. `tier` is empty then.
  bool ranked = false;
  // Expected tokens of an answer to such a request; 0: no opinion.
  int64_t answer_tokens = 0;
  std::string_view task;      // "code", "math", …; empty: no opinion
  std::string_view language;  // "en", "cjk", "other"; empty: not told
};

// Reasons of the learned classifier: by all of the text; half by a question, half with its code.
inline constexpr std::string_view kByText = "learned";
inline constexpr std::string_view kByQuestionAndCode = "learned:code";

// Immutable after construction; any thread. A verdict's texts live as long as the classifier.
class Classifier {
 public:
  virtual ~Classifier() = default;
  virtual Verdict Classify(const Features& features) const = 0;
  // nullptr: it knows nothing of models.
  virtual std::unique_ptr<const Outlook> OutlookOf(std::span<const ModelFacts>) const {
    return nullptr;
  }
};

struct ClassifierRow {
  std::string_view name;
  std::string_view doc;
  Result<std::unique_ptr<const Classifier>> (*make)();
  // With weights that `weir train` wrote; nullptr: it has none. kBadRequest when they are damaged
  // or of another version.
  Result<std::unique_ptr<const Classifier>> (*with)(std::string_view weights) = nullptr;
};

extern const ClassifierRow kLearned;    // trained weights, those inside the binary or others
extern const ClassifierRow kSeed;       // the article's regex lists, exactly
extern const ClassifierRow kRulesOnly;  // "rules": no opinion of its own; the user's rules decide

}  // namespace weir::route
