// What weights say of a request, as serving reads it.
#pragma once

#include <string>
#include <string_view>

#include "chat/request.h"
#include "route/learned/prompt_text.h"
#include "route/learned/text_features.h"
#include "route/learned/weights.h"

namespace weir::route::learned {

// Keeps its buffers: one a thread. Not thread-safe.
class PromptReader {
 public:
  // Of the last user message. A question with code beside it (pasted_code.h) is judged half by
  // itself and half with its code: a lock-free queue is not what "rename this" asks for, nor is
  // "what is wrong here" easy whatever it is asked of. Own labels are of whole messages, and so is
  // what they say.
  Evaluation Read(const Weights& weights, const chat::Request& request);

  // Of the last call: whether it told code from the question, and of the question the features and
  // the language.
  bool has_code() const { return has_code_; }
  const FeatureVector& features() const { return features_; }
  const LanguageTally& language() const { return language_; }

 private:
  std::string_view QuestionOf(std::string_view message);
  Evaluation Evaluate(const Weights& weights, std::string_view text, FeatureVector* features);

  PromptText text_;
  FeatureExtractor extractor_;
  FeatureVector features_, with_code_;
  LanguageTally language_;
  std::string plain_, question_;
  bool has_code_ = false;
};

}  // namespace weir::route::learned
