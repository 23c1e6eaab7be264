// Labelled prompts: JSON lines {"id", "prompt" | "messages", "source", "category", "lang",
// "subject", "weak_score", "strong_score", "weak_cost", "strong_cost", "scores": {model: 0..1},
// "costs": {model: USD}, "weak_model", "strong_model", "model", "verdict"}. Only the prompt is
// required; other members are ignored. A verdict is how good an answer was: 0 to 1, true or false,
// "good" or "bad"; of the `model` that answered, or where there is none, of the cheap model that a
// user has in mind.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "learn/figures.h"

namespace weir::learn {

struct Example {
  std::string id;    // a string's text, else the raw JSON
  std::string body;  // the chat request it stands for, padded for json
  std::string source, category, lang, subject;
  std::optional<Outcome> outcome;  // of the pair; when both scores are there
  std::vector<std::pair<std::string, double>> scores, costs;  // by model, in the line's order
  std::string weak_model, strong_model;                       // of the outcome; may be empty
  std::string model;                                          // of the verdict; may be empty
  std::optional<double> verdict;

  // By the name of the member: source, category, lang or subject.
  std::string_view Group(std::string_view member) const;
};

// How well each named model answered, whatever member says it: scores, outcome or verdict.
std::vector<std::pair<std::string, double>> ModelScores(const Example& example);

// kInvalidJson and kBadRequest name what is wrong with the line.
Result<Example> ReadExample(std::string_view line);

// All rows of the files. kIo, kInvalidJson, kBadRequest as "FILE:LINE: …".
Result<std::vector<Example>> ReadExamples(std::span<const std::string> paths);

// The example's request, valid until the parser's next and while the example stays. Errors name the
// row's id.
Result<chat::Request> RequestOf(const Example& example, chat::RequestParser& parser);

}  // namespace weir::learn
