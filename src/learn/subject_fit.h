// Training of the subject head and of the n-grams' part in it.
#pragma once

#include <span>
#include <vector>

#include "learn/subjects.h"
#include "route/learned/subject_head.h"

namespace weir::learn {

struct SubjectFit {
  route::learned::SubjectHead head;
  std::vector<route::learned::TraitSteps> traits;  // by route::learned::TraitRowOf
};

// Open prompts are a subject of their own. The traits and the softmax over them are fitted
// together, by Adam (Kingma, Ba 2015) over all rows at once; the same rows give the same bytes.
// Without rows the head knows none. A row's gain is
// the same place of `gains`.
SubjectFit FitSubjects(std::span<const TrainingRow* const> rows, std::span<const float> gains,
                       std::span<const OpenPrompt* const> open, const Subjects& subjects,
                       float context_weight);

}  // namespace weir::learn
