#include "route/learned/mix.h"

#include <algorithm>
#include <cmath>

namespace weir::route::learned {
namespace {

struct CueWeight {
  Cue cue;
  float weight;
};

constexpr CueWeight kPriorCues[] = {
    {Cue::kMath, 0.35f},      {Cue::kAdvancedMath, 0.6f}, {Cue::kProof, 0.9f},
    {Cue::kCode, 0.4f},       {Cue::kSystems, 0.7f},      {Cue::kLogic, 0.5f},
    {Cue::kScience, 0.3f},    {Cue::kMedicine, 0.4f},     {Cue::kLaw, 0.2f},
    {Cue::kConstraint, 0.3f}, {Cue::kCondition, 0.2f},    {Cue::kExplain, 0.15f},
    {Cue::kCreative, -0.4f},  {Cue::kRewrite, -0.5f},     {Cue::kAdvice, -0.3f},
    {Cue::kRoleplay, -0.3f},  {Cue::kWhatWhich, -0.15f},  {Cue::kWhoWhenWhere, -0.15f}};

// Chances of an open request up to which a prompt counts as a closed question, and from which it
// counts as nothing else: the head is rarely in doubt, and its doubts are noise.
constexpr float kClosed = 0.1f, kWhollyOpen = 0.6f;

constexpr float kSocialWords = 12;
constexpr float kPriorBound = 1.5f;
// Every Chinese prompt counts as an open request, also one that would be a closed question in
// English; so much it starts lower.
constexpr float kCjkStart = 0.25f;

float CueScalar(const Scalars& scalars, Cue cue) {
  return scalars[kShapeScalars + static_cast<int>(cue)];
}

// Pleasantries make a prompt easy only while there is little else in it.
float SocialShare(const Scalars& scalars) {
  const float words = std::expm1(scalars[kLogWords]);
  return CueScalar(scalars, Cue::kSocial) * std::max(0.0f, 1 - words / kSocialWords);
}

}  // namespace

float CuePrior(const Scalars& scalars) {
  float sum = 0.9f * std::clamp(scalars[kLogWords] - 3.0f, -2.0f, 1.5f);
  for (const CueWeight& entry : kPriorCues) sum += entry.weight * CueScalar(scalars, entry.cue);
  sum += 0.3f * std::min(2.0f, scalars[kLogLatex]) - 1.2f * SocialShare(scalars);
  if (scalars[kLogCjk] > 0) sum -= kCjkStart;
  return kPriorBound * std::tanh(sum / kPriorBound);
}

float MixHeads(const Evaluation& evaluation, const Constants& constants) {
  const float closed = evaluation.gain + constants.closed_difficulty * evaluation.difficulty;
  const float open = constants.open_offset + constants.open_difficulty * evaluation.difficulty +
                     constants.open_cues * evaluation.cue_prior;
  const float openness =
      std::clamp((evaluation.type[kOpen] - kClosed) / (kWhollyOpen - kClosed), 0.0f, 1.0f);
  return closed + openness * (open - closed);
}

}  // namespace weir::route::learned
