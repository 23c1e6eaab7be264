#include <atomic>
#include <cmath>
#include <mutex>

#include "route/classifier.h"
#include "route/learned/answer_length.h"
#include "route/learned/built_in.h"
#include "route/learned/prompt_reader.h"
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
  ~Learned() override { delete last_.load(); }

  Verdict Classify(const Features& features) const override { return Read(features).verdict; }

  std::unique_ptr<const Outlook> OutlookOf(std::span<const ModelFacts> models) const override;

  struct Reading {
    Evaluation evaluation;
    Verdict verdict;
  };
  Reading Read(const Features& features) const {
    std::unique_ptr<Scratch> scratch = Take();
    Reading reading{scratch->Read(weights_, features.request()), {}};
    const bool strange = IsStrange(scratch->features(), reading.evaluation, scratch->language());
    reading.verdict.language = strange                                   ? "other"
                               : scratch->features().cjk_buckets.empty() ? "en"
                                                                         : "cjk";
    const bool has_code = scratch->has_code();
    Give(std::move(scratch));
    Verdict& verdict = reading.verdict;
    verdict.score = reading.evaluation.score;
    verdict.reason = strange ? "learned:unfamiliar" : has_code ? kByQuestionAndCode : kByText;
    verdict.ranked = !strange;
    verdict.answer_tokens = learned::AnswerTokens(reading.evaluation);
    verdict.task = learned::LikeliestType(reading.evaluation);
    return reading;
  }
  const learned::Weights& weights() const { return weights_; }

 private:
  // What a decision writes into; as many as there are threads deciding at once.
  using Scratch = learned::PromptReader;

  static bool IsStrange(const learned::FeatureVector& text, const Evaluation& evaluation,
                        const learned::LanguageTally& language) {
    if (text.foreign_letters > kForeignLetters) return true;
    // Names and signs of programs are of no language.
    if (3 * language.code > language.all) return false;
    if (IsForeign(language)) return true;
    const float words = std::expm1(text.scalars[learned::kLogWords]);
    return words > kFewWords && text.cjk_buckets.empty() && evaluation.familiarity < kStrange;
  }

  // A language in Latin script that is not English.
  static bool IsForeign(const learned::LanguageTally& words) {
    if (words.foreign < kForeignWords) return false;
    // "Translate this: …" asks in English.
    const uint32_t english = words.english_first ? 3 * words.english : words.english;
    return words.foreign > english;
  }

  std::unique_ptr<Scratch> Take() const {
    if (Scratch* last = last_.exchange(nullptr, std::memory_order_acquire)) {
      return std::unique_ptr<Scratch>(last);
    }
    std::lock_guard lock(mutex_);
    if (spare_.empty()) return std::make_unique<Scratch>();
    std::unique_ptr<Scratch> scratch = std::move(spare_.back());
    spare_.pop_back();
    return scratch;
  }
  void Give(std::unique_ptr<Scratch> scratch) const {
    Scratch* none = nullptr;
    if (last_.compare_exchange_strong(none, scratch.get(), std::memory_order_release)) {
      scratch.release();
      return;
    }
    std::lock_guard lock(mutex_);
    spare_.push_back(std::move(scratch));
  }

  const learned::Weights weights_;
  mutable std::atomic<Scratch*> last_{nullptr};  // owned; without a lock
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> spare_;
};

class LearnedOutlook final : public Outlook {
 public:
  LearnedOutlook(const Learned& classifier, std::span<const ModelFacts> models)
      : classifier_(classifier) {
    for (const ModelFacts& model : models) models_.push_back(Know(model));
  }

  Verdict Judge(const Features& features, std::span<Chance> chances) const override {
    const Learned::Reading reading = classifier_.Read(features);
    for (size_t i = 0; i < models_.size(); ++i) chances[i] = ChanceOf(models_[i], reading);
    return reading.verdict;
  }

  bool Proven(size_t model) const override {
    const Known& known = models_[model];
    return known.own && Chance{0, known.basis, known.own->labels}.proven();
  }

 private:
  struct Known {
    learned::SuccessCurve curve;
    std::optional<learned::OwnCurve> own;
    Basis basis = Basis::kNone;
  };

  Known Know(const ModelFacts& model) const {
    const learned::Weights& weights = classifier_.weights();
    if (const learned::OwnCurve* own = weights.FindOwnCurve(model.upstream)) {
      return {weights.BaseCurve(model.upstream), *own, Basis::kOwn};
    }
    if (const learned::SuccessCurve* shipped = weights.FindCurve(model.upstream)) {
      return {*shipped, {}, Basis::kShipped};
    }
    if (!model.usd_a_prompt) return {};
    return {weights.PriorCurve(model.upstream, *model.usd_a_prompt), {}, Basis::kPrice};
  }

  Chance ChanceOf(const Known& model, const Learned::Reading& reading) const {
    const learned::Weights& weights = classifier_.weights();
    if (model.basis == Basis::kNone) return {};
    if (!model.own) {
      return {weights.SuccessChance(reading.evaluation, model.curve), model.basis, 0};
    }
    return {weights.SuccessChance(reading.evaluation, model.curve, *model.own), model.basis,
            model.own->labels};
  }

  const Learned& classifier_;
  std::vector<Known> models_;
};

std::unique_ptr<const Outlook> Learned::OutlookOf(std::span<const ModelFacts> models) const {
  return std::make_unique<const LearnedOutlook>(*this, models);
}

Result<std::unique_ptr<const Classifier>> MakeWith(std::string_view weights) {
  learned::Weights loaded;
  if (loaded.Load(weights)) return std::make_unique<const Learned>(std::move(loaded));
  return MakeError(Reason::kBadRequest, "the weights are damaged or of another version of weir");
}

Result<std::unique_ptr<const Classifier>> Make() {
  return MakeWith(learned::BuiltInWeights());
}

}  // namespace

std::string_view learned::BuiltInWeights() {
  return {weir_router_weights_begin,
          static_cast<size_t>(weir_router_weights_end - weir_router_weights_begin)};
}

std::string_view BasisName(Basis basis) {
  switch (basis) {
    case Basis::kNone:
      return "none";
    case Basis::kPrice:
      return "price";
    case Basis::kShipped:
      return "shipped";
    case Basis::kOwn:
      return "own";
    case Basis::kVerdicts:
      return "verdicts";
  }
  return "none";
}

const ClassifierRow kLearned{"learned", "trained weights; see model/README.md", Make, MakeWith};

}  // namespace weir::route
