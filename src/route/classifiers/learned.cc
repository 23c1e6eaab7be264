#include <mutex>

#include "route/classifier.h"
#include "route/learned/prompt_text.h"
#include "route/learned/weights.h"

// The file model/router.weights, as bytes of this binary (embedded.S).
extern "C" const char weir_router_weights_begin[];
extern "C" const char weir_router_weights_end[];

namespace weir::route {
namespace {

using learned::Evaluation;

// A text in a language that the weights have not seen: most of its words are strange, or many of
// its letters belong to a script without evidence. Set by judgement on a handful of sentences.
constexpr float kStrange = 0.28F;
constexpr float kForeignLetters = 0.2F;
constexpr float kFewWords = 3;
constexpr uint32_t kForeignWords = 2;

class Learned final : public Classifier {
 public:
  explicit Learned(learned::Weights weights) : weights_(std::move(weights)) {}

  Verdict Classify(const Features& features) const override {
    std::unique_ptr<Scratch> scratch = Take();
    scratch->extractor.Extract(scratch->reader.Read(features.request()), &scratch->features);
    const Evaluation evaluation = weights_.Evaluate(scratch->features);
    const bool strange =
        IsStrange(scratch->features, evaluation) || IsForeign(scratch->reader.language());
    Give(std::move(scratch));
    Verdict verdict;
    verdict.score = evaluation.score;
    verdict.reason = strange ? "learned:unfamiliar" : "learned";
    verdict.ranked = !strange;
    return verdict;
  }

 private:
  // What a decision writes into; as many as there are threads deciding at once.
  struct Scratch {
    PromptText reader;
    learned::FeatureExtractor extractor;
    learned::FeatureVector features;
  };

  static bool IsStrange(const learned::FeatureVector& text, const Evaluation& evaluation) {
    const float words = std::expm1(text.scalars[learned::kLogWords]);
    const float foreign = text.foreign_letters;
    if (foreign > kForeignLetters) return true;
    return words > kFewWords && text.cjk_buckets.empty() && evaluation.familiarity < kStrange;
  }

  // A language in Latin script that is not English.
  static bool IsForeign(const learned::LanguageTally& words) {
    if (words.foreign < kForeignWords || 3 * words.code > words.all) return false;
    // "Translate this: …" asks in English.
    const uint32_t english = words.english_first ? 3 * words.english : words.english;
    return words.foreign > english;
  }

  std::unique_ptr<Scratch> Take() const {
    {
      std::lock_guard lock(mutex_);
      if (!spare_.empty()) {
        std::unique_ptr<Scratch> scratch = std::move(spare_.back());
        spare_.pop_back();
        return scratch;
      }
    }
    return std::make_unique<Scratch>();
  }
  void Give(std::unique_ptr<Scratch> scratch) const {
    std::lock_guard lock(mutex_);
    spare_.push_back(std::move(scratch));
  }

  const learned::Weights weights_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> spare_;
};

Result<std::unique_ptr<const Classifier>> Make() {
  const auto size = static_cast<size_t>(weir_router_weights_end - weir_router_weights_begin);
  return LearnedFrom({weir_router_weights_begin, size});
}

}  // namespace

Result<std::unique_ptr<const Classifier>> LearnedFrom(std::string_view weights) {
  learned::Weights loaded;
  if (loaded.Load(weights)) return std::make_unique<const Learned>(std::move(loaded));
  return MakeError(Reason::kBadRequest, "the weights are damaged or of another version of weir");
}

const ClassifierRow kLearned{"learned", "trained weights inside the binary; see model/README.md",
                             Make};

}  // namespace weir::route
