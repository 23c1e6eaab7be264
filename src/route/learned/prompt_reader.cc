#include "route/learned/prompt_reader.h"

#include "route/learned/harness.h"
#include "route/learned/pasted_code.h"

namespace weir::route::learned {
namespace {

float Middle(float a, float b) {
  return (a + b) / 2;
}

Evaluation Middle(const Weights& weights, const Evaluation& a, const Evaluation& b) {
  Evaluation middle;
  middle.need = Middle(a.need, b.need);
  middle.score = weights.ShareOf(middle.need);
  middle.gain = Middle(a.gain, b.gain);
  middle.difficulty = Middle(a.difficulty, b.difficulty);
  middle.familiarity = Middle(a.familiarity, b.familiarity);
  middle.cue_prior = Middle(a.cue_prior, b.cue_prior);
  for (size_t i = 0; i < middle.type.size(); ++i) middle.type[i] = Middle(a.type[i], b.type[i]);
  return middle;
}

}  // namespace

std::string_view PromptReader::QuestionOf(std::string_view message) {
  if (message.find(kFence) == std::string_view::npos) return message;
  const std::string_view plain = WithoutHarness(message, &plain_);
  const std::string_view question = WithoutCode(plain, &question_);
  return question.size() == plain.size() ? message : question;
}

Evaluation PromptReader::Evaluate(const Weights& weights, std::string_view text,
                                  FeatureVector* features) {
  extractor_.Extract(text_.Read(text), features);
  language_ = text_.language();
  return weights.Evaluate(*features);
}

Evaluation PromptReader::Read(const Weights& weights, const chat::Request& request) {
  ForgetLarge(&plain_);
  ForgetLarge(&question_);
  has_code_ = false;
  const std::string_view message = request.last_user;
  const std::string_view question = weights.own.labels > 0 ? message : QuestionOf(message);
  const Evaluation alone = Evaluate(weights, question, &features_);
  if (question.data() == message.data()) return alone;
  const LanguageTally language = language_;
  has_code_ = features_.scalars[kLogWords] > 0;  // else the code is all that there is
  const Evaluation whole = Evaluate(weights, message, has_code_ ? &with_code_ : &features_);
  if (!has_code_) return whole;
  language_ = language;
  return Middle(weights, alone, whole);
}

}  // namespace weir::route::learned
